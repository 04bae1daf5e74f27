/** The state of a running sandbox, behind the few operations that the HTTP shell and the owner need. */

import { type AccountChange, applyChange, type Committed } from './account/change.ts';
import type { State } from './account/state.ts';
import type { Switches } from './account/switches.ts';
import { handle } from './core.ts';
import type { Deliveries } from './deliveries/deliveries.ts';
import type { Timeline } from './deliveries/timeline.ts';
import type { FaultBook } from './faults/book.ts';
import type { Gates } from './faults/gates.ts';
import type { Keeper } from './keeping/keeper.ts';
import { snapshotOf, stateFromSnapshot } from './keeping/snapshot.ts';
import type { CommitRecord, SandboxLog } from './log.ts';
import { requesterOf } from './resources/users.ts';
import { insertionChanges, removalChanges, stateOf } from './seed/account.ts';
import { parseInsertion, type Seed } from './seed/seed.ts';
import type { Watch } from './watch.ts';
import type { ApiRequest, ApiResponse } from './wire/http.ts';
import type { RateLimiter } from './wire/rate-limit.ts';

/** A change made behind the API. */
export interface AccountEdit {
  /** As in a seed; a known id is replaced. */
  readonly insert?: unknown;
  readonly remove?: readonly string[] | undefined;
}

export interface World {
  state: State;
  readonly seed: Seed;
  readonly overrides: Partial<Switches>;
  readonly timeline: Timeline;
  readonly limiter: RateLimiter;
  readonly journal: SandboxLog;
  readonly book: FaultBook;
  readonly gates: Gates;
  readonly keeper: Keeper;
  readonly deliveries: Deliveries;
  readonly watch: Watch;
  /** Milliseconds since 1970. */
  readonly wall: () => number;
  /** The option that points `pdactions` at this sandbox. */
  readonly flag: string;
}

/** Carries changes out and logs them. */
export function commit(
  world: World,
  changes: readonly AccountChange[],
  by: CommitRecord['by'],
  request: number | null = null,
): void {
  for (const change of changes) {
    const committed = applyChange(world.state, change);
    if (!committed) continue;
    world.keeper.touch();
    watchCommit(world.watch, change, committed);
    if (committed.verb === 'count') continue;
    world.journal.commit({ at: new Date(world.wall()).toISOString(), by, request, ...committed });
  }
}

function watchCommit(watch: Watch, change: AccountChange, { before, after }: Committed): void {
  if (change.op !== 'put' && change.op !== 'remove') return;
  const shown = [before, after].map((row) => (row ? change.records.shownBy(row) : []));
  if (shown.includes(null)) watch.renew();
  else watch.touch(...shown.flatMap((ids) => ids ?? []));
}

/**
 * Answers a request and carries it out in one step.
 * @param index the number of the API request; null for an act on the page, which needs no token's rights
 */
export function perform(
  world: World,
  request: ApiRequest,
  index: number | null,
  by: 'api' | 'late' | 'page' = 'api',
): ApiResponse {
  const { response, changes, effects } = handle(world.state, request, by !== 'page');
  commit(world, changes, by, index);
  for (const { extensionId, incidentId } of effects) {
    world.deliveries.press(extensionId, incidentId, requesterOf(world.state, request));
  }
  return response;
}

/** Edits the account like a person in the web UI. @throws ConfigError for an invalid insertion */
export function applyEdit(world: World, edit: AccountEdit, request: number | null = null): void {
  if (edit.insert !== undefined) {
    const insertion = parseInsertion(edit.insert);
    commit(world, insertionChanges(world.state, insertion, world.wall()), 'edit', request);
  }
  for (const id of edit.remove ?? []) commit(world, removalChanges(world.state, id), 'edit', request);
}

/** Resets: the seed, empty logs, no faults, an unused rate limit. Time does not go back. */
export function resetWorld(world: World, seed: Seed = world.seed): void {
  world.gates.drop();
  world.timeline.clear();
  world.deliveries.clear();
  world.book.set([]);
  world.limiter.reset();
  world.journal.clear();
  world.state = stateOf(seed, world.state.token, world.wall(), world.overrides);
  world.keeper.touch();
  world.watch.renew();
}

/** Moves the clock forward, and runs the tasks that become due. */
export async function advance(world: World, ms: number): Promise<void> {
  await world.timeline.advance(ms);
  world.watch.touch();
}

/** Puts switches into other positions. */
export function setSwitches(world: World, switches: Partial<Switches>): void {
  const before = world.state.switches;
  const after = { ...before, ...switches };
  if (before.schemaId !== after.schemaId) {
    // Other ids for the same schemas: the snapshot knows them by key.
    const moved = stateFromSnapshot(snapshotOf(world.state), world.state.token, after);
    if (typeof moved !== 'string') world.state = moved;
  }
  world.state.switches = after;
  world.watch.renew();
}
