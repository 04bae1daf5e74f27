/**
 * The data of the simulated account, with the indexes that keep 30,000 actions fast. Routes only read it; `applyChange` in
 * `change.ts` is the one place that writes. It is mutated in place, not copied: a copy of 30,000 entries for each of 30,000
 * creates would take longer than the creates. As changes are data, a request can still be answered without being carried out.
 */
import type { Switches } from './switches.ts';

export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

export interface Team {
  readonly id: string;
  /** Empty: reads show null (fact 58). */
  readonly name: string;
  /** Ids of users. */
  readonly members?: readonly string[] | undefined;
}

export interface Service {
  readonly id: string;
  /** Empty: reads show null (fact 58). */
  readonly name: string;
  readonly teamIds: readonly string[];
  /** Reads show a null beside the teams (fact 58). */
  readonly hasNullTeam?: boolean | undefined;
}

export interface Schema {
  readonly id: string;
  readonly key: string | null;
  readonly label: string | null;
  readonly sendTypes: readonly string[];
}

export interface Header {
  readonly name: string;
  readonly value: string;
}

export interface Extension {
  readonly id: string;
  readonly name: string;
  /** Reads show an empty name as null, and `config` has headers of any shape (fact 58). */
  readonly odd?: boolean | undefined;
  readonly url: string | null;
  readonly schemaId: string;
  readonly serviceIds: readonly string[];
  /** With their real values; reads show them redacted. Absent: `config` has no such key (fact 14). */
  readonly headers?: readonly Header[] | null | undefined;
  /** The other keys of `config`. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly description: string | null;
  readonly disabled: boolean;
  /** When the disablement ends by itself (fact 41), in milliseconds since 1970; null: it does not. */
  readonly disabledUntil: number | null;
  /** Deliveries dropped in a row (fact 41). */
  readonly drops: number;
  /** Not seen before this many reads of extensions were made (fact 50). */
  readonly visibleFrom: number;
}

export interface Note {
  readonly id: string;
  readonly content: string;
  readonly userId: string;
  readonly createdAt: string;
}

export interface Priority {
  readonly id: string;
  readonly name: string;
}

/** What a monitoring tool said, by the names of its event; null where it said nothing. */
export interface EventFacts {
  readonly source: string | null;
  readonly component: string | null;
  readonly group: string | null;
  readonly class: string | null;
  readonly severity: string | null;
  readonly details: unknown;
}

export interface Alert extends EventFacts {
  readonly id: string;
  readonly key: string;
  readonly summary: string;
  readonly status: 'triggered' | 'resolved';
}

/** What was done to an incident after its trigger. `name` is that of the pressed action. */
export interface LogEntry {
  readonly id: string;
  readonly kind: 'acknowledge' | 'resolve' | 'annotate' | 'custom';
  readonly at: string;
  readonly userId: string | null;
  readonly name?: string;
}

export interface Incident {
  readonly id: string;
  readonly number: number;
  readonly key: string;
  readonly title: string;
  readonly serviceId: string;
  readonly urgency: 'high' | 'low';
  readonly status: 'triggered' | 'acknowledged' | 'resolved';
  readonly createdAt: string;
  readonly statusChangedAt: string;
  /** Null: the service, when it triggered. */
  readonly statusChangedBy: string | null;
  readonly priorityId: string | null;
  /** The event that triggered it; for an incident of the API its details are those of the body. */
  readonly trigger: EventFacts;
  readonly alerts: readonly Alert[];
  /** The oldest first. */
  readonly log: readonly LogEntry[];
  readonly notes: readonly Note[];
}

/** A scoped OAuth app: its client id, its client secret, and the scopes it was registered with (fact 20). */
export interface OAuthApp {
  readonly id: string;
  readonly secret: string;
  readonly scopes: readonly string[];
}

export interface State {
  account: string;
  readonly token: string;
  switches: Switches;
  /** How many ids were given out. */
  sequence: number;
  /** How many reads of extensions were made (fact 50). */
  reads: number;
  readonly users: Map<string, User>;
  /** By client id. */
  readonly apps: Map<string, OAuthApp>;
  readonly teams: Map<string, Team>;
  readonly schemas: Map<string, Schema>;
  readonly services: Map<string, Service>;
  readonly extensions: Map<string, Extension>;
  readonly priorities: Map<string, Priority>;
  readonly incidents: Map<string, Incident>;
  readonly byService: Map<string, Set<string>>;
  readonly bySchema: Map<string, Set<string>>;
  /** Extensions that reads may not show yet (fact 50); nearly always empty. */
  readonly lagging: Set<string>;
  /** Writes that the account lock has refused once (fact 54). */
  readonly refused: Set<string>;
  /** Sorted lists, kept until the data behind them changes. */
  readonly sorted: Map<string, readonly unknown[]>;
}

/** The key of the schema of custom incident actions (fact 4). */
export const CUSTOM_ACTION = 'custom_webhook';
/** How many custom incident actions a service can carry (fact 13). */
export const ACTION_LIMIT = 3;

/** The extensions of a schema, or of a service, in the order of their creation. */
export function extensionsIn(state: State, ids: ReadonlySet<string> | undefined): Extension[] {
  return [...(ids ?? [])].flatMap((id) => state.extensions.get(id) ?? []);
}

/** Whether it is disabled at `now`: the 24 hours of fact 41 end by themselves. */
export function isDisabled(extension: Extension, now: number): boolean {
  return extension.disabled && (extension.disabledUntil === null || now < extension.disabledUntil);
}

/** What `compute` gives, kept under `key` until a record of that type changes; `key` is `<type>:<what>`. */
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
