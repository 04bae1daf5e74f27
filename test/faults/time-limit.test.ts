/** `--timeout`: whatever goes wrong, the run ends by then, and a write in flight gets a few seconds more. */
import { describe, expect, it } from 'vitest';
import { LATE_WRITE_MS } from '../../src/pagerduty/http/line.ts';
import { CASES, type Case, matchOf } from './cases.ts';
import { expectSafe } from './oracle.ts';
import { useLab } from './with-lab.ts';
import { PAGED, WRITE_WORLDS } from './worlds.ts';

const LIMIT_S = 3;
const at = useLab(PAGED, ...WRITE_WORLDS);

/** One case of each row and class whose fault always happens. */
const LASTING: readonly Case[] = CASES.filter(({ row, target, times }, index) => {
  const first = CASES.findIndex(
    (one) => one.row === row && one.target.class === target.class && one.times === 'always',
  );
  return times === 'always' && index === first;
});

describe('the fault matrix under a short time limit', () => {
  it('has cases', () => {
    expect(LASTING.length).toBeGreaterThan(100);
  });

  it.each(LASTING.map((one) => [one.name, one] as const))('%s', async (_, { target, variant }) => {
    const { lab, ideal } = at();
    await lab.reset(target.world);
    lab.break(
      variant.faults?.(matchOf(target), 'always') ?? [],
      variant.throws === undefined ? [] : [{ throws: variant.throws, target, times: 'always' }],
    );
    const run = await lab.run([...target.world.argv, '--timeout', String(LIMIT_S)]);
    expect(run.took, run.stderr).toBeLessThanOrEqual(LIMIT_S * 1000 + LATE_WRITE_MS);
    expectSafe(lab, ideal(target.world), run);
  });
});
