import type { Clock } from '../../src/clock.ts';

export interface VirtualClock extends Clock {
  /** Milliseconds of all sleeps together. */
  readonly slept: readonly number[];
}

/**
 * A clock that jumps: as soon as the event loop is idle, the sleeper due first wakes, at its time. No test waits for real.
 * @param busy true while a request or another operation is in flight that takes no time on this clock
 */
export function createVirtualClock(start = 0, busy: () => boolean = () => false): VirtualClock {
  let now = start;
  let scheduled = false;
  const slept: number[] = [];
  const sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  const wakeNext = (): void => {
    scheduled = false;
    sleepers.sort((a, b) => a.at - b.at);
    const next = busy() ? undefined : sleepers.shift();
    if (!next) {
      schedule();
      return;
    }
    now = Math.max(now, next.at);
    next.wake();
    schedule();
  };
  const schedule = (): void => {
    if (scheduled || sleepers.length === 0) return;
    scheduled = true;
    // Two turns, so that pending answers come first.
    setImmediate(() => setImmediate(wakeNext));
  };
  return {
    slept,
    now: () => now,
    sleep(ms, signal) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      slept.push(ms);
      return new Promise((resolve, reject) => {
        const sleeper = {
          at: now + ms,
          wake() {
            signal?.removeEventListener('abort', leave);
            resolve();
          },
        };
        const leave = (): void => {
          sleepers.splice(sleepers.indexOf(sleeper), 1);
          reject(signal?.reason);
        };
        signal?.addEventListener('abort', leave, { once: true });
        sleepers.push(sleeper);
        schedule();
      });
    },
  };
}
