/**
 * Answers to PagerDuty go before runs: starting a program holds the event loop up for a millisecond or more, and in a storm of presses a
 * hundred answers would wait for it.
 */
import type { Clock } from '../clock.ts';

export interface AnswersFirst {
  /** Does what an answer waits for. */
  answering<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when a run may begin: in a moment without answers to give, or after `mostMs` at the latest. */
  mayBegin(): Promise<void>;
}

interface Waiting {
  readonly since: number;
  readonly begin: () => void;
}

/** No answer within it: the storm is over, or makes a pause. */
const PAUSE_MS = 5;

/** @param mostMs how long a run may be held up */
export function createAnswersFirst(mostMs: number, clock: Clock): AnswersFirst {
  let answering = 0;
  let answered = 0;
  let isWatching = false;
  const waiting: Waiting[] = [];

  /** Lets one begin in each pause, and each that has waited for too long. */
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
