/** From an authentic press to its outcome: taken once, run in turn, reported. Knows nothing of HTTP, nor of what running means. */
import type { Clock } from '../clock.ts';
import { createAnswersFirst } from './answers-first.ts';
import { messageOf } from './failure.ts';
import type { Kept, Ledger, Worker } from './ledger/ledger.ts';
import type { Claim } from './press/claim.ts';
import type { Press } from './press/message.ts';
import type { Route } from './press/routes.ts';
import type { Outcome } from './run/script.ts';
import type { Log, ReceiverEvent } from './tell/events.ts';
import {
  type Clean,
  notAllowedNote,
  noteOf,
  notRunNote,
  startedNote,
  tailOf,
  unknownNote,
} from './tell/note.ts';
import type { NoteWriter } from './tell/notes.ts';
import { within } from './within.ts';

/** A press with the action that it belongs to, and the request as it came. */
export interface Delivery {
  readonly route: Route;
  readonly press: Press;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The sender, for the log. */
  readonly from?: Pick<ReceiverEvent, 'peer' | 'forwarded'>;
}

/** What the sender is told: only the first two mean that it is not sent again. */
export type Accepted = 'accepted' | 'duplicate' | 'full' | 'stopping' | 'failed';

export interface IntakeOptions {
  readonly ledger: Ledger;
  /** The actions that are served now. */
  readonly routes: () => Iterable<Route>;
  /** How long what runs may take to end by itself when the receiver stops (T46). */
  readonly drainMs: () => number;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
  readonly clean: Clean;
  /** Whether `run` needs the request as it came; otherwise it is not held. */
  readonly keepsRequests: boolean;
  /** Why a press must not run; null when it may. */
  readonly refusal: (route: Route, press: Press, stop: AbortSignal) => Promise<string | null>;
  /** Writes a note whose loss would be no harm; absent: none are written. */
  readonly addNote: NoteWriter | undefined;
  readonly startedNoteMs: number;
  /** How long the answers to other presses may hold up a run. */
  readonly startDelayMs: number;
  /** Runs what belongs to a delivery. The signal aborts when it has to end. */
  readonly run: (delivery: Delivery, stop: AbortSignal) => Promise<Outcome>;
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

/** An intake over an open ledger, which stays the caller's to close. */
export function createIntake(options: IntakeOptions): Intake {
  const { ledger, routes, clock, now, log, clean } = options;
  const end = new AbortController();
  const tests = new Set<string>();
  /** Requests as they came, for as long as their presses wait here. */
  const requests = new Map<string, Pick<Delivery, 'body' | 'headers'>>();
  let isStopping = false;
  let wasCutOff = false;

  const routeOf = (action: string): Route | undefined =>
    [...routes()].find((route) => route.action === action);
  const precedence = createAnswersFirst(options.startDelayMs, clock);
  const worker = createWorker();

  function createWorker(): Worker {
    /** Null where the config wants no note for this outcome. */
    const noteFor = (action: string, isFailure: boolean, content: () => string): string | null => {
      const policy = routeOf(action)?.handler?.note ?? 'never';
      return policy === 'never' || (policy === 'on-failure' && !isFailure) ? null : content();
    };
    const told = ({ id, action }: Claim) => ({
      label: routeOf(action)?.label ?? action,
      press: { id, user: NO_USER },
      clean,
    });
    const ended = async (kept: Kept): Promise<Outcome> => {
      const route = routeOf(kept.action);
      // A reload may have taken it away since its turn came.
      if (!route) return { kind: 'failed', how: 'has no handler any more', ms: 0, output: '' };
      const request = requests.get(kept.id) ?? recalled(kept);
      requests.delete(kept.id);
      try {
        return await options.run({ route, press: kept.press, ...request }, end.signal);
      } catch (error) {
        // It should not happen, and if it does the responder is told all the same.
        const how = `failed inside of pdactions (${messageOf(error)})`;
        return { kind: 'failed', how, ms: 0, output: '' };
      }
    };
    /** A responder who hears nothing presses again. */
    const tellIfSlow = async ({ action, incident, id, press }: Kept, label: string, over: AbortSignal) => {
      const { addNote, startedNoteMs: ms } = options;
      if (!addNote || routeOf(action)?.handler?.note !== 'always') return;
      const isOver = await clock.sleep(ms, over).then(
        () => false,
        () => true,
      );
      if (isOver) return;
      const about = { action, incident, id };
      await addNote(incident, startedNote({ label, press, clean }, ms), false).then(
        () => log({ event: 'noted', level: 'info', ...about, detail: 'that it still runs' }),
        (error: unknown) => log({ event: 'note-failed', level: 'warn', ...about, detail: messageOf(error) }),
      );
    };
    return {
      mayBegin: precedence.mayBegin,
      widthOf: (action) => {
        const route = routeOf(action);
        return route && widthOf(route);
      },
      async run(kept) {
        const { action, incident, id, press } = kept;
        const route = routeOf(action);
        const label = route?.label ?? action;
        const why = route ? await options.refusal(route, press, end.signal) : null;
        if (why !== null) {
          const about = { action, incident, id, user: press.user.name };
          log({ event: 'not-allowed', level: 'warn', ...about, detail: why });
          return noteFor(action, true, () => notAllowedNote({ label, press, clean }, why));
        }
        log({ event: 'started', level: 'info', action, incident, id });
        const over = new AbortController();
        void tellIfSlow(kept, label, over.signal);
        const outcome = await ended(kept).finally(() => over.abort());
        const { kind: event, how, ms, exitCode } = outcome;
        const isFailure = event !== 'succeeded';
        const output = tailOf(clean(outcome.output)) || undefined;
        if (event === 'stopped') wasCutOff = true;
        const level = isFailure ? 'error' : 'info';
        log({ event, level, action, incident, id, ms, exitCode, detail: how, output });
        return noteFor(action, isFailure, () => noteOf({ label, press, clean }, outcome));
      },
      notRun(claim, why) {
        log({ event: 'not-run', level: 'warn', ...namesOf(claim), detail: why });
        return noteFor(claim.action, true, () => notRunNote(told(claim), why));
      },
      unknown(claim) {
        const detail = 'an earlier run of the receiver ended in the middle of it';
        log({ event: 'unknown-outcome', level: 'warn', ...namesOf(claim), detail });
        return noteFor(claim.action, true, () => unknownNote(told(claim)));
      },
    };
  }

  return {
    async accept({ route, press, body, headers, from }) {
      if (isStopping) return 'stopping';
      const claim = { id: press.id, action: route.action, incident: press.incident.id };
      const onKept = (): void => {
        if (options.keepsRequests) requests.set(press.id, { body, headers });
        // Logged before it begins, so that the log is in order.
        log({ event: 'accepted', level: 'info', ...claim, user: press.user.name, ...from, status: 202 });
      };
      try {
        const kept = { ...claim, press, takenAt: now() };
        const result = await precedence.answering(() => ledger.take(kept, onKept));
        return result === 'new' ? 'accepted' : result;
      } catch (error) {
        log({ event: 'state-failed', level: 'error', ...claim, detail: messageOf(error) });
        return 'failed';
      }
    },
    test(id) {
      if (tests.has(id)) return false;
      const [oldest] = tests;
      if (oldest !== undefined && tests.size >= MOST_TESTS) tests.delete(oldest);
      tests.add(id);
      return true;
    },
    start: () => ledger.start(worker),
    unready: async () => (isStopping ? 'stopping' : ledger.unready()),
    get isStopping() {
      return isStopping;
    },
    async stop() {
      isStopping = true;
      const drained = ledger.drain();
      await within(options.drainMs(), drained, clock);
      end.abort();
      await drained;
      return !wasCutOff;
    },
  };
}

/** How many presses of an action may run at a time. */
export function widthOf({ handler }: Route): number {
  return handler?.concurrency ?? 1;
}

/** The name of the user who pressed is in the message, which is not kept once a run has begun. */
const NO_USER = { id: '', name: '' };

function namesOf({ id, action, incident }: Claim): Claim {
  return { id, action, incident };
}

/** The request of a press that another process took: without the headers that it came with, as those hold secrets. */
function recalled({ id, press }: Kept): Pick<Delivery, 'body' | 'headers'> {
  const body = JSON.stringify({ messages: [press.message] });
  return { body, headers: { 'content-type': 'application/json', 'x-webhook-id': id } };
}
