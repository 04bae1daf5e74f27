import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { CancelledError } from '../../src/errors.ts';
import { run as runProcess } from '../../src/main.ts';
import type { InjectedFault } from '../../src/sandbox/faults/fault.ts';
import { sample } from '../helpers/runs.ts';
import { Recorder } from '../ui/io-world.ts';
import { matchOf } from './cases.ts';
import type { Lab, Run } from './lab.ts';
import { commitsOf, documentOf, expectInvariants } from './oracle.ts';
import { useLab } from './with-lab.ts';
import { type CallClass, SMALL, WRITES } from './worlds.ts';

const at = useLab(SMALL);

const PHASES = ['before-read', 'before-commit', 'after-commit', 'mid-body'] as const;
type Phase = (typeof PHASES)[number];
const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Signal = keyof typeof CODES;

/** Runs the program, which gets a signal when the sandbox is at this phase of this request. */
async function interruptedAt(
  lab: Lab,
  fault: Pick<InjectedFault, 'match' | 'phase'>,
  signal: Signal,
  more: readonly InjectedFault[] = [],
): Promise<Run> {
  await lab.reset(SMALL);
  const stop = new AbortController();
  lab.onSignal = () => {
    // A hanging request is never answered: the grace period of 5 s must pass.
    lab.timePasses = more.length > 0;
    stop.abort(new CancelledError('interrupted', signal));
  };
  // This signal name is internal to the lab, which hands it on.
  lab.break([{ action: 'signal', signal: 'SIGINT', ...fault }, ...more]);
  return lab.run(SMALL.argv, { interrupted: stop.signal });
}

/** 1, 2, … */
function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}

describe('a signal', () => {
  it.each(PHASES)(
    'F34: at any request (%s) ends the run there, and a re-run completes the rest',
    async (phase) => {
      const { lab, ideal } = at();
      const { requests } = ideal(SMALL);
      for (const index of sample(numbers(requests))) {
        const signal = index % 2 === 0 ? 'SIGINT' : 'SIGTERM';
        const run = await interruptedAt(lab, { match: { index }, phase }, signal);
        // The body of a 204 has no middle, so the fault did not happen.
        if (run.code === 0 && phase === 'mid-body') continue;
        const title = `${signal} at request ${index}: ${run.stderr}`;
        expect(run.code, title).toBe(CODES[signal]);
        expect(run.log.requests.length, title).toBe(index);
        if (run.stdout === '') expect(commitsOf(run), title).toEqual([]);
        await expectInvariants(lab, ideal(SMALL), run);
      }
    },
  );

  it.each(['create', 'update', 'delete', 'enable'] as const)(
    'F34: waits 5 s for the answer to a %s, then calls it unknown',
    async (write) => {
      const { lab, ideal } = at();
      const match = matchOf(WRITES[write]);
      const began = lab.clock.now();
      const hang: InjectedFault = { action: 'hang', match, phase: 'after-commit' };
      const run = await interruptedAt(lab, { match, phase: 'after-commit' }, 'SIGINT', [hang]);
      expect(run.code).toBe(130);
      expect(lab.clock.now() - began).toBeLessThanOrEqual(5_000);
      const open = documentOf(run)?.report?.outcomes.filter(({ status }) => status === 'unknown');
      expect(open).toMatchObject([{ kind: write, error: { reason: 'interrupted' } }]);
      // The connection closes soon, so that it does not keep the process alive.
      for (let turn = 0; turn < 1_000 && lab.inFlight() > 0; turn += 1) await new Promise(setImmediate);
      expect(lab.inFlight()).toBe(0);
      await expectInvariants(lab, ideal(SMALL), run);
    },
  );

  it('F34: before the first write leaves the account unchanged', async () => {
    const { lab, ideal } = at();
    await lab.reset(SMALL);
    const stop = new AbortController();
    stop.abort(new CancelledError('interrupted', 'SIGHUP'));
    const run = await lab.run(SMALL.argv, { interrupted: stop.signal });
    expect(run.code).toBe(129);
    expect(run.log.requests).toEqual([]);
    await expectInvariants(lab, ideal(SMALL), run);
  });

  it('F34: ends a long wait at once', async () => {
    const { lab } = at();
    await lab.reset(SMALL);
    const stop = new AbortController();
    lab.onSignal = () => setImmediate(() => stop.abort(new CancelledError()));
    const match = { method: 'GET', path: '/extension_schemas' };
    lab.break([
      { action: 'signal', signal: 'SIGINT', match, phase: 'before-commit' },
      { action: 'status', status: 429, headers: { 'ratelimit-reset': '60' }, match, times: 'always' },
    ]);
    const run = await lab.run(SMALL.argv, { interrupted: stop.signal });
    expect(run.code).toBe(130);
    expect(commitsOf(run)).toEqual([]);
  });
});

