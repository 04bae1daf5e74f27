/** The notes that are owed, in a queue of their own: each is written once, by whichever receiver comes to it, and tried again when that fails. */

import { messageOf } from '../../failure.ts';
import { type Claim, namesOf } from '../../press/claim.ts';
import { isPassing, type NoteWriter, WAITS } from '../../tell/notes.ts';
import { jobId, NOTES } from './lanes.ts';
import type { Job, Queue, QueueContext, Worker } from './library.ts';

interface NoteData extends Claim {
  readonly content: string;
}

export interface NoteQueueOptions extends QueueContext {
  /** Absent: none are written. */
  readonly addNote: NoteWriter | undefined;
}

export interface NoteQueue {
  /** Remembers a note; null is none. There is one for each press: the first counts. */
  owe(claim: Claim, content: string | null): Promise<void>;
  start(): void;
  close(isForced: boolean): Promise<void>;
}

const AT_ONCE = 4;
/** A worker that dies with a note leaves it to the next, which looks whether it is there. */
const MOST_DEATHS = 10;
const KEPT_SECONDS = 72 * 3_600;

export function createNoteQueue({ bullmq, work, common, limits, log, addNote }: NoteQueueOptions): NoteQueue {
  const queue: Queue<NoteData> = new bullmq.Queue(NOTES, { ...common, connection: work });
  queue.on('error', () => undefined);
  const pending = new Set<Claim>();
  let writer: Worker<NoteData, void> | undefined;

  const write = async (job: Job<NoteData>): Promise<void> => {
    const { incident, content } = job.data;
    pending.add(job.data);
    try {
      // An earlier attempt may have written it all the same.
      await addNote?.(incident, content, job.attemptsStarted > 1);
    } catch (error) {
      if (isPassing(error)) throw error;
      throw new bullmq.UnrecoverableError(messageOf(error));
    } finally {
      pending.delete(job.data);
    }
  };
  const isOver = ({ attemptsMade }: Job<NoteData>, error: Error): boolean =>
    error.name === 'UnrecoverableError' || attemptsMade > WAITS.length;

  return {
    async owe(claim, content) {
      if (content === null || !addNote) return;
      await queue.add(
        'note',
        { ...namesOf(claim), content },
        {
          jobId: jobId(claim),
          attempts: WAITS.length + 1,
          backoff: { type: 'custom' },
          removeOnComplete: { age: KEPT_SECONDS },
          removeOnFail: { age: KEPT_SECONDS },
        },
      );
    },
    start() {
      if (!addNote) return;
      writer = new bullmq.Worker<NoteData, void>(NOTES, write, {
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
        if (!job || !isOver(job, error)) return;
        log({ event: 'note-failed', level: 'error', ...namesOf(job.data), detail: error.message });
      });
    },
    async close(isForced) {
      for (const claim of isForced ? pending : []) {
        const detail =
          'the receiver had to end before it was written; another receiver or the next start writes it';
        log({ event: 'note-failed', level: 'error', ...namesOf(claim), detail });
      }
      await writer?.close(isForced);
    },
  };
}
