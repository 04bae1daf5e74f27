/** P13: the verdicts of a run, and the one exit code that a shell sees. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../src/cli/verdict.ts';
import { systemClock } from '../src/clock.ts';
import { CancelledError } from '../src/errors.ts';
import { exitCode } from '../src/main.ts';
import { project } from './cli/project.ts';
import { runCli, temporaryFolder } from './helpers/in-process.ts';
import { runs } from './helpers/runs.ts';

/** The most important first (docs/faults.md). */
const ORDER: readonly Verdict[] = [
  'cancelled',
  'bug',
  'auth',
  'refused',
  'partial',
  'remote',
  'local-io',
  'config',
  'usage',
  'pending',
  'declined',
  'ok',
];
const CODES = [130, 1, 5, 8, 6, 7, 9, 4, 3, 2, 0, 0];

describe('P13: the exit code', () => {
  it('is total, and the worst verdict decides, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...ORDER), { maxLength: 8 }), (verdicts) => {
        const worst = ORDER.find((verdict) => verdicts.includes(verdict)) ?? 'ok';
        expect(exitCode(verdicts)).toBe(CODES[ORDER.indexOf(worst)]);
        expect(exitCode(verdicts.toReversed())).toBe(exitCode(verdicts));
        expect(exitCode([...verdicts, 'ok'])).toBe(exitCode(verdicts));
      }),
      { numRuns: runs(1_000) },
    );
  });

  it.each([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s is %i', (signal, code) => {
    expect(exitCode(['cancelled', 'partial'], signal)).toBe(code);
  });
});

describe('P13: every code is reached', () => {
  const broken = { ...systemClock, now: () => Number(Symbol('no clock')) };

  it.each<[number, string[], Parameters<typeof runCli>[1]?]>([
    [0, ['list']],
    [1, ['list'], { clock: broken }],
    [2, ['plan', '--exit-code']],
    [3, ['sync']],
    [5, ['list'], { env: { PAGERDUTY_TOKEN: '' } }],
    [7, ['list', '--timeout', '1'], { env: { PAGERDUTY_API_URL: 'http://127.0.0.1:2' } }],
    [8, ['plan', '--service', 'web-admin']],
    [9, ['plan', '--out', 'no/such/folder/plan.json']],
  ])('%i by %j', async (code, argv, options = {}) => {
    const { run } = await project();
    expect((await run(argv, options)).code).toBe(code);
  });

  it('4 by a wrong config', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'pdactions.config.json'), '{}');
    expect(await runCli(['validate'], { cwd })).toMatchObject({ code: 4 });
  });

  it('6 by a change that is refused', async () => {
    const { run, sandbox } = await project();
    // The first create succeeds, the second one fails.
    sandbox.setFaults([{ action: 'status', status: 403, match: { method: 'POST', nth: 2 }, times: 1 }]);
    expect((await run(['sync', '--yes'])).code).toBe(6);
  });

  it('143 by SIGTERM', async () => {
    const stop = new AbortController();
    stop.abort(new CancelledError('interrupted', 'SIGTERM'));
    const { run } = await project();
    expect((await run(['list'], { interrupted: stop.signal })).code).toBe(143);
  });
});
