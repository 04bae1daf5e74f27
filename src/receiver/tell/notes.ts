/** Writes the notes: none is lost silently, whatever ends the receiver meanwhile. */
import type { Clock } from '../../clock.ts';
import { type Reason, RemoteError } from '../../errors.ts';
import { messageOf } from '../failure.ts';
import { type Claim, namesOf } from '../press/claim.ts';
import type { Log } from './events.ts';

/**
 * Writes a note on an incident.
 * @param mayBeThere an earlier process may have written it
 */
export type NoteWriter = (incident: string, content: string, mayBeThere: boolean) => Promise<void>;

export interface NotesOptions {
  /** Records that a note must be written, and that it was. */
  readonly claims: { owe(id: string, note: string): void; finish(id: string): void };
  readonly log: Log;
  readonly clock: Clock;
  /** Absent: no notes. */
  readonly addNote?: NoteWriter | undefined;
}

/** Delays before retries (in milliseconds). Most failures of PagerDuty are over by the last one. */
export const WAITS = [5_000, 30_000, 120_000] as const;

/** The reasons that may be over by then. */
const PASSING: ReadonlySet<Reason> = new Set<Reason>([
  'server_error',
  'network',
  'dns',
  'timeout',
  'lost_response',
  'rate_limited',
  'bad_body',
]);

/** Starts without pending notes; `write` also gets those of an earlier process. */
export class Notes {
  readonly #options: NotesOptions;
  readonly #pending = new Map<Claim, Promise<void>>();
  readonly #stopping = new AbortController();
  #isOver = false;

  constructor(options: NotesOptions) {
    this.#options = options;
  }

  /** Notes that are not written yet. */
  get owed(): number {
    return this.#pending.size;
  }

  /** Starts to write one. The claim is finished when that has ended, with or without success. */
  write(claim: Claim, content: string, mayBeThere = false): void {
    const { claims, addNote } = this.#options;
    if (!addNote) {
      claims.finish(claim.id);
      return;
    }
    claims.owe(claim.id, content);
    const add = (isAgain: boolean) => addNote(claim.incident, content, mayBeThere || isAgain);
    this.#pending.set(claim, this.#attempt(claim, add));
  }

  /** Resolves when all writes have ended. Nothing is retried from here on. */
  written(): Promise<unknown> {
    this.#stopping.abort();
    return Promise.all(this.#pending.values());
  }

  /** The time is up: remaining notes are left to the next start. */
  abandon(): void {
    this.#isOver = true;
    const detail = 'the receiver stopped before it was written; the next start writes it';
    for (const claim of this.#pending.keys()) {
      this.#options.log({ event: 'note-failed', level: 'error', ...namesOf(claim), detail });
    }
  }

  async #attempt(claim: Claim, add: (isAgain: boolean) => Promise<void>): Promise<void> {
    const { claims, log } = this.#options;
    const failure = await this.#persist(add).catch(() => undefined);
    if (this.#isOver || failure === undefined) return;
    this.#pending.delete(claim);
    claims.finish(claim.id);
    const about = namesOf(claim);
    if (failure === null) log({ event: 'noted', level: 'info', ...about });
    else log({ event: 'note-failed', level: 'error', ...about, detail: failure });
  }

  /** The final failure, or null. Rejects if no time is left to try again. */
  async #persist(add: (isAgain: boolean) => Promise<void>): Promise<string | null> {
    for (let tries = 0; ; tries += 1) {
      try {
        // A failed attempt may have written it nevertheless.
        await add(tries > 0);
        return null;
      } catch (error) {
        const wait = WAITS[tries];
        if (wait === undefined || !isPassing(error)) return messageOf(error);
        await this.#options.clock.sleep(wait, this.#stopping.signal);
      }
    }
  }
}

/** True if a retry may succeed. */
export function isPassing(error: unknown): boolean {
  return error instanceof RemoteError && error.reason !== undefined && PASSING.has(error.reason);
}
