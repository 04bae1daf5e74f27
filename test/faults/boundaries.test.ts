/** P4, like SQLite's tests: a failure at the first request, then at the second, and so on until a run completes unharmed. */
import { describe, expect, it } from 'vitest';
import type { InjectedFault } from '../../src/sandbox/faults/fault.ts';
import { expectInvariants } from './oracle.ts';
import { useLab } from './with-lab.ts';
import { SMALL } from './worlds.ts';

const at = useLab(SMALL);

type Case = readonly [name: string, fault: (index: number) => InjectedFault, concurrency: number];

const reset = (phase: 'before-read' | 'before-commit' | 'after-commit' | 'mid-body') => (index: number) =>
  ({ action: 'reset', phase, match: { index } }) as const;

const CASES: readonly Case[] = [
  ['the connection breaks before it is read', reset('before-read'), 1],
  ['the connection breaks before it is carried out', reset('before-commit'), 1],
  ['the connection breaks after it was carried out', reset('after-commit'), 1],
  ['the connection breaks in the middle of the answer', reset('mid-body'), 1],
  ['the connection breaks after it was carried out, four services at a time', reset('after-commit'), 4],
  [
    'PagerDuty fails after it was carried out, four services at a time',
    (index) => ({ action: 'status', status: 500, phase: 'after-commit', match: { index } }),
    4,
  ],
];

describe('P4: at every request', () => {
  it.each(CASES)('%s', async (_, faultAt, concurrency) => {
    const { lab, ideal } = at();
    for (let index = 1; ; index += 1) {
      await lab.reset(SMALL);
      lab.break([faultAt(index)]);
      const run = await lab.run([...SMALL.argv, '--concurrency', String(concurrency)]);
      const hit = run.log.requests.some(({ faults }) => faults.length > 0);
      expect(run.code, `request ${index}: ${run.stderr}`).toBe(0);
      await expectInvariants(lab, ideal(SMALL), run);
      if (!hit) break;
      expect(index).toBeLessThan(100);
    }
  });
});
