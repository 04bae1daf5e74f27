/** From an authentic press to its answer: taken once, and handed to a worker in turn. Knows nothing of HTTP, nor of what running means. */
import { type AnswersFirst, createAnswersFirst } from './answers-first.ts';
import { messageOf } from './failure.ts';
import type { Ledger, Worker } from './ledger/ledger.ts';
import { type Claim, claimOf } from './press/claim.ts';
import { createPressWorker, type Delivery, type Request, type WorkerOptions } from './press-worker.ts';
import { within } from './within.ts';

/** The answer to the sender: only the first two mean that it is not sent again. */
export type Accepted = 'accepted' | 'duplicate' | 'full' | 'stopping' | 'failed';

export interface IntakeOptions extends Omit<WorkerOptions, 'mayBegin' | 'stop' | 'requestOf' | 'onCutOff'> {
  readonly ledger: Ledger;
  /** The time that running handlers have to end by themselves when the receiver stops (T46). */
  readonly drainMs: () => number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** True if `run` needs the raw request; otherwise it is not held. */
  readonly keepsRequests: boolean;
  /** The time that the answers to other presses may hold up a run. */
  readonly startDelayMs: number;
}

export interface Intake {
  accept(delivery: Delivery): Promise<Accepted>;
  /** Remembers a message of `pdactions test` for a while. False when it has come before. */
  test(id: string): boolean;
  /** Begins to run presses, first those that an earlier process has left. */
  start(): Promise<void>;
  /** Null when a press could be taken now; otherwise why not. */
  unready(): Promise<string | null>;
  readonly isStopping: boolean;
  /** Takes nothing more, and lets what runs end by itself for a while (T46). @returns false when something had to be cut off */
  stop(): Promise<boolean>;
}

/** Nothing runs for them, so nothing is lost when one is forgotten. */
const MOST_TESTS = 100;

/** The state of an intake. */
interface State {
  readonly options: IntakeOptions;
  readonly precedence: AnswersFirst;
  /** Ids of the messages of `pdactions test`. */
  readonly tests: Set<string>;
  /** Requests as they came, for as long as their presses wait here. */
  readonly requests: Map<string, Request>;
  /** Ends what runs. */
  readonly end: AbortController;
  isStopping: boolean;
  wasCutOff: boolean;
}

/** An intake over an open ledger, which stays the caller's to close. */
export function createIntake(options: IntakeOptions): Intake {
  const { ledger, clock, startDelayMs } = options;
  const state: State = {
    options,
    precedence: createAnswersFirst(startDelayMs, clock),
    tests: new Set(),
    requests: new Map(),
    end: new AbortController(),
    isStopping: false,
    wasCutOff: false,
  };
  return {
    accept: (delivery) => accept(delivery, state),
    test: (id) => isNewTest(id, state.tests),
    start: () => ledger.start(workerOf(state)),
    unready: async () => (state.isStopping ? 'stopping' : ledger.unready()),
    get isStopping() {
      return state.isStopping;
    },
    stop: () => stop(state),
  };
}

async function accept(delivery: Delivery, state: State): Promise<Accepted> {
  const { ledger, clean, log, now } = state.options;
  if (state.isStopping) return 'stopping';
  const { route, press } = delivery;
  const claim = claimOf(route.action, press, clean);
  const kept = { ...claim, press, takenAt: now() };
  try {
    const take = () => ledger.take(kept, () => noteAccepted(delivery, claim, state));
    const result = await state.precedence.answering(take);
    return result === 'new' ? 'accepted' : result;
  } catch (error) {
    log({ event: 'state-failed', level: 'error', ...claim, detail: messageOf(error) });
    return 'failed';
  }
}

/** Logged before its run begins, so that the log is in order. */
function noteAccepted({ press, body, headers, from }: Delivery, claim: Claim, state: State): void {
  const { keepsRequests, log } = state.options;
  if (keepsRequests) state.requests.set(press.id, { body, headers });
  log({ event: 'accepted', level: 'info', ...claim, ...from, status: 202 });
}

function isNewTest(id: string, tests: Set<string>): boolean {
  if (tests.has(id)) return false;
  const [oldest] = tests;
  if (oldest !== undefined && tests.size >= MOST_TESTS) tests.delete(oldest);
  tests.add(id);
  return true;
}

function workerOf(state: State): Worker {
  const { options, precedence, requests, end } = state;
  return createPressWorker({
    ...options,
    mayBegin: precedence.mayBegin,
    stop: end.signal,
    requestOf(id) {
      const request = requests.get(id);
      requests.delete(id);
      return request;
    },
    onCutOff() {
      state.wasCutOff = true;
    },
  });
}

async function stop(state: State): Promise<boolean> {
  const { ledger, drainMs, clock } = state.options;
  state.isStopping = true;
  const drained = ledger.drain();
  await within(drainMs(), drained, clock);
  state.end.abort();
  await drained;
  return !state.wasCutOff;
}
