import { describe, expect, it } from 'vitest';
import { FIRST_CASES } from './cases.ts';
import { runCase } from './run-case.ts';
import { useLab } from './with-lab.ts';
import { WRITE_WORLDS } from './worlds.ts';

const at = useLab(...WRITE_WORLDS);
const cases = FIRST_CASES.filter(({ target }) => target.class !== 'read');

describe('the fault matrix: writes', () => {
  it('has cases', () => {
    expect(cases.length).toBeGreaterThan(20);
  });

  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) =>
    runCase(at().lab, at().ideal(one.target.world), one),
  );
});
