import { setTimeout as delay } from 'node:timers/promises';

/** Work that has started and not ended yet. */
export interface InFlight {
  add(work: Promise<void>): void;
  /** Resolves when everything has ended, or its time is up. */
  settled(): Promise<void>;
}

/**
 * @param graceMs how long, in real time, work may take before `settled` stops waiting for it. Time on the sandbox's clock can be
 *   moved by hours in an instant; without this an endpoint that is about to answer would seem to have timed out.
 */
export function createInFlight(graceMs: number): InFlight {
  const running = new Set<Promise<void>>();
  const stuck = new WeakSet<Promise<void>>();
  const waitable = () => [...running].filter((work) => !stuck.has(work));
  return {
    add: (work) => {
      const watched: Promise<void> = work.finally(() => running.delete(watched));
      running.add(watched);
    },
    settled: async () => {
      for (let works = waitable(); works.length > 0; works = waitable()) {
        const grace = new AbortController();
        const late = delay(graceMs, 'late' as const, { signal: grace.signal, ref: false }).catch(
          () => 'ended',
        );
        const first = await Promise.race([Promise.all(works), late]);
        grace.abort();
        if (first === 'late') for (const work of works) stuck.add(work);
      }
    },
  };
}
