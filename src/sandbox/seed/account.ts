/** From a seed to an account, and the changes that people make to it by hand. */

import { type AccountChange, applyChange } from '../account/change.ts';
import { blankState, type State } from '../account/state.ts';
import { defaultSwitches, type Switches } from '../account/switches.ts';
import type { Resource } from '../resource.ts';
import { RESOURCES } from '../resource-table.ts';
import type { Insertion, Seed } from './seed.ts';
import { SEEDED } from './seeded.ts';

/** A state with only the records of every account. */
export function emptyState(account: string, token: string, switches: Switches): State {
  const state = blankState(account, token, switches);
  const all: readonly Resource[] = RESOURCES;
  for (const resource of all) {
    for (const row of resource.initial(account, switches)) applyChange(state, resource.put('create', row));
  }
  return state;
}

/**
 * The account that a seed describes.
 * @param overrides switches that win over those of the seed
 */
export function stateOf(seed: Seed, token: string, now: number, overrides: Partial<Switches> = {}): State {
  const switches = { ...defaultSwitches(), ...(seed.switches as Partial<Switches>), ...overrides };
  const state = emptyState(seed.account, token, switches);
  for (const change of insertionChanges(state, seed, now)) applyChange(state, change);
  return state;
}

/** The changes that add records, or replace those with a known id. The rules of the API do not apply to edits. */
export function insertionChanges(state: State, insertion: Insertion, now: number): readonly AccountChange[] {
  const lists: Readonly<Record<string, readonly unknown[]>> = insertion;
  return SEEDED.flatMap((resource) =>
    (lists[resource.plural] ?? []).map((entry, place) => {
      const row = resource.row(entry, { state, now, place });
      return resource.put(resource.in(state).has(row.id) ? 'update' : 'create', row);
    }),
  );
}

/** The changes that remove a record of any type, with its dependents. Records that no seed can have stay. */
export function removalChanges(state: State, id: string): readonly AccountChange[] {
  const owner = SEEDED.find((resource) => resource.in(state).has(id));
  if (!owner) return [];
  const along = SEEDED.flatMap((resource) =>
    (resource.follow?.(state, owner.type, id) ?? []).map((follower) => resource.remove(follower)),
  );
  return [...along, owner.remove(id)];
}
