/** The state that all services of one apply share: whether to continue, and its counters. */
import type { Clock } from '../clock.ts';
import { AuthError, PdactionsError, type Reason, RemoteError } from '../errors.ts';
import type { ActionStore } from '../pagerduty/store.ts';
import { type Canary, createCanary } from './canary.ts';
import type { Stop } from './report.ts';

/** At most this many changes in a row may fail by network or server before the run ends itself (docs/faults.md). */
const BREAKER = 5;

/** Waits between one look and the next: at +1, +3 and +7 seconds. */
export const LOOKS_MS: readonly number[] = [1_000, 2_000, 4_000];

/** Time limit for the answer to a write in flight after the first Ctrl-C. */
const GRACE_MS = 5_000;

const OUTAGE: ReadonlySet<Reason | undefined> = new Set<Reason>([
  'network',
  'dns',
  'tls',
  'timeout',
  'lost_response',
  'server_error',
  'bad_body',
  'proxy',
]);

export interface Run {
  readonly store: ActionStore;
  readonly clock: Clock;
  /** When the plan was read, on the clock. */
  readonly readAt: number;
  readonly interrupted: AbortSignal | undefined;
  /** The canary for updates that omit headers. */
  readonly canary: Canary;
  /** Ids of the actions that this run has created. */
  readonly created: Set<string>;
  /** Those named by an answer to this run: no other run can have created them. */
  readonly made: Set<string>;
  /** Why no further change may start; null while all is well. */
  stopped(): Stop | null;
  succeeded(): void;
  /** Counts a failure and decides whether it ends the run. */
  failed(error: unknown): void;
  /** Waits before another look, but not beyond the end of the run: the look itself then reports that the time is used up. */
  pause(ms: number): Promise<void>;
  /** The write's answer, or `'late'` if the run was interrupted and the answer has not come in time. */
  awaitWrite<T>(write: Promise<T>): Promise<T | 'late'>;
}

export interface RunOptions {
  readonly clock: Clock;
  readonly readAt: number;
  readonly interrupted?: AbortSignal | undefined;
}

/** A new run. */
export function startRun(store: ActionStore, { clock, readAt, interrupted }: RunOptions): Run {
  let stop: Stop | null = null;
  let failures = 0;
  return {
    store,
    clock,
    readAt,
    interrupted,
    canary: createCanary(),
    created: new Set(),
    made: new Set(),
    stopped: () => stop ?? (interrupted?.aborted ? { why: 'interrupted' } : null),
    succeeded() {
      failures = 0;
    },
    failed(error) {
      failures = isOutage(error) ? failures + 1 : 0;
      stop ??= stopFor(error);
      if (failures >= BREAKER) stop ??= { why: 'breaker', failures };
    },
    pause: (ms) => clock.sleep(Math.min(ms, store.timeLeft()), interrupted),
    awaitWrite: (write) => withGrace(write, clock, interrupted),
  };
}

function isOutage(error: unknown): boolean {
  return error instanceof RemoteError && OUTAGE.has(error.reason);
}

/**
 * A refused token, or an answer that makes any further write a risk, ends the run; a forbidden service does not (F21). If a
 * lost answer could not be looked up either, the failure of the look decides (F18).
 */
function stopFor(error: unknown): Stop | null {
  if (!(error instanceof PdactionsError)) return { why: 'bug', cause: error };
  return stopBy(error) ?? (error.cause instanceof PdactionsError ? stopBy(error.cause) : null);
}

function stopBy(error: PdactionsError): Stop | null {
  // Also for a write left open by the interruption: the signal ended the run (exit 130).
  if (error.reason === 'interrupted') return { why: 'interrupted' };
  const ends =
    (error instanceof AuthError && error.reason !== 'forbidden') ||
    (error instanceof RemoteError && error.aftermath === 'stop');
  return ends ? { why: 'error', error } : null;
}

async function withGrace<T>(
  write: Promise<T>,
  clock: Clock,
  interrupted: AbortSignal | undefined,
): Promise<T | 'late'> {
  if (!interrupted) return write;
  const settled = new AbortController();
  const late = new Promise<'late'>((resolve) => {
    const begin = (): void => {
      clock.sleep(GRACE_MS, settled.signal).then(
        () => resolve('late'),
        () => undefined,
      );
    };
    if (interrupted.aborted) begin();
    else interrupted.addEventListener('abort', begin, { once: true, signal: settled.signal });
  });
  try {
    return await Promise.race([write, late]);
  } finally {
    settled.abort();
    // Nothing waits for an answer that comes too late.
    write.catch(() => undefined);
  }
}
