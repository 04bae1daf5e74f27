import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ApiFailure } from '../../src/pagerduty/http/failure.ts';
import { countResends, createQuota, RULES, ruleFor, waitBefore } from '../../src/pagerduty/http/retry.ts';
import { runs } from '../helpers/runs.ts';

describe('the table', () => {
  /** The table of docs/faults.md, as resends and the result after the last: read, create, update, delete, enable. */
  it.each<[keyof typeof RULES, string]>([
    ['rate-limited', '10 skip, 10 skip, 10 skip, 10 skip, 10 skip'],
    ['server-error', '4 skip, 0 verify, 3 verify, 3 verify, 3 verify'],
    ['took-too-long', '3 skip, 0 verify, 2 verify, 2 verify, 2 verify'],
    ['unreachable', '4 skip, 4 skip, 4 skip, 4 skip, 4 skip'],
    ['no-such-host', '1 skip, 1 skip, 1 skip, 1 skip, 1 skip'],
    ['dns-again', '3 skip, 3 skip, 3 skip, 3 skip, 3 skip'],
    ['tls', '0 stop, 0 stop, 0 stop, 0 stop, 0 stop'],
    ['reset', '4 skip, 0 verify, 3 verify, 3 verify, 3 verify'],
    ['timeout', '2 skip, 0 verify, 2 verify, 2 verify, 2 verify'],
    ['cut', '3 skip, 0 verify, 1 verify, 0 applied, 1 verify'],
    ['not-json', '1 stop, 0 verify, 1 verify, 1 verify, 1 verify'],
    ['shape', '0 stop, 0 verify, 0 verify, 0 applied, 0 verify'],
    ['unauthorized', '0 stop, 0 stop, 0 stop, 0 stop, 0 stop'],
    ['ability', '0 stop, 0 stop, 0 stop, 0 stop, 0 stop'],
    ['forbidden', '0 skip, 0 skip, 0 skip, 0 skip, 0 skip'],
    ['gone', '0 skip, 0 skip, 0 skip, 0 applied, 0 skip'],
    ['limit', '0 skip, 0 skip, 0 skip, 0 skip, 0 skip'],
    ['invalid', '0 skip, 0 skip, 0 skip, 0 skip, 0 skip'],
    ['conflict', '5 skip, 5 skip, 5 skip, 5 skip, 5 skip'],
    ['empty', '1 skip, 0 verify, 1 verify, 0 applied, 1 verify'],
    ['too-big', '0 stop, 0 verify, 0 verify, 0 applied, 0 verify'],
    ['redirect', '0 stop, 0 stop, 0 stop, 0 stop, 0 stop'],
    ['proxy', '1 stop, 0 stop, 0 stop, 0 stop, 0 stop'],
  ])('%s: %s', (kind, expected) => {
    const { read, create, update, delete: remove, enable } = RULES[kind];
    const found = [read, create, update, remove, enable].map(({ resends, ends }) => `${resends} ${ends}`);
    expect(found.join(', ')).toBe(expected);
  });

  it('never sends a create again if the server may have acted', () => {
    for (const kind of [
      'server-error',
      'took-too-long',
      'reset',
      'timeout',
      'cut',
      'not-json',
      'shape',
    ] as const)
      expect(RULES[kind].create).toEqual({ resends: 0, ends: 'verify' });
  });

  it('gives a 429 without a hint fewer resends, from the quota (F02)', () => {
    expect(resendsOf({ kind: 'rate-limited' })).toEqual({ again: 5, paid: 5 });
    expect(resendsOf({ kind: 'rate-limited', waitMs: 1000 })).toEqual({ again: 10, paid: 0 });
  });

  it('counts free resends in a row, and those from the quota for the whole call', () => {
    const resends = countResends(createQuota(), () => 0);
    const isResent = (failure: ApiFailure) => resends.after(failure, ruleFor('read', failure)).again;
    const limited: ApiFailure = { kind: 'rate-limited', waitMs: 1000 };
    for (let count = 0; count < 10; count += 1) expect(isResent(limited)).toBe(true);
    expect(isResent({ kind: 'empty' })).toBe(true);
    expect(isResent(limited)).toBe(true);
    expect(isResent({ kind: 'empty' })).toBe(false);
  });

  it('resends nothing after the quota is used up', () => {
    const quota = createQuota();
    while (quota.spend());
    const decide = (failure: ApiFailure) =>
      countResends(quota, () => 0).after(failure, ruleFor('read', failure));
    expect(decide({ kind: 'reset' }).again).toBe(false);
    expect(decide({ kind: 'rate-limited', waitMs: 1000 })).toEqual({ again: true, ms: 1000 });
  });
});

