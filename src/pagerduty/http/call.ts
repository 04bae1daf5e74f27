/** One call, from its first attempt to its answer: paced, timed, judged, resent as the table says, explained when nothing helps. */
import { setMaxListeners } from 'node:events';
import type { Clock } from '../../clock.ts';
import { CancelledError, type PdactionsError, RemoteError } from '../../errors.ts';
import type { StoreEvent } from '../store.ts';
import { ShapeError } from '../wire.ts';
import { explain } from './explain.ts';
import { type Fault, judge, type Trouble } from './fault.ts';
import type { Answer } from './fetch.ts';
import { judgeFailure } from './no-answer.ts';
import { createPacer } from './pacing.ts';
import { type CallClass, createQuota, isFree, type Rule, ruleFor, waitBefore } from './retry.ts';
import type { Request, Transport } from './transport.ts';

/** A call and how to understand its answer. */
export interface Call<T> {
  readonly class: CallClass;
  readonly request: Request;
  /** In words that follow "could not". */
  readonly what: string;
  /** Reads a good answer; a ShapeError makes it a bad one. */
  readonly decode: (document: unknown) => T;
  /**
   * For writes: what is there now, when it is as wanted; undefined when it is not, or not provably.
   * @param answered true when the server said that it did it, so that what can be compared is proof enough
   */
  readonly look?: ((answered: boolean) => Promise<T | undefined>) | undefined;
  /**
   * What a call whose effect is there gives back without an answer, for deletes.
   * @param wasLost true when an earlier attempt may have done it
   */
  readonly whenApplied?: ((fault: Fault, wasLost: boolean) => T) | undefined;
  /** A success without a document is complete, as it always is for deletes; for a press nobody knows what comes back (U10). */
  readonly bodiless?: true | undefined;
  /** For reads: aborts when nobody wants the answer any more. */
  readonly off?: AbortSignal | undefined;
}

export interface CallerOptions {
  readonly transport: Transport;
  readonly host: string;
  /** Who says that this is the address, for messages: `PAGERDUTY_API_URL`. */
  readonly hostFrom?: string | undefined;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Most requests in flight. */
  readonly inFlight: number;
  /** Ends waiting and reading at once. A write that is under way is never cut off: that would lose its answer. */
  readonly signal?: AbortSignal | undefined;
  /** Limit for the whole run, in milliseconds: afterwards nothing is sent, and only a write under way is awaited a little longer. */
  readonly runTimeoutMs: number;
  /** The limit is nobody's wish: it grows with the requests that are known to follow. */
  readonly runTimeoutGrows?: boolean | undefined;
  /** The process has more to do than this run: a refused token fails the call that it was refused for, and no other one. */
  readonly livesOn?: boolean | undefined;
  readonly observer?: ((event: StoreEvent) => void) | undefined;
  /** Tokens come from an OAuth app, which asks for new ones. */
  readonly renew?: unknown;
}

/**
 * After an interruption a write under way may take so long to be answered. Who waits for it gives up a moment earlier; after this its
 * connection is closed, so that nothing keeps the process alive (F34).
 */
const CUT_OFF_MS = 6_000;

