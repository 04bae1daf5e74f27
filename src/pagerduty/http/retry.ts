/** The reaction to each failure for each kind of call: docs/faults.md as data. Pure: the clock and the dice are the caller's. */
import type { ApiFailure, FailureKind } from './failure.ts';

/** Calls by the effect of sending them twice. */
export type CallClass = 'read' | 'create' | 'update' | 'delete' | 'enable';

/**
 * The next step after the last resend:
 * - `skip` this operation and the rest of its service; for a read in the read phase the run ends;
 * - `stop` everything;
 * - `verify`: look whether the write happened before anything else;
 * - `applied`: the wanted state is reached.
 */
export type End = 'skip' | 'stop' | 'verify' | 'applied';

export interface Rule {
  /** Limit for resends of the call. */
  readonly resends: number;
  readonly ends: End;
  /** First looks whether the state already matches, and sends again only if not (F17, F18, F26, F31). */
  readonly lookFirst?: true;
}

const skip: Rule = { resends: 0, ends: 'skip' };
const stop: Rule = { resends: 0, ends: 'stop' };
const verify: Rule = { resends: 0, ends: 'verify' };
const applied: Rule = { resends: 0, ends: 'applied' };
const resend = (resends: number, ends: End = 'skip'): Rule => ({ resends, ends });
const lookFirst = (resends: number, ends: End): Rule => ({ resends, ends, lookFirst: true });
const same = (rule: Rule): Record<CallClass, Rule> => ({
  read: rule,
  create: rule,
  update: rule,
  delete: rule,
  enable: rule,
});

/** The table. A failure or a class without a rule does not compile. */
export const RULES: Readonly<Record<FailureKind, Readonly<Record<CallClass, Rule>>>> = {
  // With a usable hint; without one, WITHOUT_HINT applies.
  'rate-limited': same(resend(10)),
  'server-error': {
    read: resend(4),
    create: verify,
    update: resend(3, 'verify'),
    delete: resend(3, 'verify'),
    enable: resend(3, 'verify'),
  },
  'took-too-long': {
    read: resend(3),
    create: verify,
    update: resend(2, 'verify'),
    delete: resend(2, 'verify'),
    enable: resend(2, 'verify'),
  },
  unreachable: same(resend(4)),
  'no-such-host': same(resend(1)),
  'dns-again': same(resend(3)),
  tls: same(stop),
  reset: {
    read: resend(4),
    create: verify,
    update: resend(3, 'verify'),
    delete: resend(3, 'verify'),
    enable: resend(3, 'verify'),
  },
  timeout: {
    read: resend(2),
    create: verify,
    update: resend(2, 'verify'),
    delete: resend(2, 'verify'),
    enable: resend(2, 'verify'),
  },
  // An unreadable success: done by PagerDuty, or claimed by a proxy.
  cut: {
    read: resend(3),
    create: verify,
    update: lookFirst(1, 'verify'),
    delete: applied,
    enable: lookFirst(1, 'verify'),
  },
  'not-json': {
    read: resend(1, 'stop'),
    create: verify,
    update: lookFirst(1, 'verify'),
    delete: lookFirst(1, 'verify'),
    enable: lookFirst(1, 'verify'),
  },
  shape: { read: stop, create: verify, update: verify, delete: applied, enable: verify },
  unauthorized: same(stop),
  ability: same(stop),
  forbidden: same(skip),
  gone: { read: skip, create: skip, update: skip, delete: applied, enable: skip },
  limit: same(skip),
  invalid: same(skip),
  // Refused before anything was done, so a create may be sent again, too (fact 54).
  conflict: same(resend(5)),
  empty: {
    read: resend(1),
    create: verify,
    update: lookFirst(1, 'verify'),
    delete: applied,
    enable: lookFirst(1, 'verify'),
  },
  'too-big': { read: stop, create: verify, update: verify, delete: applied, enable: verify },
  redirect: same(stop),
  proxy: { read: resend(1, 'stop'), create: stop, update: stop, delete: stop, enable: stop },
};

/** A 429 without a hint is resent fewer times (F02–F04). */
const WITHOUT_HINT: Rule = resend(5);

/** The rule for one failed attempt. */
export function ruleFor(call: CallClass, { kind, waitMs }: ApiFailure): Rule {
  return kind === 'rate-limited' && waitMs === undefined ? WITHOUT_HINT : RULES[kind][call];
}

/** Decides about the resends of one call, and counts them. */
export interface Resends {
  /** Decides whether the call is sent again, and after how many milliseconds. */
  after(failure: ApiFailure, rule: Rule): { readonly again: boolean; readonly ms: number };
}

/** Counts for one call. @param random uniform in [0, 1) */
export function countResends(quota: Quota, random: () => number): Resends {
  let paid = 0;
  /** Consecutive ones. */
  let free = 0;
  return {
    after(failure, rule) {
      const costsNothing = isFree(failure);
      free = costsNothing ? free + 1 : 0;
      const again = costsNothing ? free <= rule.resends : paid < rule.resends && quota.spend();
      const ms = waitBefore(failure, paid, random);
      if (again && !costsNothing) paid += 1;
      return { again, ms };
    },
  };
}

/** A 429 with a usable hint is the server's own schedule and costs nothing of the quota. */
function isFree({ kind, waitMs }: ApiFailure): boolean {
  return kind === 'rate-limited' && waitMs !== undefined;
}

/**
 * Milliseconds to wait before the resend.
 * @param attempt how many resends there have been; 0 before the first
 * @param random uniform in [0, 1)
 */
export function waitBefore(failure: ApiFailure, attempt: number, random: () => number): number {
  if (failure.kind === 'rate-limited') {
    if (failure.waitMs !== undefined) return failure.waitMs + random() * 1000;
    return refusedWait(attempt, random);
  }
  if (failure.kind === 'conflict') return (failure.waitMs ?? 0) + refusedWait(attempt, random);
  const backoff = random() * Math.min(500 * 2 ** attempt, 20_000);
  return (failure.waitMs ?? 0) + backoff;
}

/** After a refusal without a hint: at least a second, doubling up to 30. */
function refusedWait(attempt: number, random: () => number): number {
  return 1000 + random() * (Math.min(2000 * 2 ** attempt, 30_000) - 1000);
}

/** Limits the retries of one run, so that thousands of calls do not hammer a broken server. */
export interface Quota {
  /** Takes the price of one retry; false if it cannot be paid. */
  spend(): boolean;
  earn(): void;
}

const CAPACITY = 100;
const PRICE = 5;

/** A quota for one run: some twenty retries, and one more for every five successful calls. */
export function createQuota(): Quota {
  let left = CAPACITY;
  return {
    spend() {
      if (left < PRICE) return false;
      left -= PRICE;
      return true;
    },
    earn() {
      left = Math.min(CAPACITY, left + 1);
    },
  };
}
