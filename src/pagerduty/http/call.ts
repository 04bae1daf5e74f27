/**
 * One call, from its first attempt to its answer: paced, timed, classified, resent according to the table, and explained if nothing helps.
 */
import { CancelledError, RemoteError } from '../../errors.ts';
import { attempt } from './attempt.ts';
import { failure, leftOpen, outOfTime } from './call-error.ts';
import type { ApiFailure, FailureKind } from './failure.ts';
import {
  type Call,
  type CallerOptions,
  type CallLine,
  endOf,
  makeTimeFor,
  openLine,
  timeLeft,
} from './line.ts';
import { countResends, type Rule, ruleFor } from './retry.ts';

export interface Caller {
  /** @throws PdactionsError of `errors.ts` */
  <T>(call: Call<T>): Promise<T>;
  requests(): number;
  /** Announces at least this many more requests, so that a default limit can grow with them. */
  expect(requests: number): void;
  /** Milliseconds until the run's time is up, never negative; a longer wait is pointless. */
  timeLeft(): number;
  /**
   * Yields to signals in the middle of long computations.
   * @throws CancelledError if the run was interrupted, RemoteError if its time is up
   */
  breathe(): Promise<void>;
  /** Host and port, for messages. */
  readonly host: string;
}

/** Failures after which the server may or may not have acted. */
const AMBIGUOUS: ReadonlySet<FailureKind> = new Set<FailureKind>([
  'server-error',
  'took-too-long',
  'reset',
  'timeout',
]);

/** A caller with a pace, a quota of retries and a deadline of its own, which all its calls share. */
export function createCaller(options: CallerOptions): Caller {
  const line = openLine(options);
  const caller = async <T>(call: Call<T>): Promise<T> => {
    if (timeLeft(line) === 0) throw outOfTime(line, call, { resends: 0, ends: 'stop' }, { unsent: true });
    return run(line, call);
  };
  return Object.assign(caller, {
    requests: () => line.requests,
    expect: (requests: number) => makeTimeFor(line, requests),
    timeLeft: () => timeLeft(line),
    breathe: () => breathe(line),
    host: options.host,
  });
}

async function breathe(line: CallLine): Promise<void> {
  await new Promise(setImmediate);
  line.options.signal?.throwIfAborted();
  if (timeLeft(line) > 0) return;
  throw new RemoteError('the run reached its time limit', {
    reason: 'timeout',
    aftermath: 'stop',
    certain: true,
    hint: 'Raise it with `--timeout SECONDS`. Nothing was written.',
  });
}

async function run<T>(line: CallLine, call: Call<T>): Promise<T> {
  const end = endOf(line, call);
  const resends = countResends(line.quota, line.options.random);
  let open: ApiFailure | undefined;
  let unsent = true;
  /** If interrupted, a write with a lost answer stays open. */
  const unlessOpen = <R>(step: Promise<R>): Promise<R> =>
    step.catch((error: unknown) => {
      throw open && error instanceof CancelledError ? leftOpen(call, line.options.host, open) : error;
    });
  for (;;) {
    const result = await unlessOpen(attempt(line, call, end));
    if (result === 'too late')
      throw outOfTime(line, call, { resends: 0, ends: open ? 'verify' : 'stop' }, { cause: open, unsent });
    unsent = false;
    if ('value' in result) {
      line.quota.earn();
      return result.value;
    }
    if (AMBIGUOUS.has(result.kind) && call.class !== 'read') open = result;
    const rule = ruleFor(call.class, result);
    const seen = rule.lookFirst && (await lookAt(line, call, result, rule));
    if (seen !== undefined) return seen;
    const { again, ms } = resends.after(result, rule);
    // Also if this call gives up, because the others would only get the next refusal.
    if (result.kind === 'rate-limited') line.pacer.close(ms);
    const last = open ? afterLost(rule, result) : rule;
    // A 403 after a lost answer may be the effect of that attempt, which deleted the object (fact 57), so that attempt stays open.
    const decisive = open && result.kind === 'forbidden' ? open : result;
    if (!again) return settle(line, call, decisive, last, open !== undefined);
    if (ms >= timeLeft(line)) throw outOfTime(line, call, last, { cause: result });
    await unlessOpen(pause(line, result, ms, end));
  }
}

/** Waits before a resend; a 429 has already closed the gate for all calls. */
async function pause(
  { options }: CallLine,
  { kind }: ApiFailure,
  ms: number,
  end: AbortSignal | undefined,
): Promise<void> {
  if (kind === 'rate-limited') return;
  options.observer?.({ type: 'wait', ms, why: 'retry' });
  await options.clock.sleep(ms, end);
}

/** Looks up the result of a write, which counts if it matches. If the lookup fails, the write stays open. */
async function lookAt<T>(
  line: CallLine,
  call: Call<T>,
  failed: ApiFailure,
  rule: Rule,
): Promise<T | undefined> {
  try {
    // After a success of the server, equality of the comparable parts is proof enough.
    return await call.look?.(failed.status !== undefined && failed.status < 300);
  } catch (cause) {
    const gone = cause instanceof RemoteError && cause.reason === 'gone';
    if (rule.ends !== 'verify' || gone) throw cause;
    throw failure(line, call, { ...failed, cause }, rule);
  }
}

/** No more resends: the table decides about the rest. */
async function settle<T>(
  line: CallLine,
  call: Call<T>,
  failed: ApiFailure,
  rule: Rule,
  wasLost: boolean,
): Promise<T> {
  if (rule.ends === 'applied' && call.whenApplied) return call.whenApplied(failed.kind, wasLost);
  if (rule.ends === 'verify') {
    const seen = await lookAt(line, call, failed, rule);
    if (seen !== undefined) return seen;
  }
  if (rule.ends === 'verify' && failed.waitMs !== undefined) {
    const { clock, signal, host } = line.options;
    await clock.sleep(Math.min(failed.waitMs, timeLeft(line)), signal).catch(() => {
      throw leftOpen(call, host, failed);
    });
  }
  throw failure(line, call, failed, rule);
}

/** A refused resend proves nothing about the attempt whose answer was lost, except that a missing object is gone. */
function afterLost(rule: Rule, { kind }: ApiFailure): Rule {
  return rule.ends === 'skip' && kind !== 'gone' ? { ...rule, ends: 'verify' } : rule;
}
