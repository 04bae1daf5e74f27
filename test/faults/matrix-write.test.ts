import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIRST_CASES } from './cases.ts';
import { createLab, type Lab } from './lab.ts';
import { type Ideal, measure } from './oracle.ts';
import { runCase } from './run-case.ts';
import { SMALL } from './worlds.ts';

const cases = FIRST_CASES.filter(({ target }) => target.class !== 'read');

describe('the fault matrix: writes', () => {
  let lab: Lab;
  let ideal: Ideal;
  beforeAll(async () => {
    lab = await createLab();
    ideal = await measure(lab, SMALL);
  });
  afterAll(() => lab.close());

  it('has cases', () => {
    expect(cases.length).toBeGreaterThan(20);
  });

  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => runCase(lab, ideal, one));
});
