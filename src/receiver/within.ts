import type { Clock } from '../clock.ts';

/** Waits for a result, but not longer than `ms`. */
export async function within(ms: number, what: Promise<unknown>, clock: Clock): Promise<void> {
  const timer = new AbortController();
  await Promise.race([what, clock.sleep(ms, timer.signal).catch(() => undefined)]);
  timer.abort();
}
