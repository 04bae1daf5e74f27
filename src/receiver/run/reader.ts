/** Reads the data from PagerDuty that a press does not include (fact 33), within a time limit. */

import type { Clock } from '../../clock.ts';
import type { Json } from '../../json-fields.ts';

/** Each method rejects if it cannot. */
export interface AccountReader {
  alerts(incident: string, off: AbortSignal): Promise<readonly Json[]>;
  trigger(incident: string, entry: string | null, off: AbortSignal): Promise<Json>;
  /** The ids and the names of the teams of a user. */
  teams(user: string, off: AbortSignal): Promise<readonly string[]>;
}

export interface Patience {
  readonly clock: Clock;
  readonly limitMs: number;
  readonly stop: AbortSignal;
}

export const NO_READER = 'this receiver has no API token; restart it with one';

/** Runs the read within the limit, and gives up early when the receiver stops. @throws the error of the read, or that it took too long */
export async function patiently<T>(
  work: (off: AbortSignal) => Promise<T>,
  { clock, limitMs, stop }: Patience,
): Promise<T> {
  const timer = new AbortController();
  const late = new AbortController();
  clock.sleep(limitMs, timer.signal).then(
    () => late.abort(new Error(`PagerDuty took longer than ${limitMs / 1000} s`)),
    () => undefined,
  );
  const off = AbortSignal.any([late.signal, stop]);
  try {
    return await unlessOff(work(off), off);
  } finally {
    timer.abort();
  }
}

/** Does not wait for unwanted results, such as a turn in the pace of all requests. */
function unlessOff<T>(work: Promise<T>, off: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const give = (): void => reject(off.reason);
    if (off.aborted) give();
    off.addEventListener('abort', give, { once: true });
    work.then(resolve, reject).finally(() => off.removeEventListener('abort', give));
  });
}
