/** The ledger of one receiver: a file that names every press before it is answered, and keeps its message until its run begins. */
import type { Clock } from '../../clock.ts';
import { messageOf } from '../failure.ts';
import type { Limits } from '../limits.ts';
import { type Claim, namesOf } from '../press/claim.ts';
import { recallPress } from '../press/message.ts';
import { redactObject } from '../press/record.ts';
import type { Log } from '../tell/events.ts';
import { createNotes, type NoteWriter } from '../tell/notes.ts';
import { within } from '../within.ts';
import type { Claims, Taken } from './claims.ts';
import { type Kept, type Ledger, MOST_AGE_MS, NOT_RUN, type Worker } from './ledger.ts';
import { createQueue, type Turn } from './turns.ts';

export interface FileLedgerOptions {
  readonly claims: Claims;
  readonly limits: Pick<Limits, 'running' | 'waiting' | 'notesMs'>;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
  readonly redact: (text: string) => string;
  /** Writes a note on an incident; absent: none are written. */
  readonly addNote?: NoteWriter | undefined;
}

type Job = Turn & { readonly kept: Kept };

/** Between tries to write down that a press begins. */
const AGAIN_MS = 1_000;
/** The time that an answer to "is there room?" counts: the question costs a write, and others than the operator may ask it. */
const FRESH_MS = 250;

/** A ledger over an open file of claims, which is closed with it. */
export function createFileLedger(options: FileLedgerOptions): Ledger {
  const { claims, limits, clock, now, log, redact, addNote } = options;
  const notes = createNotes({ claims, log, clock, addNote });
  const draining = new AbortController();
  let worker: Worker | undefined;
  let left: readonly Job[] = [];
  /** Presses that wait for the disk, and then for their turn. */
  let taking = 0;
  let answer: { readonly at: number; readonly why: string | null } | undefined;

  const settle = (claim: Claim, note: string | null): void => {
    if (note === null) claims.finish(claim.id);
    else notes.write(claim, note);
  };
  /** False when the receiver stops before that could be written down: then the press waits for the next start. */
  const begin = async (kept: Kept): Promise<boolean> => {
    for (let tries = 0; !draining.signal.aborted; tries += 1) {
      try {
        await claims.begin(kept.id);
        return true;
      } catch (error) {
        const detail = `its run waits until that can be written down (${messageOf(error)})`;
        if (tries === 0) log({ event: 'state-failed', level: 'error', ...namesOf(kept), detail });
        await clock.sleep(AGAIN_MS, draining.signal).catch(() => undefined);
      }
    }
    return false;
  };
  const queue = createQueue<Job>(limits, async (job) => {
    if (!worker) return;
    await worker.mayBegin();
    if (await begin(job.kept)) settle(job.kept, await worker.run(job.kept));
    else left = [...left, job];
  });
  const enqueue = (kept: Kept): void => {
    const { action, incident } = kept;
    const lane = `${incident} ${action}`;
    queue.add({ lane, group: action, width: worker?.widthOf(action) ?? 1, kept });
  };
  const resume = (claim: Claim, kept: Kept | undefined, by: Worker): void => {
    const why = kept ? whyNot(kept, by, now()) : NOT_RUN.lost;
    if (!kept || why !== undefined) {
      settle(claim, by.notRun(claim, why ?? NOT_RUN.lost));
      return;
    }
    log({ event: 'resumed', level: 'info', ...namesOf(kept) });
    enqueue(kept);
  };
  const recover = (taken: Taken, by: Worker): void => {
    const claim = namesOf(taken);
    if (taken.progress === 'noting') notes.write(claim, taken.note, true);
    else if (taken.progress === 'begun') settle(claim, by.unknown(claim));
    else resume(claim, keptOf(taken), by);
  };
  const isFull = (): boolean => queue.waiting.length + taking >= limits.waiting;
  const look = async (): Promise<string | null> => {
    if (isFull()) return 'too many presses are waiting';
    try {
      await claims.probe();
      return null;
    } catch (error) {
      return `the state file cannot be written (${messageOf(error)})`;
    }
  };

  return {
    async take(kept, onKept) {
      if (claims.has(kept.id)) return 'duplicate';
      // Before it is taken: what is not taken comes again.
      if (isFull()) return 'full';
      taking += 1;
      try {
        const message = redactObject(kept.press.message, redact);
        const result = await claims.take(kept, message ? { message, takenAt: kept.takenAt } : null);
        if (result === 'duplicate') return result;
        onKept();
        enqueue(kept);
        return 'new';
      } finally {
        taking -= 1;
      }
    },
    async start(by) {
      worker = by;
      if (claims.damaged > 0) log(aboutDamage(claims.damaged));
      for (const taken of claims.unfinished) recover(taken, by);
    },
    // A waiting press is looked up when its turn comes.
    reload: async () => undefined,
    async unready() {
      if (!answer || clock.now() - answer.at >= FRESH_MS) answer = { at: clock.now(), why: await look() };
      return answer.why;
    },
    async counts() {
      const waiting = [...queue.waiting, ...left];
      const oldest = Math.min(now(), ...waiting.map(({ kept }) => kept.takenAt));
      return {
        running: queue.running,
        waiting: waiting.length,
        oldestWaitingMs: now() - oldest,
        notesOwed: notes.owed,
      };
    },
    async drain() {
      left = [...left, ...queue.clear()];
      draining.abort();
      await queue.idle();
    },
    async close() {
      await within(limits.notesMs, notes.written(), clock);
      notes.abandon();
      await claims.close();
    },
  };
}

/** Why a press that an earlier process has left must not run any more. */
function whyNot({ action, takenAt }: Kept, worker: Worker, now: number): string | undefined {
  if (worker.widthOf(action) === undefined) return NOT_RUN.unserved;
  return now - takenAt > MOST_AGE_MS ? NOT_RUN.old : undefined;
}

function keptOf(taken: Taken): Kept | undefined {
  if (taken.progress !== 'waiting' || taken.kept === null) return undefined;
  const { id, kept } = taken;
  const press = recallPress(kept.message, id);
  return press && { ...namesOf(taken), press, takenAt: kept.takenAt };
}

function aboutDamage(lines: number): Parameters<Log>[0] {
  const what = lines === 1 ? 'a line' : `${lines} lines`;
  const detail = `${what} of the state file could not be read: a message that was taken there could run again`;
  return { event: 'state-failed', level: 'warn', detail };
}
