/**
 * Both sides of the comparison in one canonical form, so that comparing is trivial afterwards: what the config wants, service by
 * service, and what PagerDuty has, service by service.
 */
import type { ActionSpec, LiveAction, Service } from './action.ts';
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
  /** Absent: the declaration's own `prune` counts. */
  readonly prune?: boolean | undefined;
  /** Where it is written, for messages. */
  readonly place?: { readonly file: string; readonly line: number; readonly column: number } | undefined;
}

/** What one service should carry: the union over all selectors that match it. */
export interface DesiredService {
  readonly service: Service;
  /** Sorted by label, each key once. */
  readonly actions: readonly ActionSpec[];
  readonly prune: boolean;
  /** For messages: the selectors that ask for each action, by action key. */
  readonly askedBy: ReadonlyMap<string, readonly string[]>;
}

/** A service with everything on it. */
export interface LiveService {
  /** On this service alone: what can be managed. Sorted by label, then id. */
  readonly own: readonly LiveAction[];
  /** On several services at once (U1), or of an unknown type: takes a slot, is never written. */
  readonly shared: readonly LiveAction[];
}

/**
 * The union of all selectors, one entry per service, sorted by name and id.
 * @param matches what each selection's selector matched, in the order of `declaration.selections`; only usable matches
 * @param only when given, ids of the services that the run is limited to
 */
export function desiredServices(
  declaration: Declaration,
  matches: readonly SelectorMatch[],
  only?: ReadonlySet<string>,
): DesiredService[] {
  const gathered = new Map<string, Gathered>();
  for (const [index, selection] of declaration.selections.entries()) {
    const match = matches[index];
    for (const service of match && 'services' in match ? match.services : []) {
      if (only && !only.has(service.id)) continue;
      gather(gathered, service, selection);
    }
  }
  return [...gathered.values()].map((entry) => toDesired(entry, declaration)).sort(byService);
}

interface Gathered {
  readonly service: Service;
  readonly askedBy: Map<string, string[]>;
  readonly prunes: (boolean | undefined)[];
}

function gather(gathered: Map<string, Gathered>, service: Service, selection: SelectionSpec): void {
  const entry: Gathered = gathered.get(service.id) ?? { service, askedBy: new Map(), prunes: [] };
  gathered.set(service.id, entry);
  entry.prunes.push(selection.prune);
  for (const key of selection.actionKeys) {
    entry.askedBy.set(key, [...(entry.askedBy.get(key) ?? []), selection.selector.text]);
  }
}

function toDesired({ service, askedBy, prunes }: Gathered, declaration: Declaration): DesiredService {
  const actions = [...askedBy.keys()]
    .map((key) => declaration.actions.get(key))
    .filter((spec) => spec !== undefined)
    .sort((a, b) => compareText(a.label, b.label) || compareText(a.key, b.key));
  return { service, actions, askedBy, prune: pruneFor(prunes, declaration.prune) };
}

/** Where selectors disagree, the one that deletes nothing wins; none that says anything leaves it to the file. */
function pruneFor(prunes: readonly (boolean | undefined)[], fallback: boolean): boolean {
  if (prunes.includes(false)) return false;
  return prunes.includes(true) || fallback;
}

/** What was read, by service id. An action without any service is on no service, so it appears nowhere. */
export function liveByService(actions: readonly LiveAction[]): Map<string, LiveService> {
  const byService = new Map<string, { own: LiveAction[]; shared: LiveAction[] }>();
  for (const action of actions) {
    const kind = action.services.length === 1 && !action.foreign ? 'own' : 'shared';
    for (const { id } of action.services) {
      const entry = byService.get(id) ?? { own: [], shared: [] };
      byService.set(id, entry);
      entry[kind].push(action);
    }
  }
  for (const { own, shared } of byService.values()) {
    own.sort(byAction);
    shared.sort(byAction);
  }
  return byService;
}

/** What a service without any action looks like. */
export const NOTHING: LiveService = { own: [], shared: [] };

/** Orders text the same everywhere: by code unit, whatever the locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function byService(a: DesiredService, b: DesiredService): number {
  return compareText(a.service.name, b.service.name) || compareText(a.service.id, b.service.id);
}

function byAction(a: LiveAction, b: LiveAction): number {
  return compareText(a.label, b.label) || compareText(a.id, b.id);
}
