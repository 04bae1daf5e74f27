/**
 * The port between the receiver and the storage of its presses. A 202 is a promise: the press runs once, or its fate is reported, even
 * over a restart, a crash and, with a shared implementation, a second machine.
 */
import type { Claim } from '../press/claim.ts';
import type { Press } from '../press/message.ts';

/** A press as a ledger keeps it until its run begins. Contains no secret that the config names. */
export interface Kept extends Claim {
  readonly press: Press;
  /** When it was accepted, in milliseconds since 1970. */
  readonly takenAt: number;
}

/** The answer to the sender; `full`: too many wait, and PagerDuty should send it again. */
export type TakeResult = 'new' | 'duplicate' | 'full';

/** The callbacks of a ledger for the presses in it. None of them rejects. */
export interface Worker {
  /** The number of presses of an action that may run at a time; undefined for an action that this receiver does not serve. */
  widthOf(action: string): number | undefined;
  /** Resolves when the next run may begin, always soon. Nothing is recorded about a run before that. */
  mayBegin(): Promise<void>;
  /** Runs it to its end, and gives the note to write; null without one. */
  run(kept: Kept): Promise<string | null>;
  /** Reports a press that never runs, and gives the note to write. */
  notRun(claim: Claim, why: string): string | null;
  /** Reports a press whose run was cut off by the end of its receiver, and gives the note to write. */
  unknown(claim: Claim): string | null;
}

export interface PressCounts {
  readonly running: number;
  readonly waiting: number;
  /** Since the oldest waiting press was accepted; 0 if none waits. */
  readonly oldestWaitingMs: number;
  readonly notesOwed: number;
}

export interface Ledger {
  /**
   * Keeps a press. Once this resolves with `new`, no crash loses it.
   * @param onKept called once it is kept, before this process can start it
   * @throws if it could not be kept: then it never runs
   */
  take(kept: Kept, onKept: () => void): Promise<TakeResult>;
  /** Starts to hand out presses, first those left by an earlier process. */
  start(worker: Worker): Promise<void>;
  /** Called when the served actions, or their concurrency, have changed. */
  reload(): Promise<void>;
  /** Null if a press could be accepted now; otherwise the reason, in words. */
  unready(): Promise<string | null>;
  counts(): Promise<PressCounts>;
  /** Starts no further press; waiting ones stay kept. Resolves when no press of this process runs. */
  drain(): Promise<void>;
  /** Writes the last notes, up to a limit, and releases everything. Remaining notes are left to the next start. */
  close(): Promise<void>;
}

/** As long as PagerDuty itself would deliver a press late (fact 39). An older one would be a surprise. */
export const MOST_AGE_MS = 48 * 3_600_000;

/** Why an accepted press is not run, for its responder. */
export const NOT_RUN = {
  lost: 'the receiver stopped before its turn came',
  unserved: 'the receiver no longer has a handler for it',
  old: 'it waited for more than two days',
} as const;
