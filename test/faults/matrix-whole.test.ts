/** The whole program in every case of the matrix, on all services: for the night, because the fast lane has each case for one call. */
import { describe, expect, it } from 'vitest';
import { CASES } from './cases.ts';
import { runCase } from './run-case.ts';
import { useLab } from './with-lab.ts';
import { PAGED, SMALL } from './worlds.ts';

const at = useLab(PAGED, SMALL);

describe('the fault matrix: the whole program', () => {
  it('has cases', () => {
    expect(CASES.length).toBeGreaterThan(900);
  });

  it.each(CASES.map((one) => [one.name, one] as const))('%s', (_, one) =>
    runCase(at().lab, at().ideal(one.target.class === 'read' ? PAGED : SMALL), one),
  );
});
