/** The pauses before an action is enabled again: each doubles if the action was disabled again after it had been enabled. */

/** PagerDuty re-enables an action after this time (fact 41). */
const LONGEST_MS = 24 * 60 * 60 * 1000;

interface Attempt {
  readonly pauseMs: number;
  readonly notBefore: number;
}

export interface Pauses {
  /** Milliseconds until this action may be enabled; 0 if it may be now. */
  left(id: string, now: number): number;
  /** Records that it is being enabled now. */
  enabled(id: string, now: number): void;
  /** Forgets actions that have stayed enabled for longer than their pause. */
  seen(disabledIds: ReadonlySet<string>, now: number): void;
}

/** @param firstMs the pause after the first time */
export function createPauses(firstMs: number): Pauses {
  const attempts = new Map<string, Attempt>();
  return {
    left: (id, now) => Math.max(0, (attempts.get(id)?.notBefore ?? now) - now),
    enabled(id, now) {
      const pauseMs = Math.min(LONGEST_MS, 2 * (attempts.get(id)?.pauseMs ?? firstMs / 2));
      attempts.set(id, { pauseMs, notBefore: now + pauseMs });
    },
    seen(disabledIds, now) {
      for (const [id, { notBefore, pauseMs }] of attempts) {
        if (!disabledIds.has(id) && now > notBefore + pauseMs) attempts.delete(id);
      }
    },
  };
}
