/** Extensions as the account has them, with the indexes that keep 30,000 of them fast. */

import { records } from '../../account/records.ts';
import type { State } from '../../account/state.ts';

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
  /** When the disablement ends by itself (fact 41), in milliseconds since 1970; null if it does not. */
  readonly disabledUntil: number | null;
  /** Deliveries dropped in a row (fact 41). */
  readonly drops: number;
  /** Hidden until this many reads of extensions were made (fact 50). */
  readonly visibleFrom: number;
}

/** The ids of extensions, in the order of their creation. */
interface ExtensionIndex {
  readonly bySchema: Map<string, Set<string>>;
  readonly byService: Map<string, Set<string>>;
  /** Those hidden from reads for now (fact 50); nearly always empty. */
  readonly lagging: Set<string>;
}

export const extensions = records<Extension, ExtensionIndex>({
  type: 'extension',
  index: {
    empty: () => ({ bySchema: new Map(), byService: new Map(), lagging: new Set() }),
    update: (index, before, after, { reads }) => {
      // A replaced record keeps its place in the order of creation.
      if (!isSamePlace(before, after)) {
        if (before) leave(index, before);
        if (after) enter(index, after);
      }
      if (after === null) index.lagging.delete(before?.id ?? '');
      else if (after.visibleFrom > reads) index.lagging.add(after.id);
    },
  },
  shownBy: ({ serviceIds }) => serviceIds,
});

function isSamePlace(before: Extension | null, after: Extension | null): boolean {
  return before?.schemaId === after?.schemaId && before?.serviceIds.join() === after?.serviceIds.join();
}

function enter({ bySchema, byService }: ExtensionIndex, { id, schemaId, serviceIds }: Extension): void {
  add(bySchema, schemaId, id);
  for (const serviceId of serviceIds) add(byService, serviceId, id);
}

function leave({ bySchema, byService }: ExtensionIndex, { id, schemaId, serviceIds }: Extension): void {
  bySchema.get(schemaId)?.delete(id);
  for (const serviceId of serviceIds) byService.get(serviceId)?.delete(id);
}

function add(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key);
  if (ids) ids.add(id);
  else index.set(key, new Set([id]));
}

/** The number of custom incident actions that a service can carry (fact 13). */
export const ACTION_LIMIT = 3;

/** The extensions of these ids. */
function extensionsOf(state: State, ids: ReadonlySet<string> | undefined): Extension[] {
  const all = extensions.in(state);
  return [...(ids ?? [])].flatMap((id) => all.get(id) ?? []);
}

/** The extensions on a service, in the order of their creation. */
export function extensionsOn(state: State, serviceId: string): Extension[] {
  return extensionsOf(state, extensions.index(state).byService.get(serviceId));
}

/** The extensions of a schema, in the order of their creation. */
export function extensionsUnder(state: State, schemaId: string): Extension[] {
  return extensionsOf(state, extensions.index(state).bySchema.get(schemaId));
}

/** True while some extension is hidden from reads (fact 50). */
export function isLagging(state: State): boolean {
  const { lagging } = extensions.index(state);
  for (const id of lagging) if (isVisible(state, extensions.in(state).get(id))) lagging.delete(id);
  return lagging.size > 0;
}

/** Reads after writes can lag (fact 50). */
export function isVisible(state: State, extension: Extension | undefined): boolean {
  return (extension?.visibleFrom ?? 0) <= state.reads;
}

/** True if it is disabled at `now`: the 24 hours of fact 41 end by themselves. */
export function isDisabled(extension: Extension, now: number): boolean {
  return extension.disabled && (extension.disabledUntil === null || now < extension.disabledUntil);
}
