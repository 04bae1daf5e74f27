/**
 * The data of the simulated account. Routes only read it; `applyChange` in `change.ts` is the only writer. It is mutated in
 * place: copying 30,000 entries for each of 30,000 creates would take longer than the creates. Because changes are data, a
 * request can be answered without being carried out.
 */
import type { Switches } from './switches.ts';

/** A record of any type. */
export interface Identified {
  readonly id: string;
}

export interface State {
  account: string;
  readonly token: string;
  switches: Switches;
  /** The number of assigned ids. */
  sequence: number;
  /** The number of reads of extensions (fact 50). */
  reads: number;
  /** The records of each type, by id. Each type reads its own through `in` of its `Records`. */
  readonly records: Map<string, Map<string, Identified>>;
  /** The index of each type that has one. */
  readonly indexes: Map<string, unknown>;
  /** Writes that the account lock has refused once (fact 54). */
  readonly refused: Set<string>;
  /** Sorted lists, kept until the data behind them changes. */
  readonly sorted: Map<string, readonly unknown[]>;
}

/** A state without records. */
export function blankState(account: string, token: string, switches: Switches): State {
  return {
    account,
    token,
    switches,
    sequence: 0,
    reads: 0,
    records: new Map(),
    indexes: new Map(),
    refused: new Set(),
    sorted: new Map(),
  };
}

/** The result of `compute`, kept under `key` until a record of that type changes; `key` is `<type>:<what>`. */
export function remember<T>(state: State, key: string, compute: () => readonly T[]): readonly T[] {
  const known = state.sorted.get(key);
  if (known) return known as readonly T[];
  const list = compute();
  state.sorted.set(key, list);
  return list;
}

/** By name without regard to case, then by id, so that the order is total. */
export function byName(a: { readonly name: string; readonly id: string }, b: typeof a): number {
  return compare(a.name.toLowerCase(), b.name.toLowerCase()) || compare(a.id, b.id);
}

/** The order of two strings by code unit: the same on every machine. */
export function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