/** Resends of a read that always fails the same way, and how many of them the quota pays. */
function resendsOf(failure: ApiFailure) {
  let paid = 0;
  const spend = (): boolean => {
    paid += 1;
    return true;
  };
  const resends = countResends({ spend, earn: () => undefined }, () => 0);
  let again = 0;
  while (resends.after(failure, ruleFor('read', failure)).again) again += 1;
  return { again, paid };
}

describe('waits', () => {
  const faults = Object.keys(RULES) as (keyof typeof RULES)[];

  it('P7: are never shorter than the server requests, never negative, and bounded', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...faults),
        fc.option(fc.integer({ min: 1, max: 120_000 }), { nil: undefined }),
        fc.integer({ min: 0, max: 12 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (kind, waitMs, attempt, dice) => {
          const failure: ApiFailure = { kind, waitMs };
          const ms = waitBefore(failure, attempt, () => dice);
          expect(ms).toBeGreaterThanOrEqual(waitMs ?? 0);
          expect(ms).toBeLessThanOrEqual((waitMs ?? 0) + 30_000);
        },
      ),
      { numRuns: runs(3_000) },
    );
  });

  it('F01: follow the reset within a second and a half, F02: are at least a second without one', () => {
    expect(waitBefore({ kind: 'rate-limited', waitMs: 7000 }, 0, () => 0.99)).toBeLessThan(8500);
    expect(waitBefore({ kind: 'rate-limited' }, 0, () => 0)).toBe(1000);
    expect(waitBefore({ kind: 'rate-limited' }, 9, () => 0.999)).toBeLessThanOrEqual(30_000);
  });

  it.each<[string, ApiFailure, number, number]>([
    ['the reset, and up to a second more', { kind: 'rate-limited', waitMs: 7000 }, 3, 7500],
    ['between 1 s and 2 s at first, without one', { kind: 'rate-limited' }, 0, 1500],
    ['up to twice as much each time', { kind: 'rate-limited' }, 2, 4500],
    ['at most 30 s', { kind: 'rate-limited' }, 9, 15_500],
    ['the wait of the account lock, and the same backoff', { kind: 'conflict', waitMs: 100 }, 1, 2600],
    ['up to half a second at first', { kind: 'reset' }, 0, 250],
    ['up to twice as much each time', { kind: 'reset' }, 3, 2000],
    ['at most 20 s', { kind: 'reset' }, 12, 10_000],
    ['added to the wait that the server requests', { kind: 'server-error', waitMs: 3000 }, 0, 3250],
  ])('are %s (half of the range here)', (_, failure, attempt, ms) => {
    expect(waitBefore(failure, attempt, () => 0.5)).toBe(ms);
  });

  it('F51: after a refusal by the account lock are as long as after a 429 without a hint', () => {
    for (const attempt of [0, 3, 9]) {
      for (const dice of [0, 0.5, 0.999]) {
        const wait = (kind: 'conflict' | 'rate-limited') => waitBefore({ kind }, attempt, () => dice);
        expect(wait('conflict')).toBe(wait('rate-limited'));
      }
    }
  });
});

describe('the quota', () => {
  it('grants twenty retries, and one more for five calls that succeed, up to the twenty', () => {
    const quota = createQuota();
    const granted = (): number => {
      let count = 0;
      while (quota.spend()) count += 1;
      return count;
    };
    expect(granted()).toBe(20);
    for (let call = 0; call < 11; call += 1) quota.earn();
    expect(granted()).toBe(2);
    for (let call = 0; call < 1000; call += 1) quota.earn();
    expect(granted()).toBe(20);
  });

  it('P7: is never overdrawn and never exceeds its capacity', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 400 }), (steps) => {
        const quota = createQuota();
        let left = 100;
        for (const spend of steps) {
          if (spend) {
            expect(quota.spend()).toBe(left >= 5);
            if (left >= 5) left -= 5;
          } else {
            quota.earn();
            left = Math.min(100, left + 1);
          }
        }
      }),
      { numRuns: runs(1_000) },
    );
  });
});
