/** The ledger of one receiver: a file that records every press before it is answered, and keeps its message until its run begins. */
import type { Clock } from '../../clock.ts';
import { messageOf } from '../failure.ts';
import type { Limits } from '../limits.ts';
import { type Claim, namesOf } from '../press/claim.ts';
import { recallPress } from '../press/message.ts';
import { redactObject } from '../press/record.ts';
import type { Log } from '../tell/events.ts';
import { Notes, type NoteWriter } from '../tell/notes.ts';
import { within } from '../within.ts';
import type { Claims, TakenPress } from './claims.ts';
import {
  type Kept,
  type Ledger,
  MOST_AGE_MS,
  NOT_RUN,
  type PressCounts,
  type TakeResult,
  type Worker,
} from './ledger.ts';
import { Readiness } from './readiness.ts';
import { type RunTurn, TurnQueue } from './turns.ts';

export interface FileLedgerOptions {
  readonly claims: Claims;
  readonly limits: Pick<Limits, 'running' | 'waiting' | 'notesMs'>;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
  readonly redact: (text: string) => string;
  /** Writes a note on an incident; absent: no notes. */
  readonly addNote?: NoteWriter | undefined;
}

type Job = RunTurn & { readonly kept: Kept };

/** Delay between attempts to record the start of a press. */
const AGAIN_MS = 1_000;

/** A ledger over an open file of claims, which is closed with it. */
export class FileLedger implements Ledger {
  readonly #options: FileLedgerOptions;
  readonly #notes: Notes;
  readonly #queue: TurnQueue<Job>;
  readonly #readiness: Readiness;
  readonly #draining = new AbortController();
  #worker: Worker | undefined;
  /** Presses whose turn came after the end had begun. */
  #left: readonly Job[] = [];
  /** Presses that wait for the disk, and then for their turn. */
  #taking = 0;

  constructor(options: FileLedgerOptions) {
    this.#options = options;
    this.#notes = new Notes(options);
    this.#queue = new TurnQueue<Job>(options.limits, (job) => this.#run(job));
    this.#readiness = new Readiness(() => this.#look(), options.clock);
  }

  async take(kept: Kept, onKept: () => void): Promise<TakeResult> {
    const { claims, redact } = this.#options;
    if (claims.has(kept.id)) return 'duplicate';
    // Before it is accepted: a refused press is sent again.
    if (this.#isFull()) return 'full';
    this.#taking += 1;
    try {
      const message = redactObject(kept.press.message, redact);
      const result = await claims.take(kept, message ? { message, takenAt: kept.takenAt } : null);
      if (result === 'duplicate') return result;
      onKept();
      this.#enqueue(kept);
      return 'new';
    } finally {
      this.#taking -= 1;
    }
  }

  async start(worker: Worker): Promise<void> {
    const { claims, log } = this.#options;
    this.#worker = worker;
    if (claims.damaged > 0) log(aboutDamage(claims.damaged));
    for (const taken of claims.unfinished) this.#recover(taken, worker);
  }

  /** A waiting press is looked up when its turn comes. */
  async reload(): Promise<void> {}

  unready(): Promise<string | null> {
    return this.#readiness.whyNot();
  }

  async counts(): Promise<PressCounts> {
    const now = this.#options.now();
    const waiting = [...this.#queue.waiting, ...this.#left];
    const oldest = Math.min(now, ...waiting.map(({ kept }) => kept.takenAt));
    return {
      running: this.#queue.running,
      waiting: waiting.length,
      oldestWaitingMs: now - oldest,
      notesOwed: this.#notes.owed,
    };
  }

  async drain(): Promise<void> {
    this.#left = [...this.#left, ...this.#queue.clear()];
    this.#draining.abort();
    await this.#queue.idle();
  }

  async close(): Promise<void> {
    const { limits, clock, claims } = this.#options;
    await within(limits.notesMs, this.#notes.written(), clock);
    this.#notes.abandon();
    await claims.close();
  }

  #enqueue(kept: Kept): void {
    const { action, incident } = kept;
    const lane = `${incident} ${action}`;
    this.#queue.add({ lane, group: action, width: this.#worker?.widthOf(action) ?? 1, kept });
  }

  async #run(job: Job): Promise<void> {
    if (!this.#worker) return;
    await this.#worker.mayBegin();
    if (await this.#begin(job.kept)) this.#settle(job.kept, await this.#worker.run(job.kept));
    else this.#left = [...this.#left, job];
  }

  /** False if the receiver stops before that could be recorded: then the press waits for the next start. */
  async #begin(kept: Kept): Promise<boolean> {
    const { claims, clock, log } = this.#options;
    const { signal } = this.#draining;
    for (let tries = 0; !signal.aborted; tries += 1) {
      try {
        await claims.begin(kept.id);
        return true;
      } catch (error) {
        const detail = `its run waits until the start can be recorded (${messageOf(error)})`;
        if (tries === 0) log({ event: 'state-failed', level: 'error', ...namesOf(kept), detail });
        await clock.sleep(AGAIN_MS, signal).catch(() => undefined);
      }
    }
    return false;
  }

  #settle(claim: Claim, note: string | null): void {
    if (note === null) this.#options.claims.finish(claim.id);
    else this.#notes.write(claim, note);
  }

  #recover(taken: TakenPress, worker: Worker): void {
    const claim = namesOf(taken);
    if (taken.progress === 'noting') this.#notes.write(claim, taken.note, true);
    else if (taken.progress === 'begun') this.#settle(claim, worker.unknown(claim));
    else this.#resume(claim, keptOf(taken), worker);
  }

  #resume(claim: Claim, kept: Kept | undefined, worker: Worker): void {
    const { log, now } = this.#options;
    const why = kept ? whyNot(kept, worker, now()) : NOT_RUN.lost;
    if (!kept || why !== undefined) {
      this.#settle(claim, worker.notRun(claim, why ?? NOT_RUN.lost));
      return;
    }
    log({ event: 'resumed', level: 'info', ...namesOf(kept) });
    this.#enqueue(kept);
  }

  #isFull(): boolean {
    return this.#queue.waiting.length + this.#taking >= this.#options.limits.waiting;
  }

  async #look(): Promise<string | null> {
    if (this.#isFull()) return 'too many presses are waiting';
    try {
      await this.#options.claims.probe();
      return null;
    } catch (error) {
      return `the state file cannot be written (${messageOf(error)})`;
    }
  }
}

/** Why a press left by an earlier process must not run any more. */
function whyNot({ action, takenAt }: Kept, worker: Worker, now: number): string | undefined {
  if (worker.widthOf(action) === undefined) return NOT_RUN.unserved;
  return now - takenAt > MOST_AGE_MS ? NOT_RUN.old : undefined;
}

function keptOf(taken: TakenPress): Kept | undefined {
  if (taken.progress !== 'waiting' || taken.kept === null) return undefined;
  const { id, kept } = taken;
  const press = recallPress(kept.message, id);
  return press && { ...namesOf(taken), press, takenAt: kept.takenAt };
}

function aboutDamage(lines: number): Parameters<Log>[0] {
  const what = lines === 1 ? 'a line' : `${lines} lines`;
  const detail = `${what} of the state file could not be read: a message accepted there could run again`;
  return { event: 'state-failed', level: 'warn', detail };
}
