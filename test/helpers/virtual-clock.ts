import type { Clock } from '../../src/clock.ts';

export interface VirtualClock extends Clock {
  /** Milliseconds slept away, all sleepers taken together. */
  readonly slept: readonly number[];
}

/**
 * A clock that jumps: as soon as the event loop has nothing else to do, the sleeper who is due first wakes and time is where it
 * wanted to be. Nothing in a test waits for real.
 * @param busy true while something is under way that takes no time on this clock, such as a request to a sandbox
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
    // Two turns: answers that are already on their way come first.
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
