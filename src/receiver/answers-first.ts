/**
 * Answers to PagerDuty take precedence over runs: starting a program blocks the event loop for a millisecond or more, and in a storm of
 * presses a hundred answers would wait for it.
 */
import type { Clock } from '../clock.ts';

export interface AnswersFirst {
  /** Runs the work that an answer waits for. */
  answering<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when a run may begin: soon if no answers are due, or after `mostMs` at the latest. */
  mayBegin(): Promise<void>;
}

interface WaitingPress {
  readonly since: number;
  readonly begin: () => void;
}

/** Without an answer for this long, the storm is over or pausing. */
const PAUSE_MS = 5;

/** @param mostMs how long a run may be delayed */
export function createAnswersFirst(mostMs: number, clock: Clock): AnswersFirst {
  let answering = 0;
  let answered = 0;
  let isWatching = false;
  const waiting: WaitingPress[] = [];

  /** Starts one in each pause, and each that has waited for too long. */
  const watch = async (): Promise<void> => {
    isWatching = true;
    while (waiting.length > 0) {
      const before = answered;
      await clock.sleep(PAUSE_MS);
      if (answering === 0 && answered === before) waiting.shift()?.begin();
      while (waiting[0] && clock.now() - waiting[0].since >= mostMs) waiting.shift()?.begin();
    }
    isWatching = false;
  };
  return {
    async answering(work) {
      answering += 1;
      try {
        return await work();
      } finally {
        answering -= 1;
        answered += 1;
      }
    },
    mayBegin: () =>
      new Promise((begin) => {
        waiting.push({ since: clock.now(), begin });
        if (!isWatching) void watch();
      }),
  };
}
