/** Both sides of the comparison in one canonical form: the declared actions and the live ones, service by service. */
import type { ActionSpec, Place, Service } from './action.ts';
import { filledFor, objectionsTo, type Unfit } from './filling/fill.ts';
import { withFingerprint } from './headers/fingerprint.ts';
import { compareText } from './live.ts';
import type { Selector, SelectorMatch } from './selector.ts';

/** The part of a configuration that planning needs. */
export interface Declaration {
  readonly account?: string | undefined;
  readonly prune: boolean;
  readonly actions: ReadonlyMap<string, ActionSpec>;
  readonly selections: readonly SelectionSpec[];
}

/** One entry of the config's `services`. */
export interface SelectionSpec {
  readonly selector: Selector;
  readonly actionKeys: readonly string[];
  /** Absent: the file's `prune` applies. */
  readonly prune?: boolean | undefined;
  /** The `prune` of the file of this entry; absent if the file has none, or if the declaration has only one file. */
  readonly filePrune?: boolean | undefined;
  /** Its place in the config, for messages. */
  readonly place?: Place | undefined;
}

export type { Place };

/** A selector that requests an action on a service, and its place. */
export interface ActionRequest {
  readonly key: string;
  readonly selector: string;
  readonly place: Place;
}

/** The actions declared for one service: the union over all selectors that match it. */
export interface DesiredService {
  readonly service: Service;
  /** Sorted by label, each key once. */
  readonly actions: readonly ActionSpec[];
  readonly prune: boolean;
  /** For messages: the selectors that request each action, by action key. */
  readonly askedBy: ReadonlyMap<string, readonly string[]>;
  /** The same with their places, where known. */
  readonly asked?: readonly ActionRequest[] | undefined;
  /** Actions that are invalid here once filled in; absent for none. */
  readonly unfit?: readonly Unfit[] | undefined;
}

/**
 * The union of all selectors, one entry per service, sorted by name and id.
 * @param matches the match of each selection's selector, in the order of `declaration.selections`; only usable matches
 * @param only if given, ids of the services that the run is limited to
 */
export function desiredServices(
  declaration: Declaration,
  matches: readonly SelectorMatch[],
  only?: ReadonlySet<string>,
): DesiredService[] {
  const gathered = new Map<string, SelectedService>();
  for (const [index, selection] of declaration.selections.entries()) {
    const match = matches[index];
    for (const service of match && 'services' in match ? match.services : []) {
      if (only && !only.has(service.id)) continue;
      const entry = gathered.get(service.id) ?? { service, selections: [] };
      entry.selections.push(selection);
      gathered.set(service.id, entry);
    }
  }
  const wishes: Wishes = { next: new Map() };
  const desired = [...gathered.values()].map(({ service, selections }): DesiredService => {
    const { actions: specs, prune, askedBy, asked } = wishFor(selections, declaration, wishes);
    const { actions, unfit } = fillIn(specs, service);
    // Written out: for tens of thousands of services, copying all members of an object takes longer than the rest.
    const entry = { service, actions, prune, askedBy, asked };
    return unfit ? { ...entry, unfit } : entry;
  });
  return desired.sort(byService);
}

/** The definitions for this service: with `${service.…}` filled in, and then their fingerprints. */
function fillIn(specs: readonly ActionSpec[], service: Service): Pick<DesiredService, 'actions' | 'unfit'> {
  if (specs.every(({ perService }) => perService === undefined)) {
    return { actions: specs.map((spec) => withFingerprint(spec, service.id)) };
  }
  const filled = specs.map((spec) => filledFor(spec, service));
  const unfit = objectionsTo(specs, filled, service);
  return {
    actions: filled.map((spec) => withFingerprint(spec, service.id)).sort(byLabel),
    ...(unfit.length > 0 ? { unfit } : {}),
  };
}

function byLabel(a: ActionSpec, b: ActionSpec): number {
  return compareText(a.label, b.label) || compareText(a.key, b.key);
}

/** A service and the selections that match it, in the order of the declaration. */
interface SelectedService {
  readonly service: Service;
  readonly selections: SelectionSpec[];
}

/** The actions that selections request, on any service. */
type RequestedActions = Omit<DesiredService, 'service'>;

/** Memoises results by the list of selections, which thousands of services share. */
interface Wishes {
  wish?: RequestedActions;
  readonly next: Map<SelectionSpec, Wishes>;
}

function wishFor(
  selections: readonly SelectionSpec[],
  declaration: Declaration,
  known: Wishes,
): RequestedActions {
  let at = known;
  for (const selection of selections) {
    const next = at.next.get(selection) ?? { next: new Map() };
    at.next.set(selection, next);
    at = next;
  }
  at.wish ??= toWish(selections, declaration);
  return at.wish;
}

function toWish(selections: readonly SelectionSpec[], declaration: Declaration): RequestedActions {
  const askedBy = new Map<string, string[]>();
  const asked: ActionRequest[] = [];
  for (const { selector, place, actionKeys } of selections) {
    for (const key of actionKeys) {
      append(askedBy, key, selector.text);
      if (place) asked.push({ key, selector: selector.text, place });
    }
  }
  const actions = [...askedBy.keys()]
    .map((key) => declaration.actions.get(key))
    .filter((spec) => spec !== undefined)
    .sort(byLabel);
  return { actions, askedBy, asked, prune: pruneFor(selections, declaration.prune) };
}

/**
 * Decides whether a service is pruned. In one file, disagreeing entries resolve to no deletion, and without any entry the file's own
 * value applies. Disagreeing files resolve to no deletion, too.
 * @param always the declaration's own `prune`, which replaces that of each file
 */
function pruneFor(selections: readonly SelectionSpec[], always: boolean): boolean {
  const byFile = new Map<string | undefined, SelectionSpec[]>();
  for (const selection of selections) {
    append(byFile, selection.place?.file, selection);
  }
  const votes = [...byFile.values()].map((ofFile) => {
    const said = ofFile.map(({ prune }) => prune);
    if (said.includes(false)) return false;
    return said.includes(true) || always || ofFile[0]?.filePrune;
  });
  return !votes.includes(false) && votes.includes(true);
}

/** In place: copying the list for each of thousands would take quadratic time. */
function append<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

function byService(a: DesiredService, b: DesiredService): number {
  return compareText(a.service.name, b.service.name) || compareText(a.service.id, b.service.id);
}
