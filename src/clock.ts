/** Time as the program sees it, so that tests can own it. Monotonic: a wall-clock jump never changes a wait (F38). */
export interface Clock {
  /** Milliseconds from an arbitrary origin; never goes back. */
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The real clock. */
export const systemClock: Clock = {
  // Not `performance`, which must be loaded first: every command needs the time, and few of them ever sleep.
  now: () => Number(process.hrtime.bigint()) / 1e6,
  sleep: async (ms, signal) => {
    const { setTimeout: delay } = await import('node:timers/promises');
    try {
      await delay(ms, undefined, signal ? { signal } : {});
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw error;
    }
  },
};
