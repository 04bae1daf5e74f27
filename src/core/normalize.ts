/**
 * Both sides of the comparison in one canonical form, so that comparing is trivial afterwards: what the config wants, service by
 * service, and what PagerDuty has, service by service.
 */
import type { ActionSpec, Service } from './action.ts';
import { withFingerprint } from './fingerprint.ts';
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
  /** Absent: the file's `prune` counts. */
  readonly prune?: boolean | undefined;
  /** The `prune` of the file that this entry stands in; absent: the file says nothing, or the declaration is of one file. */
  readonly filePrune?: boolean | undefined;
  /** Where it is written, for messages. */
  readonly place?: Place | undefined;
}

/** Where something is written. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Who asks for an action on a service, and where. */
export interface Asked {
  readonly key: string;
  readonly selector: string;
  readonly place: Place;
}

/** What one service should carry: the union over all selectors that match it. */
export interface DesiredService {
  readonly service: Service;
  /** Sorted by label, each key once. */
  readonly actions: readonly ActionSpec[];
  readonly prune: boolean;
  /** For messages: the selectors that ask for each action, by action key. */
  readonly askedBy: ReadonlyMap<string, readonly string[]>;
  /** The same with the places, as far as they are known. */
  readonly asked?: readonly Asked[] | undefined;
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
  readonly asked: Asked[];
  readonly selections: SelectionSpec[];
}

function gather(gathered: Map<string, Gathered>, service: Service, selection: SelectionSpec): void {
  const entry: Gathered = gathered.get(service.id) ?? {
    service,
    askedBy: new Map(),
    asked: [],
    selections: [],
  };
  gathered.set(service.id, entry);
  entry.selections.push(selection);
  const { selector, place } = selection;
  for (const key of selection.actionKeys) {
    entry.askedBy.set(key, [...(entry.askedBy.get(key) ?? []), selector.text]);
    if (place) entry.asked.push({ key, selector: selector.text, place });
  }
}

function toDesired(
  { service, askedBy, asked, selections }: Gathered,
  declaration: Declaration,
): DesiredService {
  const actions = [...askedBy.keys()]
    .map((key) => declaration.actions.get(key))
    .filter((spec) => spec !== undefined)
    .map((spec) => withFingerprint(spec, service.id))
    .sort((a, b) => compareText(a.label, b.label) || compareText(a.key, b.key));
  return { service, actions, askedBy, asked, prune: pruneFor(selections, declaration.prune) };
}

/**
 * Whether a service is pruned. File by file: where its entries disagree, the one that deletes nothing wins, and when none says
 * anything, the file decides. Among files that disagree, the one that deletes nothing wins, too.
 * @param always the declaration's own `prune`: it stands in for that of each file
 */
function pruneFor(selections: readonly SelectionSpec[], always: boolean): boolean {
  const byFile = new Map<string | undefined, SelectionSpec[]>();
  for (const selection of selections) {
    const file = selection.place?.file;
    byFile.set(file, [...(byFile.get(file) ?? []), selection]);
  }
  const votes = [...byFile.values()].map((ofFile) => {
    const said = ofFile.map(({ prune }) => prune);
    if (said.includes(false)) return false;
    return said.includes(true) || always || ofFile[0]?.filePrune;
  });
  return !votes.includes(false) && votes.includes(true);
}

function byService(a: DesiredService, b: DesiredService): number {
  return compareText(a.service.name, b.service.name) || compareText(a.service.id, b.service.id);
}
