/**
 * Renames among existing actions: pairs live and declared actions when labels are handed on (`a` became `b`, and `b` became
 * `c`). An id keeps its stored headers, which cannot be read, so an id must never get those of another action (F55).
 */
import type { ActionSpec, LiveAction } from '../action.ts';
import { sameUrl } from '../same/same-url.ts';

const SUFFIX = ' (rename in progress)';
const LONGEST_LABEL = 255;

/** The temporary label of an action in a cycle of renames. */
export function temporaryLabel(label: string): string {
  return label.slice(0, LONGEST_LABEL - SUFFIX.length) + SUFFIX;
}

/** True for a temporary label of a rename in two steps. */
export function isTemporaryLabel(label: string): boolean {
  return label.endsWith(SUFFIX);
}

/** Declared actions by the live action that now has their label. */
export type Matches = ReadonlyMap<ActionSpec, LiveAction>;

/** Matches after labels were handed on. */
export interface HandedOn {
  readonly matched: Matches;
  /** The undecidable renames: they stay matched by label, and must not be applied. */
  readonly unclear: readonly Unclear[];
}

/** Renames that may or may not have happened already. */
export interface Unclear {
  readonly spec: ActionSpec;
  readonly candidates: readonly LiveAction[];
}

/** `specs[0]` was formerly what `specs[1]` is labelled now, and so on; `end` is the former label of the last one. */
interface Chain {
  readonly specs: readonly ActionSpec[];
  readonly end: LiveAction | undefined;
  /** `end` is the label of `specs[0]`, so the labels form a cycle. */
  readonly isCycle: boolean;
}

/**
 * Corrects matches by label where a label was handed on.
 * @param byLabel the matches by label
 * @param live by label, the first of each
 */
export function handOn(
  wanted: readonly ActionSpec[],
  byLabel: Matches,
  live: ReadonlyMap<string, LiveAction>,
): HandedOn {
  const renamed = wanted.filter((spec) => spec.renamedFrom.length > 0);
  // Left by a run that ended between the two steps: no other declared action ever has this label.
  const halfway = renamed.flatMap((spec) => {
    const action = live.get(temporaryLabel(spec.label));
    return action ? [[spec, action] as const] : [];
  });
  let exact: Matches = new Map([...byLabel, ...halfway]);
  const unclear: Unclear[] = [];
  const seen = new Set<ActionSpec>();
  const starts = [...renamed].sort((a, b) => Number(exact.has(a)) - Number(exact.has(b)));
  for (const start of starts) {
    if (seen.has(start)) continue;
    const chain = follow(start, exact, live);
    if (exact.has(start) && !chain.isCycle) continue;
    if (chain.specs.length < 2) continue;
    for (const spec of chain.specs) seen.add(spec);
    const decision = decide(chain, exact);
    if (decision === 'moved') exact = move(chain, exact);
    if (decision === 'unclear') unclear.push({ spec: start, candidates: takenIn(chain, exact) });
  }
  return { matched: exact, unclear };
}

function follow(start: ActionSpec, exact: Matches, live: ReadonlyMap<string, LiveAction>): Chain {
  const owners = new Map([...exact].map(([spec, action]) => [action, spec]));
  const specs = [start];
  for (let at = start; ; ) {
    const current = exact.get(at);
    const end = at.renamedFrom
      .map((label) => live.get(label))
      .find((action) => action !== undefined && action !== current);
    const owner = end && owners.get(end);
    if (!owner) return { specs, end, isCycle: false };
    if (owner === start) return { specs, end, isCycle: true };
    if (specs.includes(owner)) return { specs, end: undefined, isCycle: false };
    specs.push(owner);
    at = owner;
  }
}

/** Decides by the URLs if the chain was already handed on; a live action with the oldest label shows that it was not. */
function decide({ specs, end, isCycle }: Chain, exact: Matches): 'stays' | 'moved' | 'unclear' {
  const stays = specs.every((spec) => fits(spec, exact.get(spec)));
  const moved = specs.every((spec, index) => fits(spec, takes(specs, index, end, exact)));
  if (stays !== moved) return stays ? 'stays' : 'moved';
  if (end !== undefined && !isCycle) return 'moved';
  return stays ? 'stays' : 'unclear';
}

/** True also if there is nothing to compare. */
function fits(spec: ActionSpec, action: LiveAction | undefined): boolean {
  return action === undefined || sameUrl(spec.url, action.url);
}

function takes(
  specs: readonly ActionSpec[],
  index: number,
  end: LiveAction | undefined,
  exact: Matches,
): LiveAction | undefined {
  const next = specs[index + 1];
  return next === undefined ? end : exact.get(next);
}

function takenIn({ specs, end }: Chain, exact: Matches): LiveAction[] {
  return specs.flatMap((_, index) => takes(specs, index, end, exact) ?? []);
}

function move({ specs, end }: Chain, exact: Matches): Matches {
  const moved = new Map(exact);
  for (const [index, spec] of specs.entries()) {
    const action = takes(specs, index, end, exact);
    if (action) moved.set(spec, action);
    else moved.delete(spec);
  }
  return moved;
}
