/** Handles a press when its turn comes: runs it, or refuses, then logs the outcome and writes a note. */
import type { Clock } from '../clock.ts';
import { HANDLER_DEFAULTS } from '../core/handler.ts';
import { messageOf } from './failure.ts';
import type { Kept, Worker } from './ledger/ledger.ts';
import { type Claim, namesOf } from './press/claim.ts';
import type { Press } from './press/message.ts';
import { labelOf, type Route } from './press/routes.ts';
import type { RunOutcome } from './run/script.ts';
import type { Log, ReceiverEvent } from './tell/events.ts';
import {
  type Clean,
  type NoteSubject,
  notAllowedNote,
  noteOf,
  notRunNote,
  startedNote,
  tailOf,
  unknownNote,
} from './tell/note.ts';
import type { NoteWriter } from './tell/notes.ts';

/** The raw request, for `--forward`. */
export interface RawRequest {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A press with its action, and its request. */
export interface Delivery extends RawRequest {
  readonly route: Route;
  readonly press: Press;
  /** The sender, for the log. */
  readonly from?: Pick<ReceiverEvent, 'peer' | 'forwarded'>;
}

export interface WorkerOptions {
  /** The actions that are served now. */
  readonly routes: () => Iterable<Route>;
  readonly clock: Clock;
  readonly log: Log;
  readonly clean: Clean;
  /** Why a press must not run; null if it may. */
  readonly refusal: (route: Route, press: Press, stop: AbortSignal) => Promise<string | null>;
  /** Writes a note that may be lost without harm; absent: no notes. */
  readonly addNote: NoteWriter | undefined;
  readonly startedNoteMs: number;
  /** Runs the handler of a delivery. The signal aborts if it must end. */
  readonly run: (delivery: Delivery, stop: AbortSignal) => Promise<RunOutcome>;
  readonly mayBegin: () => Promise<void>;
  /** Aborts when running handlers must end. */
  readonly stop: AbortSignal;
  /** Gives a request once; undefined for a press accepted by another process. */
  readonly requestOf: (id: string) => RawRequest | undefined;
  /** Called if a run had to be ended. */
  readonly onCutOff: () => void;
}

export function createPressWorker(options: WorkerOptions): Worker {
  return {
    mayBegin: options.mayBegin,
    widthOf: (action) => {
      const route = routeOf(action, options);
      return route && widthOf(route);
    },
    run: (kept) => runPress(kept, options),
    notRun(claim, why) {
      options.log({ event: 'not-run', level: 'warn', ...aboutOf(claim, options), detail: why });
      return noteFor(claim.action, true, options, () => notRunNote(toldOf(claim, options), why));
    },
    unknown(claim) {
      const detail = 'the receiver stopped while its handler was running';
      options.log({ event: 'unknown-outcome', level: 'warn', ...aboutOf(claim, options), detail });
      return noteFor(claim.action, true, options, () => unknownNote(toldOf(claim, options)));
    },
  };
}

/** The number of presses of an action that may run at a time. */
export function widthOf({ handler }: Route): number {
  return handler?.concurrency ?? HANDLER_DEFAULTS.concurrency;
}

async function runPress(kept: Kept, options: WorkerOptions): Promise<string | null> {
  const { log, refusal, stop } = options;
  const route = routeOf(kept.action, options);
  const why = route ? await refusal(route, kept.press, stop) : null;
  if (why !== null) {
    log({ event: 'not-allowed', level: 'warn', ...aboutOf(kept, options), detail: why });
    return noteFor(kept.action, true, options, () => notAllowedNote(toldOf(kept, options), why));
  }
  log({ event: 'started', level: 'info', ...aboutOf(kept, options) });
  const over = new AbortController();
  void noteIfSlow(kept, over.signal, options);
  const outcome = await outcomeOf(kept, options).finally(() => over.abort());
  logOutcome(kept, outcome, options);
  if (outcome.kind === 'stopped') options.onCutOff();
  const isFailure = outcome.kind !== 'succeeded';
  return noteFor(kept.action, isFailure, options, () => noteOf(toldOf(kept, options), outcome));
}

async function outcomeOf(kept: Kept, options: WorkerOptions): Promise<RunOutcome> {
  const route = routeOf(kept.action, options);
  // A reload may have taken it away since its turn came.
  if (!route) return { kind: 'failed', how: 'no longer has a handler', ms: 0, output: '' };
  const request = options.requestOf(kept.id) ?? recalled(kept);
  try {
    return await options.run({ route, press: kept.press, ...request }, options.stop);
  } catch (error) {
    // Should not happen, but if it does the responder is told.
    const how = `failed because of an internal error (${messageOf(error)})`;
    return { kind: 'failed', how, ms: 0, output: '' };
  }
}

function logOutcome(kept: Kept, outcome: RunOutcome, options: WorkerOptions): void {
  const { log, clean } = options;
  const { kind: event, how, ms, exitCode } = outcome;
  const output = tailOf(clean(outcome.output)) || undefined;
  const level = event === 'succeeded' ? 'info' : 'error';
  log({ event, level, ...aboutOf(kept, options), ms, exitCode, detail: how, output });
}

/** A responder who gets no feedback presses again. */
async function noteIfSlow(kept: Kept, over: AbortSignal, options: WorkerOptions): Promise<void> {
  const { addNote, startedNoteMs: ms, clock, log } = options;
  if (!addNote || routeOf(kept.action, options)?.handler?.note !== 'always') return;
  const isOver = await clock.sleep(ms, over).then(
    () => false,
    () => true,
  );
  if (isOver) return;
  const about = aboutOf(kept, options);
  await addNote(kept.incident, startedNote(toldOf(kept, options), ms), false).then(
    () => log({ event: 'noted', level: 'info', ...about, detail: 'still running' }),
    (error: unknown) => log({ event: 'note-failed', level: 'warn', ...about, detail: messageOf(error) }),
  );
}

/** Null if the config wants no note for this outcome. */
function noteFor(
  action: string,
  isFailure: boolean,
  options: WorkerOptions,
  content: () => string,
): string | null {
  const policy = routeOf(action, options)?.handler?.note ?? 'never';
  return policy === 'never' || (policy === 'on-failure' && !isFailure) ? null : content();
}

/** A claim, with its press while that is kept. */
type KeptClaim = Claim & Partial<Pick<Kept, 'press'>>;

function toldOf({ id, action, user = '', press }: KeptClaim, options: WorkerOptions): NoteSubject {
  const route = routeOf(action, options);
  return { label: route ? labelOf(route, press) : action, id, user, clean: options.clean };
}

/** A press as log lines name it. */
function aboutOf(named: KeptClaim, options: WorkerOptions) {
  const route = routeOf(named.action, options);
  const label = route && options.clean(labelOf(route, named.press));
  return { ...namesOf(named), label };
}

function routeOf(action: string, { routes }: WorkerOptions): Route | undefined {
  return [...routes()].find((route) => route.action === action);
}

/** The request of a press that another process accepted: without its original headers, because they contain secrets. */
function recalled({ id, press }: Kept): RawRequest {
  const body = JSON.stringify({ messages: [press.message] });
  return { body, headers: { 'content-type': 'application/json', 'x-webhook-id': id } };
}
