/** Changes of the account as data, and the one function that carries them out. */
import type { Identified, State } from './state.ts';

/** The name of a change in the commit log. */
type Verb =
  | 'create'
  | 'update'
  | 'enable'
  | 'disable'
  | 'note'
  | 'press'
  | 'delete'
  /** A drop was counted (fact 41); no request shows it, so it is not logged. */
  | 'count';

/** The records of one type: their place in the state, and changes to them. */
export interface Records<Row extends Identified = Identified, Index = unknown> {
  /** For example `service`: the name in the commit log. */
  readonly type: string;
  /** The records by id, in the order of their creation. */
  in(state: State): Map<string, Row>;
  index(state: State): Index;
  /** Updates the index. */
  reindex(state: State, before: Row | null, after: Row | null): void;
  /** The ids of the records that show this one; null if any may. */
  shownBy(row: Row): readonly string[] | null;
  /** The records of every account with that name. */
  initial(account: State['account'], switches: State['switches']): readonly Row[];
  put(verb: Verb, value: Row): AccountChange;
  remove(id: string): AccountChange;
}

export type AccountChange =
  | { readonly op: 'put'; readonly records: Records; readonly verb: Verb; readonly value: Identified }
  | { readonly op: 'remove'; readonly records: Records; readonly id: string }
  /** New ids were assigned. */
  | { readonly op: 'sequence'; readonly sequence: number }
  /** Extensions were read (fact 50). */
  | { readonly op: 'read' }
  /** The account lock refused this write, or lets it pass now (fact 54). */
  | { readonly op: 'refuse' | 'pass'; readonly write: string };

/** One line of the commit log: the change of one record. */
export interface Committed {
  readonly verb: Verb;
  readonly type: string;
  readonly id: string;
  readonly before: Identified | null;
  readonly after: Identified | null;
}

/** Carries out one change. @returns the change of a record; null if it concerned none */
export function applyChange(state: State, change: AccountChange): Committed | null {
  switch (change.op) {
    case 'sequence':
      state.sequence = Math.max(state.sequence, change.sequence);
      return null;
    case 'read':
      state.reads += 1;
      return null;
    case 'refuse':
      state.refused.add(change.write);
      return null;
    case 'pass':
      state.refused.delete(change.write);
      return null;
    case 'remove':
      return remove(state, change.records, change.id);
    case 'put':
      return put(state, change);
  }
}

function put(state: State, { records, verb, value }: AccountChange & { op: 'put' }): Committed {
  const { type } = records;
  const rows = records.in(state);
  const before = rows.get(value.id) ?? null;
  forget(state, type);
  rows.set(value.id, value);
  records.reindex(state, before, value);
  return { verb, type, id: value.id, before, after: value };
}

function remove(state: State, records: Records, id: string): Committed | null {
  const rows = records.in(state);
  const before = rows.get(id);
  if (!before) return null;
  forget(state, records.type);
  rows.delete(id);
  records.reindex(state, before, null);
  return { verb: 'delete', type: records.type, id, before, after: null };
}

/** Drops sorted lists that a change of this type makes stale. */
function forget(state: State, type: string): void {
  for (const key of state.sorted.keys()) if (key.startsWith(`${type}:`)) state.sorted.delete(key);
}
