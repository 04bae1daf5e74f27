import type { Clock } from '../clock.ts';

/** Waits for it, but not for longer than `ms`. */
export async function within(ms: number, what: Promise<unknown>, clock: Clock): Promise<void> {
  const timer = new AbortController();
  await Promise.race([what, clock.sleep(ms, timer.signal).catch(() => undefined)]);
  timer.abort();
}