export interface Caller {
  /** @throws PdactionsError of `errors.ts` */
  <T>(call: Call<T>): Promise<T>;
  requests(): number;
  /** At least so many more requests follow: a limit that may grow leaves them the time that they take. */
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

/** When the run's time is up, a write under way is still awaited for this long: cutting it off would lose its answer. */
export const LATE_WRITE_MS = 5_000;

/** What a request takes at half of PagerDuty's documented rate (fact 23): the other half may be somebody else's. */
const MS_PER_REQUEST = 60_000 / (960 / 2);

/** Faults after which it is open whether the server acted. */
const AMBIGUOUS: ReadonlySet<Fault> = new Set<Fault>(['server-error', 'took-too-long', 'reset', 'timeout']);

/** A caller with a pace, a quota of retries and a deadline of its own, which all its calls share. */
export function createCaller(options: CallerOptions): Caller {
  const { transport, host, hostFrom, clock, random, signal, observer } = options;
  // Thousands of requests may wait for their turn, and each of them listens for the end.
  if (signal) setMaxListeners(0, signal);
  const quota = createQuota();
  const pacer = createPacer({
    clock,
    inFlight: options.inFlight,
    onWait: (ms) => observer?.({ type: 'wait', ms, why: 'rate-limit' }),
  });
  let endsAt = clock.now() + options.runTimeoutMs;
  observer?.({ type: 'limit', at: endsAt });
  const timeLeft = (): number => Math.max(0, endsAt - clock.now());
  let requests = 0;
  /** Once the token was refused, nothing is sent any more, whoever is still waiting (F20). */
  let refused: PdactionsError | undefined;

  const ends = new WeakMap<AbortSignal, AbortSignal>();
  /** What ends the waiting of a call: the end of the run, or that nobody wants its answer any more. */
  const endOf = ({ off }: Call<unknown>): AbortSignal | undefined => {
    if (!off || !signal) return off ?? signal;
    // Calls that are made together share one: making one for each is what a large plan would spend its time on.
    const end = ends.get(off) ?? AbortSignal.any([signal, off]);
    ends.set(off, end);
    setMaxListeners(0, end);
    return end;
  };

  const attempt = async <T>(
    call: Call<T>,
    end: AbortSignal | undefined,
  ): Promise<{ readonly value: T } | Trouble | 'too late'> => {
    const { method, path } = call.request;
    const turn = await pacer.turn(end, () => endsAt);
    if (!turn) return 'too late';
    if (refused) {
      turn.done(null);
      throw refused;
    }
    requests += 1;
    const began = clock.now();
    observer?.({ type: 'request', method, path, attempt: requests });
    let answer: Answer | undefined;
    const answered = call.class === 'read' ? undefined : new AbortController();
    const cut = answered ? cutOff(signal, clock, answered.signal) : end;
    try {
      answer = await transport(call.request, cut, timeLeft() + (answered ? LATE_WRITE_MS : 0));
    } catch (error) {
      if (cut?.aborted) throw call.class === 'read' ? cut.reason : leftOpen(call, host, { fault: 'timeout' });
      const trouble = judgeFailure(error);
      if (!trouble) throw error;
      observer?.({ type: 'failure', method, path, reason: trouble.systemCode ?? trouble.fault });
      return trouble;
    } finally {
      // With a reason: making one up, with its stack, is what takes longest about it.
      answered?.abort('answered');
      turn.done(answer?.headers ?? null);
    }
    const { status } = answer;
    const requestId = answer.headers.get('x-request-id');
    observer?.({ type: 'response', method, path, status, ms: clock.now() - began, requestId });
    const judged = judge(answer, call.class !== 'delete' && !call.bodiless);
    return judged.ok ? decoded(call, judged.document, { status, requestId }) : judged.trouble;
  };

  const fail = (call: Call<unknown>, trouble: Trouble, rule: Rule): PdactionsError => {
    const { method, path } = call.request;
    const aftermath = rule.ends === 'applied' ? 'skip' : rule.ends;
    const error = explain(
      { method, path, host, hostFrom, what: call.what, ofApp: options.renew !== undefined },
      trouble,
      aftermath,
    );
    if (trouble.fault === 'unauthorized' && options.livesOn !== true) refused = error;
    return error;
  };

  /** Waits before a resend; a 429 has closed the gate for everybody already. */
  const pause = async (trouble: Trouble, ms: number, end: AbortSignal | undefined): Promise<void> => {
    if (trouble.fault === 'rate-limited') return;
    observer?.({ type: 'wait', ms, why: 'retry' });
    await clock.sleep(ms, end);
  };

  /** The run's time is up: with all that is known of the last attempt, or before anything was sent. */
  const outOfTime = (call: Call<unknown>, rule: Rule, trouble?: Trouble): RemoteError => {
    const { method, path } = call.request;
    const last = trouble && fail(call, trouble, rule);
    const isOpen = rule.ends === 'verify';
    return new RemoteError(`${last?.message ?? `could not ${call.what}`}; the time for this run is used up`, {
      reason: 'timeout',
      aftermath: isOpen ? 'verify' : 'stop',
      certain: !isOpen,
      details: last?.details,
      http: last?.http ?? { method, path, host },
      hint:
        call.class === 'read'
          ? 'Allow more with `--timeout SECONDS`. Another run begins to read from the start.'
          : 'Allow more with `--timeout SECONDS`, or run the same command again: what was written stays, the rest follows.',
    });
  };

  /** What is there now, when it is as wanted. When it cannot be looked at, the write stays open. */
  const lookAt = async <T>(call: Call<T>, trouble: Trouble, rule: Rule): Promise<T | undefined> => {
    try {
      // Only a success says that it was done: then what can be compared is proof enough.
      return await call.look?.(trouble.status !== undefined && trouble.status < 300);
    } catch (cause) {
      const gone = cause instanceof RemoteError && cause.reason === 'gone';
      if (rule.ends !== 'verify' || gone) throw cause;
      throw fail(call, { ...trouble, cause }, rule);
    }
  };

  /** No more resends: what the table says comes then. */
  const settle = async <T>(call: Call<T>, trouble: Trouble, rule: Rule, wasLost: boolean): Promise<T> => {
    if (rule.ends === 'applied' && call.whenApplied) return call.whenApplied(trouble.fault, wasLost);
    if (rule.ends === 'verify') {
      const found = await lookAt(call, trouble, rule);
      if (found !== undefined) return found;
    }
    if (rule.ends === 'verify' && trouble.waitMs !== undefined) {
      await clock.sleep(Math.min(trouble.waitMs, timeLeft()), signal).catch(() => {
        throw leftOpen(call, host, trouble);
      });
    }
    throw fail(call, trouble, rule);
  };

  const run = async <T>(call: Call<T>): Promise<T> => {
    let resends = 0;
    let limited = 0;
    let open: Trouble | undefined;
    const end = endOf(call);
    for (;;) {
      const result = await attempt(call, end).catch((error: unknown) => {
        throw open && error instanceof CancelledError ? leftOpen(call, host, open) : error;
      });
      if (result === 'too late') throw outOfTime(call, { resends: 0, ends: open ? 'verify' : 'stop' }, open);
      if ('value' in result) {
        quota.earn();
        return result.value;
      }
      if (AMBIGUOUS.has(result.fault) && call.class !== 'read') open = result;
      const rule = ruleFor(call.class, result);
      if (rule.lookFirst) {
        const found = await lookAt(call, result, rule);
        if (found !== undefined) return found;
      }
      limited = isFree(result) ? limited + 1 : 0;
      const mayResend = isFree(result) ? limited <= rule.resends : resends < rule.resends && quota.spend();
      const ms = waitBefore(result, resends, random);
      // Also when this call gives up: the others would only earn the next one.
      if (result.fault === 'rate-limited') pacer.close(ms);
      const last = open ? afterLost(rule, result) : rule;
      // A 403 after a lost answer may be about what that attempt has deleted (fact 57): what is open is that attempt.
      const told = open && result.fault === 'forbidden' ? open : result;
      if (!mayResend) return settle(call, told, last, open !== undefined);
      if (ms >= timeLeft()) throw outOfTime(call, last, result);
      if (!isFree(result)) resends += 1;
      await pause(result, ms, end).catch((error: unknown) => {
        throw open && error instanceof CancelledError ? leftOpen(call, host, open) : error;
      });
    }
  };

  const caller = async <T>(call: Call<T>): Promise<T> => {
    if (timeLeft() === 0) throw outOfTime(call, { resends: 0, ends: 'stop' });
    return run(call);
  };
  const breathe = async (): Promise<void> => {
    await new Promise(setImmediate);
    signal?.throwIfAborted();
    if (timeLeft() > 0) return;
    throw new RemoteError('the time for this run is used up', {
      reason: 'timeout',
      aftermath: 'stop',
      certain: true,
      hint: 'Allow more with `--timeout SECONDS`. Nothing was written.',
    });
  };
  const expect = (more: number): void => {
    const needed = clock.now() + options.runTimeoutMs + more * MS_PER_REQUEST;
    if (options.runTimeoutGrows !== true || needed <= endsAt) return;
    endsAt = needed;
    observer?.({ type: 'limit', at: endsAt });
  };
  return Object.assign(caller, { requests: () => requests, expect, timeLeft, breathe, host });
}

/** Aborts some time after the interruption, unless the answer is in by then. */
function cutOff(
  interrupted: AbortSignal | undefined,
  clock: Clock,
  answered: AbortSignal,
): AbortSignal | undefined {
  if (!interrupted) return undefined;
  const cut = new AbortController();
  const begin = (): void => {
    clock.sleep(CUT_OFF_MS, answered).then(
      () => cut.abort(interrupted.reason),
      () => undefined,
    );
  };
  if (interrupted.aborted) begin();
  else interrupted.addEventListener('abort', begin, { once: true, signal: answered });
  return cut.signal;
}

/** Refusing a resend says nothing about the attempt whose answer was lost, except that what is gone is gone. */
function afterLost(rule: Rule, { fault }: Trouble): Rule {
  return rule.ends === 'skip' && fault !== 'gone' ? { ...rule, ends: 'verify' } : rule;
}

function decoded<T>(
  call: Call<T>,
  document: unknown,
  { status, requestId }: { readonly status: number; readonly requestId: string | null },
): { readonly value: T } | Trouble {
  try {
    return { value: call.decode(document) };
  } catch (cause) {
    if (cause instanceof ShapeError) {
      return { fault: 'shape', status, requestId: requestId ?? undefined, cause };
    }
    throw cause;
  }
}

/** Interrupted between an attempt whose answer was lost and the next one. */
function leftOpen(call: Call<unknown>, host: string, trouble: Trouble): RemoteError {
  const { method, path } = call.request;
  return new RemoteError(`interrupted before it was clear whether PagerDuty did ${call.what}`, {
    reason: 'interrupted',
    aftermath: 'stop',
    hint: 'Run the same command again: it finds out what happened.',
    http: { method, path, host, ...(trouble.status === undefined ? {} : { status: trouble.status }) },
  });
}
