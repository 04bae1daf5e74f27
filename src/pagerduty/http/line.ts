/** The state that all calls of one run share: its pace, its quota of retries, its deadline, and whether the token was refused. */
import { setMaxListeners } from 'node:events';
import type { Clock } from '../../clock.ts';
import type { PdactionsError } from '../../errors.ts';
import type { StoreEvent } from '../store.ts';
import type { FailureKind } from './failure.ts';
import { Pacer } from './pacing.ts';
import { type CallClass, createQuota, type Quota } from './retry.ts';
import type { Request, Transport } from './transport.ts';

/** A call, with the interpretation of its answer. */
export interface Call<T> {
  readonly class: CallClass;
  readonly request: Request;
  /** In words after "could not". */
  readonly what: string;
  /** Decodes a good answer; a ShapeError makes it a bad one. */
  readonly decode: (document: unknown) => T;
  /**
   * For writes: the current state, if it matches; undefined if not, or if that cannot be proven.
   * @param answered true if the server confirmed the write, so that equality of the comparable parts is proof enough
   */
  readonly look?: ((answered: boolean) => Promise<T | undefined>) | undefined;
  /**
   * For deletes: the result of a call that took effect but whose answer is missing.
   * @param wasLost true if an earlier attempt may have done it
   */
  readonly whenApplied?: ((kind: FailureKind, wasLost: boolean) => T) | undefined;
  /** A success without a document is complete, as always for deletes; for a press the answer is unknown (U10). */
  readonly bodiless?: true | undefined;
  /** For reads: aborts if the caller no longer needs the answer. */
  readonly off?: AbortSignal | undefined;
}

export interface CallerOptions {
  readonly transport: Transport;
  readonly host: string;
  /** The source of this URL, for messages: `PAGERDUTY_API_URL`. */
  readonly hostFrom?: string | undefined;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Most requests in flight. */
  readonly inFlight: number;
  /** Ends waits and reads at once. A write in flight is never cut off, because its answer would be lost. */
  readonly signal?: AbortSignal | undefined;
  /** Limit for the whole run, in milliseconds: afterwards nothing is sent, and only a write in flight is awaited a little longer. */
  readonly runTimeoutMs: number;
  /** True for a default limit: it grows with the expected requests. */
  readonly runTimeoutGrows?: boolean | undefined;
  /** The process outlives this run: a refused token fails its own call, and no other. */
  readonly livesOn?: boolean | undefined;
  readonly observer?: ((event: StoreEvent) => void) | undefined;
  /** Tokens come from an OAuth app, which gets new ones. */
  readonly renew?: unknown;
}

/** Extra time for a write in flight when the run's time is up: cutting it off would lose its answer. */
export const LATE_WRITE_MS = 5_000;

/** The time of a request at half of PagerDuty's documented rate (fact 23): other clients may take the other half. */
const MS_PER_REQUEST = 60_000 / (960 / 2);

/** The state of a run. */
export interface CallLine {
  readonly options: CallerOptions;
  readonly quota: Quota;
  readonly pacer: Pacer;
  /** When the run's time is up, on the clock. */
  endsAt: number;
  requests: number;
  /** Set once the token was refused: nothing is sent any more, even for waiting calls (F20). */
  refused: PdactionsError | undefined;
  /** The signals of groups of calls, by the signal that cancels the group: one for each call would cost a large plan most of its time. */
  readonly ends: WeakMap<AbortSignal, AbortSignal>;
}

/** A new, unused line. */
export function openLine(options: CallerOptions): CallLine {
  const { clock, inFlight, signal, observer, runTimeoutMs } = options;
  // Thousands of requests may wait for their turn, and each of them listens for the end.
  if (signal) setMaxListeners(0, signal);
  const onWait = (ms: number): void => observer?.({ type: 'wait', ms, why: 'rate-limit' });
  const endsAt = clock.now() + runTimeoutMs;
  observer?.({ type: 'limit', at: endsAt });
  return {
    options,
    quota: createQuota(),
    pacer: new Pacer({ clock, inFlight, onWait }),
    endsAt,
    requests: 0,
    refused: undefined,
    ends: new WeakMap(),
  };
}

/** Milliseconds until the run's time is up, never negative. */
export function timeLeft({ endsAt, options }: CallLine): number {
  return Math.max(0, endsAt - options.clock.now());
}

/** Extends the run, if allowed, by the time for this many more requests. */
export function makeTimeFor(line: CallLine, requests: number): void {
  const { clock, runTimeoutMs, runTimeoutGrows, observer } = line.options;
  const needed = clock.now() + runTimeoutMs + requests * MS_PER_REQUEST;
  if (runTimeoutGrows !== true || needed <= line.endsAt) return;
  line.endsAt = needed;
  observer?.({ type: 'limit', at: needed });
}

/** The signal that ends the wait of a call: at the end of the run, or when the caller no longer needs the answer. */
export function endOf({ options, ends }: CallLine, { off }: Call<unknown>): AbortSignal | undefined {
  const { signal } = options;
  if (!off || !signal) return off ?? signal;
  const end = ends.get(off) ?? AbortSignal.any([signal, off]);
  ends.set(off, end);
  setMaxListeners(0, end);
  return end;
}
