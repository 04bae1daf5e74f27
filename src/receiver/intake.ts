/** From an authentic press to its outcome: taken once, run in turn, told. Knows nothing of HTTP, nor of what running means. */
import type { Clock } from '../clock.ts';
import { messageOf } from './failure.ts';
import type { Claim, Claims, Taken } from './ledger/claims.ts';
import type { Limits } from './limits.ts';
import type { Press } from './press/message.ts';
import { createQueue, type Job as Queued } from './press/queue.ts';
import type { Route } from './press/routes.ts';
import type { Outcome } from './run/script.ts';
import type { Log, ReceiverEvent } from './tell/events.ts';
import { type Clean, noteOf, notRunNote, tailOf, unknownNote } from './tell/note.ts';
import { createNotes, type NoteWriter } from './tell/notes.ts';

/** A press with the action that it belongs to, and the request as it came. */
export interface Delivery {
  readonly route: Route;
  readonly press: Press;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the sender is told: only the first two mean that it is not sent again. */
export type Accepted = 'accepted' | 'duplicate' | 'full' | 'stopping' | 'failed';

export interface IntakeOptions {
  readonly claims: Claims;
  readonly limits: Pick<Limits, 'running' | 'waiting' | 'stopMs' | 'notesMs'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly clean: Clean;
  /** Runs what belongs to a delivery. The signal aborts when it has to end. */
  readonly run: (delivery: Delivery, stop: AbortSignal) => Promise<Outcome>;
  /** Writes a note on an incident; absent: none are written. */
  readonly addNote?: NoteWriter | undefined;
}

export interface Intake {
  accept(delivery: Delivery): Accepted;
  /** Remembers a message of `pdactions test` for a while. False when it has come before. */
  test(id: string): boolean;
  /** Tells about what an earlier process has left behind. */
  recover(routes: Iterable<Route>): void;
  readonly running: number;
  readonly waiting: number;
  readonly isStopping: boolean;
  /** Takes nothing more, lets scripts end by themselves for a while, ends them, and writes the last notes (T46). */
  stop(): Promise<void>;
}

/** Nothing runs for them, so nothing is lost when one is forgotten. */
const MOST_TESTS = 100;

type Job = Queued & { readonly delivery: Delivery };

/** An intake over an open file of claims, which stays the caller's to close. */
export function createIntake(options: IntakeOptions): Intake {
  const { claims, limits, clock, log, clean, addNote } = options;
  const end = new AbortController();
  const notes = createNotes({ claims, log, clock, addNote });
  const tests = new Set<string>();
  let isStopping = false;

  /** The claim is finished once the note is written, or when there is none to write. */
  const tell = (route: Route | undefined, claim: Claim, isFailure: boolean, content: string): void => {
    const policy = route?.handler?.note ?? 'never';
    if (policy === 'never' || (policy === 'on-failure' && !isFailure)) claims.finish(claim.id);
    else notes.write(claim, content);
  };

  const perform = async ({ delivery }: Job): Promise<void> => {
    const { route, press } = delivery;
    const claim = claimOf(delivery);
    const outcome = await begun(delivery);
    const { kind: event, how, ms, exitCode } = outcome;
    const isFailure = event !== 'succeeded';
    const output = tailOf(clean(outcome.output)) || undefined;
    const { action, incident, id } = claim;
    const level = isFailure ? 'error' : 'info';
    log({ event, level, action, incident, id, ms, exitCode, detail: how, output });
    const told = { label: route.label, press, clean };
    tell(route, claim, isFailure, noteOf(told, outcome));
  };
  const begun = async (delivery: Delivery): Promise<Outcome> => {
    const { action, incident, id } = claimOf(delivery);
    try {
      claims.begin(id);
    } catch (error) {
      // It would run, and the next start would say that it has not.
      const how = `could not be started: its beginning could not be written down (${messageOf(error)})`;
      return { kind: 'failed', how, ms: 0, output: '' };
    }
    log({ event: 'started', level: 'info', action, incident, id });
    try {
      return await options.run(delivery, end.signal);
    } catch (error) {
      // It should not happen, and if it does the responder is told all the same.
      return { kind: 'failed', how: `failed inside of pdactions (${messageOf(error)})`, ms: 0, output: '' };
    }
  };
  const queue = createQueue<Job>(limits, perform);

  return {
    accept(delivery) {
      const { route, press } = delivery;
      if (isStopping) return 'stopping';
      if (claims.has(press.id)) return 'duplicate';
      // Before it is taken: what is not taken comes again.
      if (queue.isFull) return 'full';
      const claim = claimOf(delivery);
      try {
        claims.take(claim);
      } catch (error) {
        log({ event: 'state-failed', level: 'error', ...claim, detail: messageOf(error) });
        return 'failed';
      }
      // Told before it begins, so that the log is in order.
      log({ event: 'accepted', level: 'info', ...claim, user: press.user.name, status: 202 });
      queue.add({ lane: route.action, width: route.handler?.concurrency ?? 1, delivery });
      return 'accepted';
    },
    test(id) {
      if (tests.has(id)) return false;
      const [oldest] = tests;
      if (oldest !== undefined && tests.size >= MOST_TESTS) tests.delete(oldest);
      tests.add(id);
      return true;
    },
    recover(routes) {
      const byAction = new Map([...routes].map((route) => [route.action, route]));
      if (claims.damaged > 0) log(aboutDamage(claims.damaged));
      for (const taken of claims.unfinished) {
        if (taken.progress === 'noting') {
          notes.write(taken, taken.note, true);
          continue;
        }
        log(aboutUnfinished(taken));
        const route = byAction.get(taken.action);
        const told = { label: route?.label ?? taken.action, press: { id: taken.id, user: NOBODY }, clean };
        tell(route, taken, true, taken.progress === 'begun' ? unknownNote(told) : notRunNote(told));
      }
    },
    get running() {
      return queue.running;
    },
    get waiting() {
      return queue.waiting;
    },
    get isStopping() {
      return isStopping;
    },
    async stop() {
      isStopping = true;
      for (const { delivery } of queue.clear()) {
        const { route, press } = delivery;
        const claim = claimOf(delivery);
        log({ event: 'not-run', level: 'warn', ...claim, detail: 'the receiver has to stop' });
        tell(route, claim, true, notRunNote({ label: route.label, press, clean }));
      }
      await within(limits.stopMs, queue.idle(), clock);
      end.abort();
      await queue.idle();
      await within(limits.notesMs, notes.written(), clock);
      notes.abandon();
    },
  };
}

/** Who pressed is not in the file of claims. */
const NOBODY = { id: '', name: '' };

function claimOf({ route, press }: Delivery): Claim {
  return { id: press.id, action: route.action, incident: press.incident.id };
}

function aboutUnfinished({ action, incident, id, progress }: Taken): ReceiverEvent {
  const hasBegun = progress !== 'waiting';
  return {
    event: hasBegun ? 'unknown-outcome' : 'not-run',
    level: 'warn',
    action,
    incident,
    id,
    detail: `an earlier run of the receiver ended ${hasBegun ? 'in the middle of it' : 'before its turn came'}`,
  };
}

function aboutDamage(lines: number): ReceiverEvent {
  const what = lines === 1 ? 'a line' : `${lines} lines`;
  const detail = `${what} of the state file could not be read: a message that was taken there could run again`;
  return { event: 'state-failed', level: 'warn', detail };
}

/** Waits for it, but not for ever. */
async function within(ms: number, what: Promise<unknown>, clock: Clock): Promise<void> {
  const timer = new AbortController();
  await Promise.race([what, clock.sleep(ms, timer.signal).catch(() => undefined)]);
  timer.abort();
}
