/** Live actions that only resemble a declared one: creating beside them would make a second button with the same name (fact 53). */
import type { ActionSpec, LiveAction } from '../action.ts';
import type { Refusal, ServiceRef } from '../refusal.ts';
import { looksAlike } from '../same/look-alike.ts';
import { sameUrl } from '../same/same-url.ts';

/** A live action that stays beside a new one of nearly the same label, with another endpoint. */
export interface Twin {
  readonly id: string;
  /** The label as PagerDuty stores it. */
  readonly stored: string;
  /** The declared one. */
  readonly label: string;
}

/** A declared action that is left alone, because the live one that probably matches it is unreadable. */
export interface Blocked {
  readonly label: string;
  readonly id: string;
  /** The unreadable part. */
  readonly why: string;
}

/** The live actions beside a create. */
export interface Beside {
  /** Live actions without a declared one. */
  readonly rest: readonly LiveAction[];
  /** Live actions that are never written. */
  readonly shared: readonly LiveAction[];
  /** True if `rest` is deleted. */
  readonly prune: boolean;
}

/**
 * Checks the actions to create.
 * @returns the remaining creates, the twins to warn about and the blocked ones, in the order of the declared actions; a twin with the same
 * endpoint is refused: it is most likely the declared action, stored under another spelling
 */
export function findTwins(
  service: ServiceRef,
  missing: readonly ActionSpec[],
  { rest, shared, prune }: Beside,
): {
  readonly creates: readonly ActionSpec[];
  readonly twins: readonly Twin[];
  readonly blocked: readonly Blocked[];
  readonly refusals: readonly Refusal[];
} {
  const refusals: Refusal[] = [];
  const creates: ActionSpec[] = [];
  const blocked: Blocked[] = [];
  const twins = missing.flatMap((spec) => {
    const { label, key } = spec;
    const alike = rest.filter((action) => looksAlike(label, action.label));
    const same = alike.filter(({ url }) => sameUrl(spec.url, url));
    for (const { id, label: stored } of same) {
      refusals.push({ code: 'look-alike', service, label, key, id, stored });
    }
    if (same.length > 0) return [];
    const block = blockOf(spec, shared);
    if (block) {
      blocked.push(block);
      return [];
    }
    creates.push(spec);
    const others = prune ? [] : alike;
    const unwritten = shared.filter((action) => looksAlike(label, action.label));
    return [...others, ...unwritten].map(({ id, label: stored }) => ({ id, stored, label }));
  });
  return { creates, twins, blocked, refusals };
}

/** Creating beside an unreadable record, which may be the same action, would risk a second button (F50). */
function blockOf({ label, url }: ActionSpec, shared: readonly LiveAction[]): Blocked | undefined {
  const twin = shared.find(
    (action) =>
      action.unreadable !== undefined && (looksAlike(label, action.label) || sameUrl(url, action.url)),
  );
  return twin && { label, id: twin.id, why: twin.unreadable ?? '' };
}
