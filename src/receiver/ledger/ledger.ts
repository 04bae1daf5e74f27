/**
 * The port between the receiver and what keeps its presses. A 202 is a promise: the press runs once, or its fate is reported, also over a
 * restart, a crash and, where the implementation is shared, a second machine.
 */
import type { Claim } from '../press/claim.ts';
import type { Press } from '../press/message.ts';

/** A press as a ledger keeps it until its run begins. Holds no secret that the config names. */
export interface Kept extends Claim {
  readonly press: Press;
  /** When it was taken, in milliseconds since 1970. */
  readonly takenAt: number;
}

/** The answer to the sender; `full`: too many wait, and PagerDuty should send it again. */
export type TakeResult = 'new' | 'duplicate' | 'full';

/** The callbacks of a ledger for the presses in it. Nothing here rejects. */
export interface Worker {
  /** The number of presses of an action that may run at a time; undefined for an action that this receiver does not serve. */
  widthOf(action: string): number | undefined;
  /** Resolves when the next run may begin; soon, in any case. Nothing is written about a run before that. */
  mayBegin(): Promise<void>;
  /** Runs it to its end, and gives the note that is owed; null without one. */
  run(kept: Kept): Promise<string | null>;
  /** Reports a press that never runs, and gives the note that is owed. */
  notRun(claim: Claim, why: string): string | null;
  /** Reports a press whose run was cut off by the end of its receiver, and gives the note that is owed. */
  unknown(claim: Claim): string | null;
}

export interface Counts {
  readonly running: number;
  readonly waiting: number;
  /** Since the oldest waiting press was taken; 0 when none waits. */
  readonly oldestWaitingMs: number;
  readonly notesOwed: number;
}

export interface Ledger {
  /**
   * Keeps a press. Once this resolves with `new`, no crash loses it.
   * @param onKept called once it is kept, before this process can begin it
   * @throws when it could not be kept: then it never runs
   */
  take(kept: Kept, onKept: () => void): Promise<TakeResult>;
  /** Begins to hand out presses, first those that an earlier process has left. */
  start(worker: Worker): Promise<void>;
  /** The actions that are served, or how many of their presses may run at a time, have changed. */
  reload(): Promise<void>;
  /** Null when a press could be taken now; otherwise why not, in words. */
  unready(): Promise<string | null>;
  counts(): Promise<Counts>;
  /** Begins no further press; what waits stays kept. Resolves when nothing of this process runs. */
  drain(): Promise<void>;
  /** Writes the last notes, up to a limit, and gives everything back. What is still owed is left to the next start. */
  close(): Promise<void>;
}

/** As long as PagerDuty itself would deliver a press late (fact 39). An older one would surprise. */
export const MOST_AGE_MS = 48 * 3_600_000;

/** Why a press that was taken is not run, as its responder reads it. */
export const NOT_RUN = {
  lost: 'the receiver had to stop before its turn came',
  unserved: 'the receiver no longer has a handler for it',
  old: 'it waited for more than two days',
} as const;
