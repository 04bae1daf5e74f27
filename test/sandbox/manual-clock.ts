import type { Clock } from '../../src/clock.ts';

export interface ManualClock extends Clock {
  move(ms: number): void;
  /** The requested sleeps; each ended at once. */
  readonly slept: readonly number[];
}

/** A clock that moves only by `move` and by sleeps. */
export function manualClock(): ManualClock {
  let time = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => time,
    move: (ms) => {
      time += ms;
    },
    sleep: async (ms) => {
      slept.push(ms);
      time += ms;
    },
  };
}
