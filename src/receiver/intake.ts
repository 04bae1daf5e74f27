/** From an authentic press to its outcome: taken once, run in turn, told. Knows nothing of HTTP, nor of what running means. */
import type { Clock } from '../clock.ts';
import type { Claims, Unfinished } from './claims.ts';
import type { Log, ReceiverEvent } from './events.ts';
import type { Limits } from './limits.ts';
import type { Press } from './message.ts';
import { type Clean, noteOf, notRunNote, tailOf, unknownNote } from './note.ts';
import { createQueue, type Job as Queued } from './queue.ts';
import type { Route } from './routes.ts';
import type { Outcome } from './script.ts';

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
  readonly addNote?: ((incident: string, content: string) => Promise<void>) | undefined;
}

export interface Intake {
  accept(delivery: Delivery): Accepted;
  /** Tells about what an earlier process has left behind. */
  recover(routes: Iterable<Route>): void;
  readonly running: number;
  readonly waiting: number;
  readonly isStopping: boolean;
  /** Takes nothing more, lets scripts end by themselves for a while, ends them, and writes the last notes (T46). */
  stop(): Promise<void>;
}

type Job = Queued & { readonly delivery: Delivery };

export function createIntake(options: IntakeOptions): Intake {
  const { claims, limits, clock, log, clean, addNote } = options;
  const end = new AbortController();
  const notes = new Set<Promise<void>>();
  let isStopping = false;

  const note = (route: Route, incident: string, id: string, isFailure: boolean, content: string): void => {
    const policy = route.handler?.note ?? 'never';
    if (!addNote || policy === 'never' || (policy === 'on-failure' && !isFailure)) return;
    const about = { action: route.action, incident, id };
    const written = addNote(incident, content).then(
      () => log({ event: 'noted', level: 'info', ...about }),
      (error: unknown) => log({ event: 'note-failed', level: 'error', ...about, detail: messageOf(error) }),
    );
    notes.add(written);
    void written.then(() => notes.delete(written));
  };

  const perform = async ({ delivery }: Job): Promise<void> => {
    const { route, press } = delivery;
    const about = { action: route.action, incident: press.incident.id, id: press.id };
    log({ event: 'started', level: 'info', ...about });
    claims.begin(press.id);
    const outcome = await options.run(delivery, end.signal);
    claims.finish(press.id);
    const { kind: event, how, ms, exitCode } = outcome;
    const isFailure = event !== 'succeeded';
    const output = tailOf(clean(outcome.output)) || undefined;
    log({ event, level: isFailure ? 'error' : 'info', ...about, ms, exitCode, detail: how, output });
    const told = { label: route.label, press, clean };
    note(route, press.incident.id, press.id, isFailure, noteOf(told, outcome));
  };
  const queue = createQueue<Job>(limits, perform);

  return {
    accept(delivery) {
      const { route, press } = delivery;
      if (isStopping) return 'stopping';
      if (claims.has(press.id)) return 'duplicate';
      // Before it is taken: what is not taken comes again.
      if (queue.isFull) return 'full';
      try {
        claims.take({ id: press.id, action: route.action, incident: press.incident.id });
      } catch {
        return 'failed';
      }
      // Told before it begins, so that the log is in order.
      const about = { action: route.action, incident: press.incident.id, id: press.id };
      log({ event: 'accepted', level: 'info', ...about, user: press.user.name, status: 202 });
      queue.add({ lane: route.action, width: route.handler?.concurrency ?? 1, delivery });
      return 'accepted';
    },
    recover(routes) {
      const byAction = new Map([...routes].map((route) => [route.action, route]));
      for (const claim of claims.unfinished) {
        claims.finish(claim.id);
        log(aboutUnfinished(claim));
        const route = byAction.get(claim.action);
        if (!route) continue;
        const told = { label: route.label, press: NOBODY, clean };
        const content = claim.hasBegun ? unknownNote(route.label, clean) : notRunNote(told);
        note(route, claim.incident, claim.id, true, content);
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
        claims.finish(press.id);
        const about = { action: route.action, incident: press.incident.id, id: press.id };
        log({ event: 'not-run', level: 'warn', ...about, detail: 'the receiver has to stop' });
        const told = { label: route.label, press, clean };
        note(route, press.incident.id, press.id, true, notRunNote(told));
      }
      await within(limits.stopMs, queue.idle(), clock);
      end.abort();
      await queue.idle();
      await within(limits.notesMs, Promise.all(notes), clock);
    },
  };
}

/** Who pressed is not in the file of claims. */
const NOBODY = { user: { id: '', name: '' } };

function aboutUnfinished({ action, incident, id, hasBegun }: Unfinished): ReceiverEvent {
  return {
    event: hasBegun ? 'unknown-outcome' : 'not-run',
    level: 'warn',
    action,
    incident,
    id,
    detail: `an earlier run of the receiver ended ${hasBegun ? 'in the middle of it' : 'before its turn came'}`,
  };
}

/** Waits for it, but not for ever. */
async function within(ms: number, what: Promise<unknown>, clock: Clock): Promise<void> {
  const timer = new AbortController();
  await Promise.race([what, clock.sleep(ms, timer.signal).catch(() => undefined)]);
  timer.abort();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'an unknown error';
}
