/** The outcome of one attempt to deliver. */
import { parseUrl } from '../../parse-url.ts';
import { codeOf } from '../narrow.ts';
import type { DeliveryAnswer } from './http.ts';

export interface AttemptResult {
  readonly answer: DeliveryAnswer | null;
  readonly error: string | null;
}

/** The result of sending: an answer, or the reason without one. */
export async function outcome(sending: Promise<DeliveryAnswer>, signal: AbortSignal): Promise<AttemptResult> {
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('timeout')), { once: true });
  });
  try {
    return { answer: await Promise.race([sending, aborted]), error: null };
  } catch (error) {
    if (signal.aborted) return { answer: null, error: 'timeout' };
    return { answer: null, error: codeOf(error) ?? 'ERROR' };
  }
}

/** The reason for the state of a delivery, in words. */
export function reasonOf(result: AttemptResult): string {
  return result.answer ? `the endpoint answered ${result.answer.status}` : (result.error ?? 'no answer');
}

/** The target of a redirect; null for any other answer. */
export function redirectTarget(answer: DeliveryAnswer | null, from: string): string | null {
  const location =
    answer && answer.status >= 300 && answer.status < 400 ? answer.headers.location : undefined;
  return (location !== undefined && parseUrl(location, from)?.href) || null;
}
