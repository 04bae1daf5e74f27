/** Live actions that only look like a declared one: creating beside them would make a second button of the same name (fact 53). */
import type { ActionSpec, LiveAction } from './action.ts';
import { looksAlike } from './look-alike.ts';
import type { Refusal, ServiceRef } from './refusal.ts';
import { sameUrl } from './same-url.ts';

/** A live action that stays beside a new one of nearly the same label, with another endpoint. */
export interface Twin {
  readonly id: string;
  /** The label as PagerDuty stores it. */
  readonly stored: string;
  /** The declared one. */
  readonly label: string;
}

/** What a create may come to stand beside. */
export interface Neighbours {
  /** Live actions that no declared one claims. */
  readonly rest: readonly LiveAction[];
  /** Live actions that are never written. */
  readonly shared: readonly LiveAction[];
  /** Whether `rest` is deleted. */
  readonly prune: boolean;
}

/**
 * Judges what would be created.
 * @param refusals gets each twin with the same endpoint: it is most likely the declared action, stored under another spelling
 * @returns what is left to create, and the twins to warn of, in the order of the declared actions
 */
export function findTwins(
  service: ServiceRef,
  missing: readonly ActionSpec[],
  { rest, shared, prune }: Neighbours,
  refusals: Refusal[],
): { readonly creates: readonly ActionSpec[]; readonly twins: readonly Twin[] } {
  const creates: ActionSpec[] = [];
  const twins = missing.flatMap((spec) => {
    const { label, key } = spec;
    const alike = rest.filter((action) => looksAlike(label, action.label));
    const same = alike.filter(({ url }) => sameUrl(spec.url, url));
    for (const { id, label: stored } of same) {
      refusals.push({ code: 'look-alike', service, label, key, id, stored });
    }
    if (same.length > 0) return [];
    creates.push(spec);
    const others = prune ? [] : alike;
    const unwritten = shared.filter((action) => looksAlike(label, action.label));
    return [...others, ...unwritten].map(({ id, label: stored }) => ({ id, stored, label }));
  });
  return { creates, twins };
}
