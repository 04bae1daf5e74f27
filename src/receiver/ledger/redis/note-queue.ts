/** The notes to write, in a queue of their own: any receiver writes each of them once, and retries failures. */
import { messageOf } from '../../failure.ts';
import { type Claim, namesOf } from '../../press/claim.ts';
import { isPassing, type NoteWriter, WAITS } from '../../tell/notes.ts';
import { jobId, NOTES } from './lanes.ts';
import { type Job, KEPT_SECONDS, type Queue, type QueueContext, type Worker } from './library.ts';

interface NoteData extends Claim {
  readonly content: string;
}

const AT_ONCE = 4;
/** A worker that dies with a note leaves it to the next, which looks whether it exists. */
const MOST_DEATHS = 10;

export class NoteQueue {
  readonly #context: QueueContext;
  readonly #addNote: NoteWriter | undefined;
  readonly #queue: Queue<NoteData>;
  readonly #pending = new Set<Claim>();
  #writer: Worker<NoteData, void> | undefined;

  /** @param addNote absent: no notes */
  constructor(context: QueueContext, addNote: NoteWriter | undefined) {
    const { bullmq, common, work } = context;
    this.#context = context;
    this.#addNote = addNote;
    this.#queue = new bullmq.Queue(NOTES, { ...common, connection: work });
    this.#queue.on('error', () => undefined);
  }

  /** Remembers a note, unless it is null. There is one for each press: the first counts. */
  async owe(claim: Claim, content: string | null): Promise<void> {
    if (content === null || !this.#addNote) return;
    const data = { ...namesOf(claim), content };
    await this.#queue.add('note', data, {
      jobId: jobId(claim),
      attempts: WAITS.length + 1,
      backoff: { type: 'custom' },
      removeOnComplete: { age: KEPT_SECONDS },
      removeOnFail: { age: KEPT_SECONDS },
    });
  }

  start(): void {
    if (!this.#addNote) return;
    const { bullmq, common, work, limits, log } = this.#context;
    const writer = new bullmq.Worker<NoteData, void>(NOTES, (job) => this.#write(job), {
      ...common,
      connection: work,
      concurrency: AT_ONCE,
      maxStalledCount: MOST_DEATHS,
      lockDuration: limits.lockMs,
      stalledInterval: limits.stalledMs,
      settings: { backoffStrategy: (made) => WAITS[made - 1] ?? 0 },
    });
    writer.on('error', () => undefined);
    writer.on('completed', ({ data }) => log({ event: 'noted', level: 'info', ...namesOf(data) }));
    writer.on('failed', (job, error) => {
      if (job && isOver(job, error)) this.#logFailure(job.data, error.message);
    });
    this.#writer = writer;
  }

  async close(isForced: boolean): Promise<void> {
    for (const claim of isForced ? this.#pending : []) {
      this.#logFailure(
        claim,
        'the receiver stopped before it was written; another receiver or the next start writes it',
      );
    }
    await this.#writer?.close(isForced);
  }

  async #write(job: Job<NoteData>): Promise<void> {
    const { incident, content } = job.data;
    this.#pending.add(job.data);
    try {
      // An earlier attempt may have written it nevertheless.
      await this.#addNote?.(incident, content, job.attemptsStarted > 1);
    } catch (error) {
      if (isPassing(error)) throw error;
      throw new this.#context.bullmq.UnrecoverableError(messageOf(error));
    } finally {
      this.#pending.delete(job.data);
    }
  }

  #logFailure(claim: Claim, detail: string): void {
    this.#context.log({ event: 'note-failed', level: 'error', ...namesOf(claim), detail });
  }
}

function isOver({ attemptsMade }: Job<NoteData>, error: Error): boolean {
  return error.name === 'UnrecoverableError' || attemptsMade > WAITS.length;
}
