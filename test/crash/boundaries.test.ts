/**
 * P5: the built program, ended by a signal at every request and phase of a run with a change of each kind. The account is never left
 * in a wrong state, the output is never false, and the same command completes the rest (F34, F35).
 */
import { afterAll, describe, expect, it } from 'vitest';
import type { FaultPhase, InjectedFault } from '../../src/sandbox/faults/fault.ts';
import type { Run } from '../faults/lab.ts';
import { commitsOf, documentOf, expectSafe } from '../faults/oracle.ts';
import { SMALL } from '../faults/worlds.ts';
import { accountOf, CODES, createYard, type Signal, writesOf, type Yard } from './yard.ts';

/** At most this many processes at a time; a test waits for a free yard. */
const yards = await Promise.all(Array.from({ length: 4 }, createYard));
const free = [...yards];
const waiting: ((yard: Yard) => void)[] = [];
afterAll(() => Promise.all(yards.map((yard) => yard.close())));

async function inYard(work: (yard: Yard) => Promise<void>): Promise<void> {
  const yard = free.pop() ?? (await new Promise<Yard>((take) => waiting.push(take)));
  try {
    await work(yard);
  } finally {
    const next = waiting.shift();
    if (next) next(yard);
    else free.push(yard);
  }
}

/** One at a time, so that the n-th request is the same in every run; or all services at the same time. */
const ARGV = SMALL.argv;
const TOGETHER = ARGV.map((word, at) => (ARGV[at - 1] === '--concurrency' ? '8' : word));

/** The account and the requests of a run without failures. */
const ideal = await measured();

async function measured(): Promise<{ methods: string[]; account: string; scope: Set<string> }> {
  const [yard] = yards;
  if (!yard) throw new Error('there is no yard');
  await yard.reset(SMALL);
  const run = await yard.run(ARGV);
  expect(run.code, run.stderr).toBe(0);
  return {
    methods: run.log.requests.map(({ method }) => method),
    account: accountOf(run),
    scope: new Set(documentOf(run)?.report?.outcomes.map(({ service }) => service.id)),
  };
}

interface Blow {
  readonly signal: Signal;
  readonly index: number;
  readonly phase: FaultPhase;
  /** The connection dies with the process, and the request is not carried out. */
  readonly lost: boolean;
}

const PHASES = ['before-read', 'before-commit', 'after-commit', 'mid-body'] as const;
const KINDS = PHASES.flatMap((phase) => [
  ...(['SIGINT', 'SIGTERM', 'SIGKILL'] as const).map((signal) => ({ signal, phase, lost: false })),
  ...(phase.startsWith('before') ? [{ signal: 'SIGKILL' as const, phase, lost: true }] : []),
]);
const ALL: readonly Blow[] = ideal.methods.flatMap((method, at) =>
  // The body of a 204 has no middle.
  KINDS.filter(({ phase }) => phase !== 'mid-body' || method !== 'DELETE').map((kind) => ({
    ...kind,
    index: at + 1,
  })),
);

/** Pull requests have seconds: every request and every kind, but not every combination. 11 is coprime to the number of kinds. */
const isNightly = Number(process.env.PDACTIONS_RUNS ?? 1) > 1 || process.env.PDACTIONS_ALL === '1';
const SAMPLE = 30;
const STEP = 11;

function sampled(): readonly Blow[] {
  const chosen = new Set<Blow>();
  for (let at = 0; chosen.size < Math.min(SAMPLE, ALL.length); at += STEP) {
    let place = at % ALL.length;
    while (chosen.has(ALL[place]!)) place = (place + 1) % ALL.length;
    chosen.add(ALL[place]!);
  }
  return [...chosen];
}

function faultsOf({ signal, index, phase, lost }: Blow): InjectedFault[] {
  const at = { match: { index }, phase };
  return [{ action: 'signal', signal, ...at }, ...(lost ? [{ action: 'reset' as const, ...at }] : [])];
}

const settled = new Set<string>();

/** The same command again completes the rest, and then finds no changes (I1). */
async function expectConvergence(yard: Yard, argv: readonly string[], ended: Run): Promise<void> {
  // The program keeps no state between runs, so one check per state of the account is enough.
  const state = JSON.stringify([argv, accountOf(ended)]);
  if (settled.has(state)) return;
  settled.add(state);
  yard.break([]);
  const again = await yard.run(argv);
  expect(again.code, `I1: ${again.stderr}${again.stdout}`).toBe(0);
  expectSafe(yard, ideal, again);
  expect(accountOf(again), 'I1').toBe(ideal.account);
  const third = await yard.run(argv);
  expect(third.code, third.stderr).toBe(0);
  expect(writesOf(third), 'I1').toEqual([]);
}

describe.concurrent('P5: ended from outside', () => {
  it.each(isNightly ? ALL : sampled())('$signal at request $index, $phase (lost: $lost)', async (blow) => {
    await inYard(async (yard) => {
      await yard.reset(SMALL);
      yard.break(faultsOf(blow));
      const run = await yard.run(ARGV);
      const killed = blow.signal === 'SIGKILL';
      expect(run.code, run.stderr).toBe(CODES[blow.signal]);
      expect(run.log.requests.length, 'nothing is begun after a signal').toBe(blow.index);
      expectSafe(yard, ideal, run, killed ? { killed } : {});
      if (killed) expect(run.stdout).toBe('');
      else expectToldSo(run.stderr);
      await expectConvergence(yard, ARGV, run);
    });
  });

  const SEVERAL = (['SIGINT', 'SIGTERM', 'SIGKILL'] as const).flatMap((signal) =>
    (isNightly ? [1, 2, 3, 4, 5, 6, 7, 8] : [2]).map((nth) => ({ signal, nth })),
  );
  it.each(SEVERAL)('$signal at create $nth, with all services at a time', async ({ signal, nth }) => {
    await inYard(async (yard) => {
      await yard.reset(SMALL);
      const match = { method: 'POST', path: '/extensions', nth };
      yard.break([{ action: 'signal', signal, match, phase: 'after-commit' }]);
      const run = await yard.run(TOGETHER);
      // A run with fewer creates was not hit.
      if (run.code === 0)
        return expect(commitsOf(run).filter(({ verb }) => verb === 'create').length).toBeLessThan(nth);
      const killed = signal === 'SIGKILL';
      expect(run.code, run.stderr).toBe(CODES[signal]);
      expectSafe(yard, ideal, run, killed ? { killed } : {});
      if (!killed) expectToldSo(run.stderr);
      return expectConvergence(yard, TOGETHER, run);
    });
  });
});

/** One line when it begins, and no stack; the watchdog ends nothing (docs/faults.md). */
function expectToldSo(stderr: string): void {
  expect(stderr.match(/stopping; press Ctrl-C again/g)).toHaveLength(1);
  expect(stderr).not.toMatch(/forced to exit|^ {4}at /m);
}