describe('a kill', () => {
  const POINTS: readonly [string, Phase][] = [
    ['before it arrives', 'before-read'],
    ['before it is carried out', 'before-commit'],
    ['after it was carried out, before the answer', 'after-commit'],
  ];

  it.each(POINTS)('F35: at any request (%s) is repaired by the next run', async (_, phase) => {
    const { lab, ideal } = at();
    for (const index of sample(numbers(ideal(SMALL).requests))) {
      await lab.reset(SMALL);
      lab.onSignal = () => lab.kill();
      lab.break([
        { action: 'signal', signal: 'SIGINT', match: { index }, phase },
        { action: 'reset', match: { index }, phase },
      ]);
      expect(await lab.runUntilKilled(SMALL.argv), `request ${index}`).toBeNull();
      lab.break([]);
      const again = await lab.run(SMALL.argv);
      const { report } = documentOf(again) ?? {};
      expect(again.code, `after a kill at request ${index}: ${JSON.stringify(report)}`).toBe(0);
      await expectInvariants(lab, ideal(SMALL), again);
    }
  });
});

describe('files and streams that fail', () => {
  it('F36: a plan that cannot be saved is exit 9, and the previous file stays', async () => {
    const { lab } = at();
    await lab.reset(SMALL);
    mkdirSync(join(lab.folder, 'taken', 'inside'), { recursive: true });
    for (const out of ['missing/plan.json', 'taken']) {
      const run = await lab.run(['plan', '--enable', '--out', out]);
      expect(run.code, run.stderr).toBe(9);
      expect(run.stderr).toContain('[local_io]');
      expect(commitsOf(run)).toEqual([]);
    }
    writeFileSync(join(lab.folder, 'old.json'), 'old');
    lab.break([{ action: 'status', status: 401, match: { index: 1 } }]);
    expect((await lab.run(['plan', '--enable', '--out', 'old.json'])).code).toBe(5);
    expect(readFileSync(join(lab.folder, 'old.json'), 'utf8')).toBe('old');
  });

  async function runWith(lab: Lab, stdout: Recorder, stderr: Recorder, argv: readonly string[]) {
    return runProcess({
      argv,
      env: { ...lab.env },
      cwd: lab.folder,
      home: lab.folder,
      platform: process.platform,
      stdin: new PassThrough(),
      stdout,
      stderr,
      clock: lab.clock,
      random: () => 0.5,
      interrupted: new AbortController().signal,
    });
  }
  const broken = (code: string): Recorder =>
    Object.assign(new Recorder(), { failure: Object.assign(new Error(code), { code }) });

  it.each([
    ['stdout is closed', 'EPIPE', 0],
    ['stdout is on a full disk', 'ENOSPC', 9],
  ] as const)('F37: a sync completes if %s', async (_, code, expected) => {
    const { lab, ideal } = at();
    await lab.reset(SMALL);
    expect(await runWith(lab, broken(code), new Recorder(), SMALL.argv)).toBe(expected);
    const after = await lab.run(SMALL.argv);
    expect(commitsOf(after)).toEqual([]);
    await expectInvariants(lab, ideal(SMALL), after);
  });

  it('F37: a sync completes if stderr is closed', async () => {
    const { lab } = at();
    await lab.reset(SMALL);
    expect(await runWith(lab, new Recorder(), broken('EPIPE'), SMALL.argv)).toBe(0);
    expect(commitsOf(await lab.run(SMALL.argv))).toEqual([]);
  });

  it('F37: a read-only command ends quietly if stdout is closed', async () => {
    const { lab } = at();
    await lab.reset(SMALL);
    const stderr = new Recorder();
    expect(await runWith(lab, broken('EPIPE'), stderr, ['list'])).toBe(0);
    expect(stderr.text).not.toMatch(/Error|EPIPE|\bat /);
  });
});

describe('the wall clock', () => {
  it.each([-3_600_000, 86_400_000])('F38: may jump by %i ms without changing any wait', async (jump) => {
    const { lab, ideal } = at();
    const write: Exclude<CallClass, 'read'> = 'create';
    const faults: InjectedFault[] = [
      { action: 'status', status: 429, headers: { 'ratelimit-reset': '7' }, match: matchOf(WRITES[write]) },
    ];
    await lab.reset(SMALL);
    lab.break(faults);
    const quiet = await lab.run(SMALL.argv);
    await lab.reset(SMALL);
    lab.break(faults);
    const real = Date.now;
    let calls = 0;
    const spy = vi.spyOn(Date, 'now').mockImplementation(() => {
      calls += 1;
      return real() + calls * jump;
    });
    const jumping = await lab.run(SMALL.argv).finally(() => spy.mockRestore());
    expect(jumping.code).toBe(0);
    expect(jumping.slept).toEqual(quiet.slept);
    expect(jumping.took).toBe(quiet.took);
    await expectInvariants(lab, ideal(SMALL), jumping);
  });
});
