/** One call, from its first attempt to its answer: paced, timed, judged, resent as the table says, explained when nothing helps. */
import { CancelledError, RemoteError } from '../../errors.ts';
import { attempt } from './attempt.ts';
import { failure, leftOpen, outOfTime } from './call-error.ts';
import type { Fault, Trouble } from './fault.ts';
import { type Call, type CallerOptions, endOf, type Line, makeTimeFor, openLine, timeLeft } from './line.ts';
import { countResends, type Rule, ruleFor } from './retry.ts';

export interface Caller {
  /** @throws PdactionsError of `errors.ts` */
  <T>(call: Call<T>): Promise<T>;
  requests(): number;
  /** Announces at least this many more requests: a limit that may grow leaves them the time that they take. */
  expect(requests: number): void;
  /** Milliseconds until the run's time is up, never negative; a wait beyond it serves no purpose. */
  timeLeft(): number;
  /**
   * Lets signals in, in the middle of long work on this machine.
   * @throws CancelledError when the run was interrupted, RemoteError when its time is up
   */
  breathe(): Promise<void>;
  /** Host and port, for messages. */
  readonly host: string;
}

/** Faults after which it is open whether the server acted. */
const AMBIGUOUS: ReadonlySet<Fault> = new Set<Fault>(['server-error', 'took-too-long', 'reset', 'timeout']);

/** A caller with a pace, a quota of retries and a deadline of its own, which all its calls share. */
export function createCaller(options: CallerOptions): Caller {
  const line = openLine(options);
  const caller = async <T>(call: Call<T>): Promise<T> => {
    if (timeLeft(line) === 0) throw outOfTime(line, call, { resends: 0, ends: 'stop' });
    return run(line, call);
  };
  return Object.assign(caller, {
    requests: () => line.requests,
    expect: (more: number) => makeTimeFor(line, more),
    timeLeft: () => timeLeft(line),
    breathe: () => breathe(line),
    host: options.host,
  });
}

async function breathe(line: Line): Promise<void> {
  await new Promise(setImmediate);
  line.options.signal?.throwIfAborted();
  if (timeLeft(line) > 0) return;
  throw new RemoteError('the time for this run is used up', {
    reason: 'timeout',
    aftermath: 'stop',
    certain: true,
    hint: 'Allow more with `--timeout SECONDS`. Nothing was written.',
  });
}

async function run<T>(line: Line, call: Call<T>): Promise<T> {
  const end = endOf(line, call);
  const resends = countResends(line.quota, line.options.random);
  let open: Trouble | undefined;
  /** An interruption leaves a write open whose answer was lost. */
  const unlessOpen = <R>(step: Promise<R>): Promise<R> =>
    step.catch((error: unknown) => {
      throw open && error instanceof CancelledError ? leftOpen(call, line.options.host, open) : error;
    });
  for (;;) {
    const result = await unlessOpen(attempt(line, call, end));
    if (result === 'too late')
      throw outOfTime(line, call, { resends: 0, ends: open ? 'verify' : 'stop' }, open);
    if ('value' in result) {
      line.quota.earn();
      return result.value;
    }
    if (AMBIGUOUS.has(result.fault) && call.class !== 'read') open = result;
    const rule = ruleFor(call.class, result);
    const found = rule.lookFirst && (await lookAt(line, call, result, rule));
    if (found !== undefined) return found;
    const { again, ms } = resends.after(result, rule);
    // Also when this call gives up: the others would only earn the next one.
    if (result.fault === 'rate-limited') line.pacer.close(ms);
    const last = open ? afterLost(rule, result) : rule;
    // A 403 after a lost answer may be about what that attempt has deleted (fact 57): what is open is that attempt.
    const told = open && result.fault === 'forbidden' ? open : result;
    if (!again) return settle(line, call, told, last, open !== undefined);
    if (ms >= timeLeft(line)) throw outOfTime(line, call, last, result);
    await unlessOpen(pause(line, result, ms, end));
  }
}

/** Waits before a resend; a 429 has already closed the gate for all calls. */
async function pause(
  { options }: Line,
  { fault }: Trouble,
  ms: number,
  end: AbortSignal | undefined,
): Promise<void> {
  if (fault === 'rate-limited') return;
  options.observer?.({ type: 'wait', ms, why: 'retry' });
  await options.clock.sleep(ms, end);
}

/** Looks up the result of a write; it counts if it is as wanted. If the lookup fails, the write stays open. */
async function lookAt<T>(line: Line, call: Call<T>, trouble: Trouble, rule: Rule): Promise<T | undefined> {
  try {
    // Only a success says that it was done: then what can be compared is proof enough.
    return await call.look?.(trouble.status !== undefined && trouble.status < 300);
  } catch (cause) {
    const gone = cause instanceof RemoteError && cause.reason === 'gone';
    if (rule.ends !== 'verify' || gone) throw cause;
    throw failure(line, call, { ...trouble, cause }, rule);
  }
}

/** No more resends: what the table says comes then. */
async function settle<T>(
  line: Line,
  call: Call<T>,
  trouble: Trouble,
  rule: Rule,
  wasLost: boolean,
): Promise<T> {
  if (rule.ends === 'applied' && call.whenApplied) return call.whenApplied(trouble.fault, wasLost);
  if (rule.ends === 'verify') {
    const found = await lookAt(line, call, trouble, rule);
    if (found !== undefined) return found;
  }
  if (rule.ends === 'verify' && trouble.waitMs !== undefined) {
    const { clock, signal, host } = line.options;
    await clock.sleep(Math.min(trouble.waitMs, timeLeft(line)), signal).catch(() => {
      throw leftOpen(call, host, trouble);
    });
  }
  throw failure(line, call, trouble, rule);
}

/** Refusing a resend says nothing about the attempt whose answer was lost, except that what is gone is gone. */
function afterLost(rule: Rule, { fault }: Trouble): Rule {
  return rule.ends === 'skip' && fault !== 'gone' ? { ...rule, ends: 'verify' } : rule;
}
