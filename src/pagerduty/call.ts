/** One call, from its first attempt to its answer: paced, timed, judged, resent as the table says, explained when nothing helps. */
import { setMaxListeners } from 'node:events';
import type { Clock } from '../clock.ts';
import { CancelledError, type PdactionsError, RemoteError } from '../errors.ts';
import { explain } from './explain.ts';
import { type Fault, judge, judgeFailure, type Trouble } from './fault.ts';
import type { Answer } from './fetch.ts';
import { createPacer } from './pacing.ts';
import { type CallClass, createQuota, isFree, type Rule, ruleFor, waitBefore } from './retry.ts';
import type { StoreEvent } from './store.ts';
import type { Request, Transport } from './transport.ts';
import { ShapeError } from './wire.ts';

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
  /** What a call whose effect is there gives back without an answer, for deletes. */
  readonly whenApplied?: (() => T) | undefined;
}

export interface CallerOptions {
  readonly transport: Transport;
  readonly host: string;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Most requests in flight. */
  readonly inFlight: number;
  /** Ends waiting and reading at once. A write that is under way is never cut off: that would lose its answer. */
  readonly signal?: AbortSignal | undefined;
  /** The whole run may take so long, in milliseconds. */
  readonly runTimeoutMs: number;
  readonly observer?: ((event: StoreEvent) => void) | undefined;
}

export interface Caller {
  /** @throws PdactionsError of `errors.ts` */
  <T>(call: Call<T>): Promise<T>;
  requests(): number;
}

/** Faults after which it is open whether the server acted. */
const AMBIGUOUS: ReadonlySet<Fault> = new Set<Fault>(['server-error', 'took-too-long', 'reset', 'timeout']);

export function createCaller(options: CallerOptions): Caller {
  const { transport, host, clock, random, signal, observer } = options;
  // Thousands of requests may wait for their turn, and each of them listens for the end.
  if (signal) setMaxListeners(0, signal);
  const quota = createQuota();
  const pacer = createPacer({
    clock,
    inFlight: options.inFlight,
    onWait: (ms) => observer?.({ type: 'wait', ms, why: 'rate-limit' }),
  });
  const endsAt = clock.now() + options.runTimeoutMs;
  let requests = 0;

  const attempt = async <T>(call: Call<T>): Promise<{ readonly value: T } | Trouble> => {
    const { method, path } = call.request;
    const turn = await pacer.turn(signal);
    requests += 1;
    const began = clock.now();
    observer?.({ type: 'request', method, path, attempt: requests });
    let answer: Answer | undefined;
    try {
      answer = await transport(call.request, call.class === 'read' ? signal : undefined);
    } catch (error) {
      if (signal?.aborted && call.class === 'read') throw signal.reason;
      const trouble = judgeFailure(error);
      if (!trouble) throw error;
      observer?.({ type: 'failure', method, path, reason: trouble.systemCode ?? trouble.fault });
      return trouble;
    } finally {
      turn.done(answer?.headers ?? null);
    }
    const { status } = answer;
    const requestId = answer.headers.get('x-request-id');
    observer?.({ type: 'response', method, path, status, ms: clock.now() - began, requestId });
    const judged = judge(answer, call.class !== 'delete');
    return judged.ok ? decoded(call, judged.document, status) : judged.trouble;
  };

  const fail = (call: Call<unknown>, trouble: Trouble, rule: Rule): PdactionsError => {
    const { method, path } = call.request;
    const aftermath = rule.ends === 'applied' ? 'skip' : rule.ends;
    return explain({ method, path, host, what: call.what }, trouble, aftermath);
  };

  /** Waits before a resend. A 429 holds everybody back, anything else only this call. */
  const pause = async (trouble: Trouble, ms: number): Promise<void> => {
    if (trouble.fault === 'rate-limited') return pacer.close(ms);
    observer?.({ type: 'wait', ms, why: 'retry' });
    await clock.sleep(ms, signal);
  };

  const outOfTime = (call: Call<unknown>, rule: Rule): RemoteError =>
    new RemoteError(`could not ${call.what}: the time for this run is used up`, {
      reason: 'timeout',
      aftermath: rule.ends === 'verify' ? 'verify' : 'stop',
      hint: 'Allow more with `--timeout SECONDS`, or run the same command again: it goes on where this one ended.',
    });

  /** No more resends: what the table says comes then. */
  const settle = async <T>(call: Call<T>, trouble: Trouble, rule: Rule): Promise<T> => {
    if (rule.ends === 'applied' && call.whenApplied) return call.whenApplied();
    if (rule.ends === 'verify' && call.look) {
      const answered = trouble.status !== undefined && trouble.status < 300;
      const found = await call.look(answered).catch(() => undefined);
      if (found !== undefined) return found;
    }
    if (rule.ends === 'verify' && trouble.waitMs !== undefined) await clock.sleep(trouble.waitMs, signal);
    throw fail(call, trouble, rule);
  };

  const run = async <T>(call: Call<T>): Promise<T> => {
    let resends = 0;
    let limited = 0;
    let open: Trouble | undefined;
    for (;;) {
      const result = await attempt(call).catch((error: unknown) => {
        throw open && error instanceof CancelledError ? leftOpen(call, host, open) : error;
      });
      if ('value' in result) {
        quota.earn();
        return result.value;
      }
      if (AMBIGUOUS.has(result.fault) && call.class !== 'read') open = result;
      const rule = ruleFor(call.class, result);
      if (rule.lookFirst && call.look) {
        const found = await call.look(true);
        if (found !== undefined) return found;
      }
      limited = isFree(result) ? limited + 1 : 0;
      const mayResend = isFree(result) ? limited <= rule.resends : resends < rule.resends && quota.spend();
      if (!mayResend) return settle(call, result, rule);
      const ms = waitBefore(result, resends, random);
      if (clock.now() + ms > endsAt) throw outOfTime(call, rule);
      if (!isFree(result)) resends += 1;
      await pause(result, ms).catch((error: unknown) => {
        throw open && error instanceof CancelledError ? leftOpen(call, host, open) : error;
      });
    }
  };

  const caller = async <T>(call: Call<T>): Promise<T> => {
    if (clock.now() > endsAt) throw outOfTime(call, { resends: 0, ends: 'stop' });
    return run(call);
  };
  return Object.assign(caller, { requests: () => requests });
}

function decoded<T>(call: Call<T>, document: unknown, status: number): { readonly value: T } | Trouble {
  try {
    return { value: call.decode(document) };
  } catch (cause) {
    if (cause instanceof ShapeError) return { fault: 'shape', status, cause };
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
