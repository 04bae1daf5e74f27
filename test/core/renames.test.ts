import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActionSpec, LiveAction } from '../../src/core/action.ts';
import { liveByService } from '../../src/core/live.ts';
import { type Change, changesOf, computePlan } from '../../src/core/plan.ts';
import { desired, live, service, spec } from '../helpers/actions.ts';
import { runs } from '../helpers/runs.ts';

const on = service('Checkout API');
const urlOf = (name: string): string => `https://automation.example.com/${name}`;
/** An action formerly labelled `former`; its endpoint identifies it. */
const was = (label: string, former: string, url = urlOf(former)): ActionSpec =>
  spec(label, { url, renamedFrom: [former] });
const there = (label: string, url = urlOf(label), fields: Partial<LiveAction> = {}): LiveAction =>
  live(label, on, { id: `P${label.toUpperCase()}`, url, headerNames: ['X-S'], ...fields });

function planOf(wanted: readonly ActionSpec[], actions: readonly LiveAction[]) {
  return computePlan([desired(on, wanted)], liveByService(actions), { enable: false, rotate: null });
}

/** The account after the changes. Fails if a service has one label twice at any moment. */
function carriedOut(changes: readonly Change[], actions: readonly LiveAction[]): LiveAction[] {
  let now = [...actions];
  for (const [index, change] of changes.entries()) {
    if (change.kind === 'update') {
      const { label, url } = change.after;
      now = now.map((action) => (action.id === change.id ? { ...action, label, url } : action));
    } else if (change.kind === 'create') {
      now.push(live(change.after.label, on, { id: `PNEW${index}`, url: change.after.url }));
    }
    expect(new Set(now.map(({ label }) => label)).size).toBe(now.length);
  }
  return now;
}

const labels = (actions: readonly LiveAction[]) =>
  Object.fromEntries(actions.map(({ id, label }) => [id, label]));
const shown = (changes: readonly Change[]) =>
  changes.map((change) =>
    change.kind === 'update' ? `${change.id} → ${change.after.label}` : `${change.kind}`,
  );

describe('F55 labels that are passed on', () => {
  it('follows a chain: each id keeps its endpoint and its headers', () => {
    const wanted = [was('b', 'a'), was('c', 'b')];
    const plan = planOf(wanted, [there('a'), there('b')]);
    expect(plan.refusals).toEqual([]);
    expect(shown(changesOf(plan))).toEqual(['PB → c', 'PA → b']);
    const now = carriedOut(changesOf(plan), [there('a'), there('b')]);
    expect(changesOf(planOf(wanted, now))).toEqual([]);
  });

  it('follows a chain whose endpoints change as well, if the oldest label exists', () => {
    const wanted = [was('b', 'a', urlOf('x')), was('c', 'b', urlOf('y'))];
    expect(shown(changesOf(planOf(wanted, [there('a'), there('b')])))).toEqual(['PB → c', 'PA → b']);
  });

  it('swaps over one temporary label', () => {
    const wanted = [was('a', 'b'), was('b', 'a')];
    const plan = planOf(wanted, [there('a'), there('b')]);
    expect(shown(changesOf(plan))).toEqual(['PB → a (rename in progress)', 'PA → b', 'PB → a']);
    const now = carriedOut(changesOf(plan), [there('a'), there('b')]);
    expect(labels(now)).toEqual({ PA: 'b', PB: 'a' });
    expect(changesOf(planOf(wanted, now))).toEqual([]);
  });

  it('recognises a completed swap by its endpoints, and refuses if they differ', () => {
    const wanted = [was('a', 'b'), was('b', 'a')];
    const swapped = [there('a', urlOf('b')), there('b', urlOf('a'))];
    expect(planOf(wanted, swapped)).toMatchObject({ refusals: [], services: [{ changes: [] }] });
    const elsewhere = [there('a', urlOf('x')), there('b', urlOf('y'))];
    expect(planOf(wanted, elsewhere).refusals).toMatchObject([
      { code: 'ambiguous-rename', candidates: [{ id: 'PB' }, { id: 'PA' }] },
    ]);
    const same = [there('a', urlOf('x')), there('b', urlOf('x'))];
    const alike = [was('a', 'b', urlOf('x')), was('b', 'a', urlOf('x'))];
    expect(planOf(alike, same)).toMatchObject({ refusals: [], services: [{ changes: [] }] });
  });

  it('with the first label gone, goes by the endpoint of the second', () => {
    const wanted = [was('b', 'a'), was('c', 'b')];
    // PB is the old `b`: it becomes `c`, and the new `b` is created.
    expect(shown(changesOf(planOf(wanted, [there('b')])))).toEqual(['PB → c', 'create']);
    // PB is the new `b`, and `c` was deleted by hand.
    expect(shown(changesOf(planOf(wanted, [there('b', urlOf('a'))])))).toEqual(['create']);
    expect(planOf(wanted, [there('b', urlOf('x'))]).refusals).toMatchObject([{ code: 'ambiguous-rename' }]);
  });

  it('leaves alone an action that has its label already, whatever else exists', () => {
    const wanted = [was('b', 'a'), was('c', 'b')];
    const done = [there('a', urlOf('z')), there('b', urlOf('a')), there('c', urlOf('b'))];
    expect(planOf(wanted, done)).toMatchObject({ refusals: [], services: [{ changes: [] }] });
  });

  it('keeps every id with its action through any permutation, even if a run ends in between', () => {
    const permutation = fc.integer({ min: 2, max: 5 }).chain((count) => {
      const names = ['a', 'b', 'c', 'd', 'e'].slice(0, count);
      return fc.tuple(
        fc.constant(names),
        fc.shuffledSubarray([...names, 'x', 'y'], { minLength: count, maxLength: count }),
        fc.shuffledSubarray(names, { minLength: count }),
        fc.nat(8),
      );
    });
    fc.assert(
      fc.property(permutation, ([names, targets, order, cut]) => {
        const wanted = order.map((name) => was(targets[names.indexOf(name)] ?? '', name));
        const start = names.map((name) => there(name));
        const plan = planOf(wanted, start);
        expect(plan.refusals).toEqual([]);
        const halfway = carriedOut(changesOf(plan).slice(0, cut), start);
        const rest = planOf(wanted, halfway);
        expect(rest.refusals).toEqual([]);
        const now = carriedOut(changesOf(rest), halfway);
        expect(labels(now)).toEqual(
          Object.fromEntries(names.map((name, index) => [`P${name.toUpperCase()}`, targets[index]])),
        );
        expect(changesOf(planOf(wanted, now))).toEqual([]);
      }),
      { numRuns: runs(300) },
    );
  });
});
