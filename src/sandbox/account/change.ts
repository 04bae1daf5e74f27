/** Changes of the account as data, and the one function that carries them out. */
import type { Extension, Incident, Priority, Schema, Service, State, Team } from './state.ts';

type Put =
  | { readonly type: 'extension'; readonly value: Extension }
  | { readonly type: 'service'; readonly value: Service }
  | { readonly type: 'team'; readonly value: Team }
  | { readonly type: 'schema'; readonly value: Schema }
  | { readonly type: 'priority'; readonly value: Priority }
  | { readonly type: 'incident'; readonly value: Incident };

/** What a change is called in the commit log. */
type Verb =
  | 'create'
  | 'update'
  | 'enable'
  | 'disable'
  | 'note'
  | 'press'
  | 'delete'
  /** A drop was counted (fact 41); nobody can see it, so it is not logged. */
  | 'count';

export type Change =
  | (Put & { readonly op: 'put'; readonly verb: Verb })
  | { readonly op: 'remove'; readonly type: Put['type']; readonly id: string }
  /** Ids were given out. */
  | { readonly op: 'sequence'; readonly sequence: number }
  /** Extensions were read (fact 50). */
  | { readonly op: 'read' }
  /** The account lock refused this write, or lets it pass now (fact 54). */
  | { readonly op: 'refuse' | 'pass'; readonly write: string };

/** One line of the commit log: what became of one record. */
export interface Committed {
  readonly verb: Verb;
  readonly type: Put['type'];
  readonly id: string;
  readonly before: Put['value'] | null;
  readonly after: Put['value'] | null;
}

/** Carries out one change, keeps the indexes right, and says what was there before. */
export function applyChange(state: State, change: Change): Committed | null {
  switch (change.op) {
    case 'sequence':
      state.sequence = Math.max(state.sequence, change.sequence);
      return null;
    case 'read':
      state.reads += 1;
      endLag(state);
      return null;
    case 'refuse':
      state.refused.add(change.write);
      return null;
    case 'pass':
      state.refused.delete(change.write);
      return null;
    case 'remove':
      return remove(state, change.type, change.id);
    case 'put':
      return put(state, change);
  }
}

function endLag(state: State): void {
  for (const id of state.lagging) {
    if ((state.extensions.get(id)?.visibleFrom ?? 0) <= state.reads) state.lagging.delete(id);
  }
}

function put(state: State, change: Change & { op: 'put' }): Committed {
  const records = collection(state, change.type);
  const { id } = change.value;
  const before = records.get(id) ?? null;
  forget(state, change.type);
  records.set(id, change.value);
  if (change.type === 'extension') indexExtension(state, before as Extension | null, change.value);
  return { verb: change.verb, type: change.type, id, before, after: change.value };
}

function remove(state: State, type: Put['type'], id: string): Committed | null {
  const records = collection(state, type);
  const before = records.get(id);
  if (!before) return null;
  forget(state, type);
  records.delete(id);
  if (type === 'extension') unindexExtension(state, before as Extension);
  return { verb: 'delete', type, id, before, after: null };
}

function collection(state: State, type: Put['type']): Map<string, Put['value']> {
  const maps = {
    extension: state.extensions,
    service: state.services,
    team: state.teams,
    schema: state.schemas,
    priority: state.priorities,
    incident: state.incidents,
  };
  return maps[type] as Map<string, Put['value']>;
}

/** Drops the sorted lists that a change of this type makes stale. */
function forget(state: State, type: Put['type']): void {
  for (const key of state.sorted.keys()) if (key.startsWith(`${type}:`)) state.sorted.delete(key);
}

/** An extension that stays where it was keeps its place in the order of creation. */
function indexExtension(state: State, before: Extension | null, after: Extension): void {
  const stays = before?.schemaId === after.schemaId && before.serviceIds.join() === after.serviceIds.join();
  if (before && !stays) unindexExtension(state, before);
  if (!stays) {
    add(state.bySchema, after.schemaId, after.id);
    for (const serviceId of after.serviceIds) add(state.byService, serviceId, after.id);
  }
  if (after.visibleFrom > state.reads) state.lagging.add(after.id);
}

function unindexExtension(state: State, extension: Extension): void {
  state.bySchema.get(extension.schemaId)?.delete(extension.id);
  for (const serviceId of extension.serviceIds) state.byService.get(serviceId)?.delete(extension.id);
  state.lagging.delete(extension.id);
}

function add(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key);
  if (ids) ids.add(id);
  else index.set(key, new Set([id]));
}
