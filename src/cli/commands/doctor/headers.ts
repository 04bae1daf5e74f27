/** Findings about this machine and this token from the headers of an answer. */
import type { Answer } from '../../../pagerduty/http/fetch.ts';
import { type DoctorFinding, ok, warn } from './finding.ts';

/** With a larger difference, checks of certificates and tokens can fail, and logs do not match. */
const MOST_SKEW_S = 60;

/** Warns below this share of the rate limit, because too little is left for a run. */
const LEAST_SHARE = 0.2;

/** The clock of this machine against that of the server; `Date` has whole seconds. */
export function clockFinding(answer: Answer | undefined, now: number): DoctorFinding {
  const serverTime = Date.parse(answer?.headers.get('date') ?? '');
  if (Number.isNaN(serverTime)) return warn('clock', 'cannot be compared: the response has no date');
  const off = Math.round((now - serverTime) / 1000);
  if (Math.abs(off) <= MOST_SKEW_S) return ok('clock', 'matches the server');
  const text = `${Math.abs(off)} s ${off > 0 ? 'ahead of' : 'behind'} the server`;
  return warn('clock', text, "Correct this machine's clock, for example with NTP.");
}

/** The remaining budget of this window (facts 23 and 24); other clients may use the same token. */
export function rateFinding(answer: Answer | undefined): DoctorFinding {
  const [limit, left] = ['ratelimit-limit', 'ratelimit-remaining'].map((name) => {
    const value = answer?.headers.get(name) ?? null;
    return value === null ? Number.NaN : Number(value);
  });
  if (!limit || left === undefined || Number.isNaN(limit) || Number.isNaN(left)) {
    return ok('rate', 'the response shows no rate limit');
  }
  const text = `${left} of ${limit} requests are left in this window`;
  if (left >= limit * LEAST_SHARE) return ok('rate', text);
  return warn('rate', text, 'Other clients use this token heavily. Give each automation its own token.');
}
