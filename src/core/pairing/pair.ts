import type { ActionSpec, LiveAction } from '../action.ts';
import type { ActionRequest } from '../normalize.ts';
import type { Refusal, ServiceRef } from '../refusal.ts';
import { type HandedOn, handOn, type Matches } from './renames.ts';

/** Declared and live actions, brought together. */
export interface Pairing {
  readonly matched: ReadonlyMap<ActionSpec, LiveAction>;
  readonly missing: readonly ActionSpec[];
  /** Live actions that no declared one claims. */
  readonly rest: readonly LiveAction[];
  /** Ambiguous pairs. */
  readonly refusals: readonly Refusal[];
}

type ByLabel = ReadonlyMap<string, readonly LiveAction[]>;

/** Pairs live and declared actions on one service: an exact label wins over a former one, unless labels were handed on. */
export function pair(
  service: ServiceRef,
  wanted: readonly ActionSpec[],
  live: readonly LiveAction[],
): Pairing {
  const plain = matchPlainly(wanted, live);
  if (plain) return plain;
  const byLabel = groupBy(live, (action) => action.label);
  const exact = matchByLabel(wanted, byLabel);
  const doubles = [...exact.keys()].flatMap((spec) => doublesOf(service, spec, byLabel));
  // Additional actions with a declared label are refused, never paired with another one.
  const taken = new Set([...exact.keys()].flatMap((spec) => byLabel.get(spec.label)?.slice(1) ?? []));
  const { matched, unclear } = matchHandedOn(wanted, exact, byLabel);
  for (const action of matched.values()) taken.add(action);
  const former = matchFormer(
    service,
    wanted.filter((spec) => !matched.has(spec)),
    live.filter((action) => !taken.has(action)),
  );
  return {
    matched: new Map([...matched, ...former.matched]),
    missing: former.missing,
    rest: former.rest,
    refusals: [
      ...doubles,
      ...unclear.map(({ spec, candidates }) => ambiguous(service, spec, candidates)),
      ...former.refusals,
    ],
  };
}

/** More on one service than a quadratic search is for. */
const FEW = 8;

/** The same where nothing was renamed and no label is there twice, as on nearly all of thousands of services; undefined elsewhere. */
function matchPlainly(wanted: readonly ActionSpec[], live: readonly LiveAction[]): Pairing | undefined {
  if (live.length > FEW || hasDoubles(live)) return undefined;
  const matched = new Map<ActionSpec, LiveAction>();
  const missing: ActionSpec[] = [];
  const taken: LiveAction[] = [];
  for (const spec of wanted) {
    if (spec.renamedFrom.length > 0) return undefined;
    const action = live.find(({ label }) => label === spec.label);
    if (!action) {
      missing.push(spec);
      continue;
    }
    matched.set(spec, action);
    taken.push(action);
  }
  return { matched, missing, rest: live.filter((action) => !taken.includes(action)), refusals: [] };
}

function hasDoubles(items: readonly { readonly label: string }[]): boolean {
  return items.some(({ label }, index) => items.findIndex((other) => other.label === label) < index);
}

function matchByLabel(wanted: readonly ActionSpec[], byLabel: ByLabel): Map<ActionSpec, LiveAction> {
  const matched = new Map<ActionSpec, LiveAction>();
  for (const spec of wanted) {
    const [first] = byLabel.get(spec.label) ?? [];
    if (first) matched.set(spec, first);
  }
  return matched;
}

function doublesOf(service: ServiceRef, { label }: ActionSpec, byLabel: ByLabel): Refusal[] {
  const ids = (byLabel.get(label) ?? []).map(({ id }) => id);
  return ids.length > 1 ? [{ code: 'duplicate-label', service, label, ids }] : [];
}

/** Corrects the matches where labels were handed on. */
function matchHandedOn(wanted: readonly ActionSpec[], exact: Matches, byLabel: ByLabel): HandedOn {
  if (!wanted.some((spec) => spec.renamedFrom.length > 0)) return { matched: exact, unclear: [] };
  const firstByLabel = new Map([...byLabel].flatMap(([label, [first]]) => (first ? [[label, first]] : [])));
  return handOn(wanted, exact, firstByLabel);
}

/** Matches the remaining actions by a former label. */
function matchFormer(
  service: ServiceRef,
  wanted: readonly ActionSpec[],
  live: readonly LiveAction[],
): Pairing {
  const matched = new Map<ActionSpec, LiveAction>();
  const taken = new Set<LiveAction>();
  const refusals: Refusal[] = [];
  for (const spec of wanted) {
    const former = live.filter((action) => !taken.has(action) && spec.renamedFrom.includes(action.label));
    const [first] = former;
    if (!first) continue;
    if (former.length > 1) refusals.push(ambiguous(service, spec, former));
    matched.set(spec, first);
    taken.add(first);
  }
  const missing = wanted.filter((spec) => !matched.has(spec));
  return { matched, missing, rest: live.filter((action) => !taken.has(action)), refusals };
}

function ambiguous(service: ServiceRef, { label }: ActionSpec, candidates: readonly LiveAction[]): Refusal {
  return { code: 'ambiguous-rename', service, label, candidates: candidates.map(asRef) };
}

function asRef({ id, label }: LiveAction): { readonly id: string; readonly label: string } {
  return { id, label };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** Two declared actions with one label on one service: the intended one is unknown. */
export function sameLabelTwice(
  service: ServiceRef,
  wanted: readonly ActionSpec[],
  asked: readonly ActionRequest[] = [],
): Refusal[] {
  if (wanted.length <= FEW && !hasDoubles(wanted)) return [];
  return [...groupBy(wanted, (spec) => spec.label)]
    .filter(([, specs]) => specs.length > 1)
    .map(([label, specs]) => {
      const keys = specs.map((spec) => spec.key);
      const by = asked.filter(({ key }) => keys.includes(key));
      return { code: 'same-label-twice', service, label, keys, ...(by.length > 0 ? { asked: by } : {}) };
    });
}
