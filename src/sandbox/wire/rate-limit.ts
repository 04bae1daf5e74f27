/** The rate limit (facts 23 and 24), on the sandbox's clock. */

import type { Switches } from '../account/switches.ts';
import type { ApiResponse } from './http.ts';

export interface RateLimit {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** 960 requests a minute (fact 23). */
export const DEFAULT_RATE_LIMIT: RateLimit = { limit: 960, windowSeconds: 60 };

interface RateVerdict {
  readonly allowed: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

export interface RateLimiter {
  /** Counts one request at `now` (milliseconds). */
  count(now: number): RateVerdict;
  reset(): void;
}

/** A window that starts with the first request after the last one ended. `null`: no limit and no headers. */
export function createRateLimiter(rate: RateLimit | null): RateLimiter {
  let start = Number.NEGATIVE_INFINITY;
  let used = 0;
  return {
    count: (now) => {
      if (!rate) return { allowed: true, headers: {} };
      const length = rate.windowSeconds * 1000;
      if (now >= start + length) {
        start = now;
        used = 0;
      }
      const allowed = used < rate.limit;
      if (allowed) used += 1;
      return {
        allowed,
        headers: {
          'ratelimit-limit': String(rate.limit),
          'ratelimit-remaining': String(rate.limit - used),
          'ratelimit-reset': String(Math.ceil((start + length - now) / 1000)),
        },
      };
    },
    reset: () => {
      start = Number.NEGATIVE_INFINITY;
      used = 0;
    },
  };
}

/** The headers that an answer carries, by the switch. */
export function visibleRateHeaders(
  headers: Readonly<Record<string, string>>,
  mode: Switches['rateHeaders'],
  allowed: boolean,
): Readonly<Record<string, string>> {
  if (mode === 'never' || (mode === 'not-on-429' && !allowed)) return {};
  return headers;
}

/** The answer to one request too many. It may come without headers and without a body (fact 24). */
export function tooManyRequests(
  headers: Readonly<Record<string, string>>,
  mode: Switches['rateHeaders'],
): ApiResponse {
  if (mode !== 'always') return { status: 429, headers: {}, body: '' };
  const body = JSON.stringify({ error: { message: 'Rate Limit Exceeded', code: 2020 } });
  return { status: 429, headers: { ...headers, 'content-type': 'application/json' }, body };
}
