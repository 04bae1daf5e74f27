import type { ActionSpec, LiveAction } from '../action.ts';
import type { Asked } from '../normalize.ts';
import type { Refusal, ServiceRef } from '../refusal.ts';
import { handOn } from './renames.ts';

/** Declared and live actions, brought together. */
export interface Pairing {
  readonly matched: ReadonlyMap<ActionSpec, LiveAction>;
  readonly missing: readonly ActionSpec[];
  /** Live actions that no declared one claims. */
  readonly rest: readonly LiveAction[];
}

/**
 * Which live action is which declared one on one service: an exact label wins over a former one, unless labels were handed on.
 * @param refusals gets what cannot be decided
 */
export function pair(
  service: ServiceRef,
  wanted: readonly ActionSpec[],
  live: readonly LiveAction[],
  refusals: Refusal[],
): Pairing {
  const byLabel = groupBy(live, (action) => action.label);
  const matched = new Map<ActionSpec, LiveAction>();
  const taken = new Set<LiveAction>();
  for (const spec of wanted) {
    const [first, ...others] = byLabel.get(spec.label) ?? [];
    if (!first) continue;
    matched.set(spec, first);
    for (const action of others) taken.add(action);
    if (others.length > 0) {
      const ids = [first, ...others].map((action) => action.id);
      refusals.push({ code: 'duplicate-label', service, label: spec.label, ids });
    }
  }
  if (wanted.some((spec) => spec.renamedFrom.length > 0)) {
    const firstByLabel = new Map([...byLabel].flatMap(([label, [first]]) => (first ? [[label, first]] : [])));
    for (const { spec, candidates } of handOn(wanted, matched, firstByLabel)) {
      refusals.push({
        code: 'ambiguous-rename',
        service,
        label: spec.label,
        candidates: candidates.map(asRef),
      });
    }
  }
  for (const action of matched.values()) taken.add(action);
  const unmatched = wanted.filter((spec) => !matched.has(spec));
  const missing = unmatched.filter((spec) => {
    const former = findFormer(service, spec, live, taken, refusals);
    if (!former) return true;
    matched.set(spec, former);
    taken.add(former);
    return false;
  });
  return { matched, missing, rest: live.filter((action) => !taken.has(action)) };
}

function findFormer(
  service: ServiceRef,
  spec: ActionSpec,
  live: readonly LiveAction[],
  taken: ReadonlySet<LiveAction>,
  refusals: Refusal[],
): LiveAction | undefined {
  const former = live.filter((action) => !taken.has(action) && spec.renamedFrom.includes(action.label));
  if (former.length > 1) {
    refusals.push({ code: 'ambiguous-rename', service, label: spec.label, candidates: former.map(asRef) });
  }
  return former[0];
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

/** Two declared actions with one label on one service: which is meant cannot be told. */
export function sameLabelTwice(
  service: ServiceRef,
  wanted: readonly ActionSpec[],
  asked: readonly Asked[] = [],
): Refusal[] {
  return [...groupBy(wanted, (spec) => spec.label)]
    .filter(([, specs]) => specs.length > 1)
    .map(([label, specs]) => {
      const keys = specs.map((spec) => spec.key);
      const by = asked.filter(({ key }) => keys.includes(key));
      return { code: 'same-label-twice', service, label, keys, ...(by.length > 0 ? { asked: by } : {}) };
    });
}
