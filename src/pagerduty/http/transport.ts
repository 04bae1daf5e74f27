/** The only file that knows pdjs: it builds the URL, the authorization and the API version; `fetch.ts` carries the request. */
import { api } from '@pagerduty/pdjs';
import type { Answer, ShieldedResponse } from './fetch.ts';
import type { NetworkRoute } from './route/route.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** A request in PagerDuty's terms. `path` starts with a slash and has no query. */
export interface Request {
  readonly method: Method;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[]>> | undefined;
  readonly body?: unknown;
  /** In addition to those of every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface TransportOptions {
  /** Scheme, host, port and perhaps a path prefix; no trailing slash. */
  readonly baseUrl: string;
  readonly token: string;
  /** Instead of `token`, for tokens that expire: the current one. */
  readonly renew?: (() => Promise<string>) | undefined;
  /** `token`: an API key; `bearer`: OAuth (fact 17). */
  readonly tokenType: 'token' | 'bearer';
  readonly userAgent: string;
  /** For one attempt, from the first byte sent to the last one read, in milliseconds. */
  readonly timeoutMs: number;
  /** The route of requests; Node's own without it. */
  readonly route?: NetworkRoute | undefined;
  /** Cancels every request in flight. */
  readonly end?: AbortSignal | undefined;
}

/**
 * Sends one request, once.
 * @param withinMs the remaining time of the run, which limits the attempt in addition to its own limit
 * @throws the error of fetch without an answer
 */
export type Transport = (request: Request, signal?: AbortSignal, withinMs?: number) => Promise<Answer>;

type SendCall = (path: string, options: Record<string, unknown>) => Promise<Partial<ShieldedResponse>>;

/** Prepares the transport for one API. */
export function createTransport(options: TransportOptions): Transport {
  const { baseUrl, token, tokenType, userAgent, timeoutMs, end, route, renew } = options;
  const callsWith = (current: string): Record<string, SendCall> =>
    api({ token: current, tokenType }) as unknown as Record<string, SendCall>;
  const lasting = callsWith(token);
  return async ({ method, path, query, body, headers }, signal, withinMs = Number.POSITIVE_INFINITY) => {
    const calls = renew ? callsWith(await within(renew(), withinMs)) : lasting;
    const call = calls[method.toLowerCase()];
    if (!call) throw new Error(`pdjs has no ${method}`);
    const limit = limitOf(Math.min(timeoutMs, withinMs), [signal, end]);
    const response = await call(path, {
      url: `${baseUrl}${path}`,
      headers: { ...headers, 'User-Agent': userAgent, 'Content-Type': 'application/json' },
      // pdjs's own timer ends nothing and keeps the process alive (D6); the deadline is in the signal.
      requestTimeout: 0,
      signal: limit.signal,
      ...(route ? { route } : {}),
      ...(query ? { queryParameters: query } : {}),
      ...(body === undefined ? {} : { data: body }),
    }).finally(limit.lift);
    // Without the replacement, pdjs would retry and follow redirects by itself, so the run stops.
    if (!response.answer) throw new Error('pdjs does not speak through the fetch of this program');
    return response.answer;
  };
}

/** Limit of Node's timers. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The result of `promise`, or a TimeoutError once its time is up. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  if (ms > LONGEST_TIMER_MS) return promise;
  const late = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(outOfTime()), ms);
    promise.then(
      () => clearTimeout(timer),
      () => clearTimeout(timer),
    );
  });
  return Promise.race([promise, late]);
}

function outOfTime(): DOMException {
  return new DOMException('no answer in time', 'TimeoutError');
}

interface Limit {
  /** Aborts when the time is up, or when one of the others does. */
  readonly signal: AbortSignal;
  lift(): void;
}

/** Replaces `AbortSignal.timeout` and `AbortSignal.any`, whose timers stay for each of thousands of requests until they expire. */
function limitOf(ms: number, others: readonly (AbortSignal | undefined)[]): Limit {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(outOfTime()), ms);
  timer.unref();
  const given = others.filter((signal) => signal !== undefined);
  const stop = (): void => controller.abort(given.find(({ aborted }) => aborted)?.reason);
  for (const signal of given) {
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  }
  const lift = (): void => {
    clearTimeout(timer);
    for (const signal of given) signal.removeEventListener('abort', stop);
  };
  return { signal: controller.signal, lift };
}
