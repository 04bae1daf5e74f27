/** The whole program in every case of the matrix that the fast lane omits. */
import { describe, expect, it } from 'vitest';
import { CASES, FIRST_CASES } from './cases.ts';
import { runCase } from './run-case.ts';
import { useLab } from './with-lab.ts';
import { PAGED, SMALL } from './worlds.ts';

const at = useLab(PAGED, SMALL);
const rest = CASES.filter((one) => !FIRST_CASES.includes(one));

describe('the fault matrix: the rest', () => {
  it('has cases', () => {
    expect(rest.length).toBeGreaterThan(500);
  });

  it.each(rest.map((one) => [one.name, one] as const))('%s', (_, one) =>
    runCase(at().lab, at().ideal(one.target.world), one),
  );
});
