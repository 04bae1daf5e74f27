/** The only file that knows pdjs: it builds the URL, the authorization and the API version; `fetch.ts` carries the request. */
import { api } from '@pagerduty/pdjs';
import type { Answer, ShieldedResponse } from './fetch.ts';
import type { Route } from './route.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** A request in PagerDuty's terms. `path` starts with a slash and has no query. */
export interface Request {
  readonly method: Method;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[]>> | undefined;
  readonly body?: unknown;
  /** Beside those that every request has. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface TransportOptions {
  /** Scheme, host, port and perhaps a path prefix; no trailing slash. */
  readonly baseUrl: string;
  readonly token: string;
  /** In place of `token`, for tokens that end: the one to use now. */
  readonly renew?: (() => Promise<string>) | undefined;
  /** `token`: an API key; `bearer`: OAuth (fact 17). */
  readonly tokenType: 'token' | 'bearer';
  readonly userAgent: string;
  /** For one attempt, from the first byte sent to the last one read, in milliseconds. */
  readonly timeoutMs: number;
  /** The route of requests; Node's own without it. */
  readonly route?: Route | undefined;
  /** Breaks off every request that is on its way. */
  readonly end?: AbortSignal | undefined;
}

/**
 * Sends one request, once.
 * @param withinMs what the run has left for it; an attempt never takes longer, whatever its own limit is
 * @throws what fetch throws when no answer came
 */
export type Transport = (request: Request, signal?: AbortSignal, withinMs?: number) => Promise<Answer>;

type Call = (path: string, options: Record<string, unknown>) => Promise<Partial<ShieldedResponse>>;

/** Prepares the way to one API. */
export function createTransport(options: TransportOptions): Transport {
  const { baseUrl, token, tokenType, userAgent, timeoutMs, end, route, renew } = options;
  const callsWith = (current: string): Record<string, Call> =>
    api({ token: current, tokenType }) as unknown as Record<string, Call>;
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
    // Without the swap, pdjs would retry and follow redirects by itself: better to stop than to go on like that.
    if (!response.answer) throw new Error('pdjs does not speak through the fetch of this program');
    return response.answer;
  };
}

/** Node's timers hold no more than this. */
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

/** In the place of `AbortSignal.timeout` and `AbortSignal.any`, whose timers stay for each of thousands of requests until they are up. */
function limitOf(ms: number, others: readonly (AbortSignal | undefined)[]): Limit {
  const own = new AbortController();
  const timer = setTimeout(() => own.abort(outOfTime()), ms);
  timer.unref();
  const given = others.filter((signal) => signal !== undefined);
  const stop = (): void => own.abort(given.find(({ aborted }) => aborted)?.reason);
  for (const signal of given) {
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  }
  const lift = (): void => {
    clearTimeout(timer);
    for (const signal of given) signal.removeEventListener('abort', stop);
  };
  return { signal: own.signal, lift };
}
