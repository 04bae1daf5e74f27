/** P1 and the pairs: from any small account to any small declaration, and from every state to every other one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActionSpec } from '../../src/core/action.ts';
import { changesOf } from '../../src/core/plan.ts';
import { brief, declare, planOn, syncOn } from '../engine/world.ts';
import { header, spec } from '../helpers/actions.ts';
import { type Account, createMemoryStore, type MemoryStore } from '../helpers/memory-store.ts';
import { runs } from '../helpers/runs.ts';
import { SEED, STATES } from './states.ts';

const SERVICES = ['Alpha', 'Bravo', 'Charlie'] as const;
const LABELS = ['One', 'Two', 'Three', 'Four'] as const;
const id = (name: string): string => `P${name.toUpperCase()}`;

const live = fc.record({
  label: fc.constantFrom(...LABELS),
  moved: fc.boolean(),
  header: fc.boolean(),
  disabled: fc.boolean(),
  shared: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
});

const accounts: fc.Arbitrary<Account> = fc
  .tuple(...SERVICES.map(() => fc.array(live, { maxLength: 3 })))
  .map((lists) => ({
    account: 'acme',
    services: SERVICES.map((name) => ({ id: id(name), name })),
    extensions: lists.flatMap((list, index) =>
      list.map(({ label, moved, header: some, disabled, shared }, at) => ({
        id: `PX${index}${at}`,
        ...(shared
          ? { services: [id(SERVICES[index] ?? ''), 'POUTER'] }
          : { service: id(SERVICES[index] ?? '') }),
        name: label,
        url: moved ? 'https://old.example.com/' : spec(label).url,
        headers: some ? { 'X-Old': 'v' } : {},
        disabled,
      })),
    ),
  }));

const specs: fc.Arbitrary<readonly ActionSpec[]> = fc
  .subarray([...LABELS], { maxLength: 3 })
  .chain((labels) =>
    fc.tuple(
      ...labels.map((label) =>
        fc
          .record({
            headers: fc.constantFrom(null, [], [header('Authorization')]),
            renamedFrom: fc.subarray([...LABELS.filter((other) => other !== label)], { maxLength: 1 }),
          })
          .map((fields) => spec(label, fields)),
      ),
    ),
  );

/** Each service has its own definitions, so keys must differ. */
const wishes = fc
  .record({ lists: fc.tuple(specs, specs, specs), prune: fc.boolean(), enable: fc.boolean() })
  .map(({ lists, prune, enable }) => ({
    declaration: declare(
      Object.fromEntries(
        SERVICES.map((name, index) => [
          name,
          (lists[index] ?? []).map((one) => ({ ...one, key: `${name}-${one.key}` })),
        ]),
      ),
      { prune },
    ),
    policy: { enable },
    guard: { maxDeletes: 100, allowEmpty: true },
  }));

/** Fails if a service ever has more than three actions, or if a foreign one is written. */
function watch(store: MemoryStore): void {
  store.before = ([method, about]) => {
    for (const name of SERVICES) {
      const held = [...store.live.values()].filter(({ services }) =>
        services.some((one) => one.id === id(name)),
      );
      expect(held.length).toBeLessThanOrEqual(3);
    }
    if (method === 'update' || method === 'delete' || method === 'enable') {
      expect(store.live.get(String(about))?.services).toHaveLength(1);
    }
  };
}

describe('P1: from any account to any declaration', () => {
  it('takes one run, or a refusal that writes nothing', async () => {
    let reached = 0;
    await fc.assert(
      fc.asyncProperty(accounts, wishes, async (account, { declaration, policy, guard }) => {
        const store = createMemoryStore(account);
        watch(store);
        const options = { policy, guard };
        const first = await planOn(store, declaration, options);
        if (first.plan.refusals.length > 0) return;
        reached += 1;
        const report = await syncOn(store, declaration, options);
        expect(report.outcomes.filter(({ status }) => status !== 'applied').map(brief)).toEqual([]);
        const second = await planOn(store, declaration, options);
        expect(changesOf(second.plan)).toEqual([]);
        expect(second.plan.refusals).toEqual([]);
      }),
      { numRuns: runs(2_000) },
    );
    expect(reached).toBeGreaterThan(runs(300));
  });

  it('does not depend on the order of any list', async () => {
    await fc.assert(
      fc.asyncProperty(accounts, wishes, fc.nat(), async (account, { declaration, policy, guard }, turn) => {
        const turned = <T>(list: readonly T[]): T[] => {
          const cut = list.length === 0 ? 0 : turn % list.length;
          return [...list.slice(cut), ...list.slice(0, cut)].reverse();
        };
        const options = { policy, guard };
        const one = await planOn(createMemoryStore(account), declaration, options);
        const other = await planOn(
          createMemoryStore({
            ...account,
            services: turned(account.services),
            extensions: turned(account.extensions),
          }),
          { ...declaration, selections: turned(declaration.selections) },
          options,
        );
        expect(other.digest).toBe(one.digest);
        expect(changesOf(other.plan)).toEqual(changesOf(one.plan));
      }),
      { numRuns: runs(500) },
    );
  });
});

describe('from every state to every other one', () => {
  it.each(STATES.map(({ name }, index) => [name, index] as const))('%s', async (_, index) => {
    for (const next of STATES) {
      const store = createMemoryStore(SEED as Account);
      for (const state of [STATES[index]!, next]) {
        const { declaration, policy = {}, guard = { allowEmpty: false } } = state;
        const options = { policy, guard };
        const planned = await planOn(store, declaration, options);
        // A full service that is not pruned has no free slot: the plan refuses, correctly.
        if (planned.plan.refusals.length > 0) {
          expect(new Set(planned.plan.refusals.map(({ code }) => code))).toEqual(new Set(['over-limit']));
          continue;
        }
        const report = await syncOn(store, declaration, options);
        expect(report.outcomes.filter(({ status }) => status !== 'applied').map(brief)).toEqual([]);
        const { plan } = await planOn(store, declaration, {
          ...options,
          policy: { ...policy, rotate: null },
        });
        expect(changesOf(plan), `${state.name}, then ${next.name}`).toEqual([]);
      }
    }
  });
});
