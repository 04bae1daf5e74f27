/** From an authentic press to its answer: accepted once, and passed to a worker in turn. Independent of HTTP and of how presses run. */
import { type AnswersFirst, createAnswersFirst } from './answers-first.ts';
import { messageOf } from './failure.ts';
import type { Ledger, Worker } from './ledger/ledger.ts';
import { type Claim, claimOf } from './press/claim.ts';
import { labelOf } from './press/routes.ts';
import { createPressWorker, type Delivery, type RawRequest, type WorkerOptions } from './press-worker.ts';
import { within } from './within.ts';

/** The answer to the sender: only the first two mean that it is not sent again. */
export type Accepted = 'accepted' | 'duplicate' | 'full' | 'stopping' | 'failed';

export interface IntakeOptions extends Omit<WorkerOptions, 'mayBegin' | 'stop' | 'requestOf' | 'onCutOff'> {
  readonly ledger: Ledger;
  /** The time for running handlers to end by themselves when the receiver stops (T46). */
  readonly drainMs: () => number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** True if `run` needs the raw request; otherwise it is not kept. */
  readonly keepsRequests: boolean;
  /** Limit for delaying a run by the answers to other presses. */
  readonly startDelayMs: number;
}

export interface Intake {
  accept(delivery: Delivery): Promise<Accepted>;
  /** Remembers a message of `pdactions test` for a while. False if it is a duplicate. */
  test(id: string): boolean;
  /** Starts to run presses, first those left by an earlier process. */
  start(): Promise<void>;
  /** Null if a press could be accepted now; otherwise the reason. */
  unready(): Promise<string | null>;
  readonly isStopping: boolean;
  /** Accepts nothing more, and lets running handlers finish for a while (T46). @returns false if one had to be ended */
  stop(): Promise<boolean>;
}

/** Nothing runs for them, so nothing is lost when one is forgotten. */
const MOST_TESTS = 100;

/** The state of an intake. */
interface IntakeState {
  readonly options: IntakeOptions;
  readonly precedence: AnswersFirst;
  /** Ids of the messages of `pdactions test`. */
  readonly tests: Set<string>;
  /** The raw requests of presses that wait here. */
  readonly requests: Map<string, RawRequest>;
  /** Ends running handlers. */
  readonly end: AbortController;
  isStopping: boolean;
  wasCutOff: boolean;
}

/** An intake over an open ledger, which the caller closes. */
export function createIntake(options: IntakeOptions): Intake {
  const { ledger, clock, startDelayMs } = options;
  const state: IntakeState = {
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

async function accept(delivery: Delivery, state: IntakeState): Promise<Accepted> {
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
function noteAccepted(delivery: Delivery, claim: Claim, state: IntakeState): void {
  const { route, press, body, headers, from } = delivery;
  const { keepsRequests, log, clean } = state.options;
  if (keepsRequests) state.requests.set(press.id, { body, headers });
  const label = clean(labelOf(route, press));
  log({ event: 'accepted', level: 'info', ...claim, label, ...from, status: 202 });
}

function isNewTest(id: string, tests: Set<string>): boolean {
  if (tests.has(id)) return false;
  const [oldest] = tests;
  if (oldest !== undefined && tests.size >= MOST_TESTS) tests.delete(oldest);
  tests.add(id);
  return true;
}

function workerOf(state: IntakeState): Worker {
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

async function stop(state: IntakeState): Promise<boolean> {
  const { ledger, drainMs, clock } = state.options;
  state.isStopping = true;
  const drained = ledger.drain();
  await within(drainMs(), drained, clock);
  state.end.abort();
  await drained;
  return !state.wasCutOff;
}
