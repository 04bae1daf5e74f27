/** Pairing without renames takes a short way on services with few actions; it must find what the general way finds. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pair, sameLabelTwice } from '../../src/core/pairing/pair.ts';
import { live, service, spec } from '../helpers/actions.ts';
import { runs } from '../helpers/runs.ts';

const on = service('Checkout API');
/** More than the short way takes. */
const crowd = Array.from({ length: 9 }, (_, index) => live(`Other ${index}`, on, { id: `PO${index}` }));
const someLabels = fc.array(fc.constantFrom('A', 'B', 'C', 'D'), { maxLength: 5 });

describe('pairing', () => {
  it('finds the same beside nine other actions', () => {
    fc.assert(
      fc.property(someLabels, someLabels, (wanted, present) => {
        const specs = wanted.map((label, index) => spec(label, { key: `${label}${index}` }));
        const actions = present.map((label, index) => live(label, on, { id: `P${label}${index}` }));
        const few = pair(on, specs, actions);
        const many = pair(on, specs, [...actions, ...crowd]);
        expect([...few.matched]).toEqual([...many.matched]);
        expect([few.missing, few.refusals]).toEqual([many.missing, many.refusals]);
        expect([...few.rest, ...crowd]).toEqual(many.rest);
      }),
      { numRuns: runs(200) },
    );
  });

  it('names a label that is declared twice, however many there are', () => {
    const specs = (count: number) => Array.from({ length: count }, (_, index) => spec(`L${index}`));
    expect(sameLabelTwice(on, specs(20))).toEqual([]);
    for (const count of [2, 20]) {
      const doubled = [...specs(count), spec('L0', { key: 'again' })];
      expect(sameLabelTwice(on, doubled).map(({ code }) => code)).toEqual(['same-label-twice']);
    }
  });
});
