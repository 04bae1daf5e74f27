/** One lane: the worker that runs its presses, and what becomes of those whose worker died. */
import { messageOf } from '../../failure.ts';
import { type Claim, namesOf } from '../../press/claim.ts';
import { recallPress } from '../../press/message.ts';
import { type Kept, MOST_AGE_MS, NOT_RUN, type Worker as PressWorker } from '../ledger.ts';
import type { Job, Queue, QueueContext } from './library.ts';
import type { NoteQueue } from './note-queue.ts';
import type { Slots } from './slots.ts';

/** A press as Redis keeps it. The message goes once its run has begun. */
export interface PressData extends Claim {
  readonly takenAt: number;
  readonly message: Readonly<Record<string, unknown>> | null;
}

export interface LaneContext extends QueueContext {
  readonly slots: Slots;
  readonly notes: NoteQueue;
  readonly now: () => number;
  readonly worker: PressWorker;
}

export interface Lane {
  /** Takes no further press from the queue. */
  pause(): Promise<void>;
  close(isForced: boolean): Promise<void>;
}

/** BullMQ's words for a job whose worker has died. */
const STALLED = /stalled/;
/** Fields of a job that are ours; BullMQ leaves them alone. */
const BEGUN = 'pdactions:begun';
const TOLD = 'pdactions:told';
/** Failed jobs that a start looks through: far more than can die at once. */
const MOST_FAILED = 1_000;

/** Begins to run the presses of a lane, one at a time over all machines. */
export function startLane(queue: Queue<PressData>, context: LaneContext): Lane {
  const { bullmq, work, common, limits, log, slots, notes, now, worker } = context;
  const keyOf = (job: Job<PressData>): string => queue.toKey(job.id ?? '');

  const process = async (job: Job<PressData>, token?: string): Promise<void> => {
    const release = await slots.acquire();
    if (!release) {
      await job.moveToWait(token);
      throw new bullmq.WaitingError();
    }
    try {
      await worker.mayBegin();
      // Only one process ever gets a 1, whatever became of locks meanwhile.
      if ((await work.hsetnx(keyOf(job), BEGUN, token ?? '')) === 0) {
        throw new bullmq.UnrecoverableError('stalled: its run had begun before');
      }
      await notes.owe(job.data, await ended(job));
    } finally {
      release();
    }
  };
  const ended = async (job: Job<PressData>): Promise<string | null> => {
    const claim = namesOf(job.data);
    const kept = keptOf(job.data);
    if (!kept) return worker.notRun(claim, NOT_RUN.lost);
    if (now() - kept.takenAt > MOST_AGE_MS) return worker.notRun(claim, NOT_RUN.old);
    // Not waited for: without Redis that would last, and others may report the outcome as unknown before it began.
    void job.updateData({ ...job.data, message: null }).catch(() => undefined);
    return worker.run(kept);
  };
  /** A dead worker's press: its outcome is unknown if it had begun; if not, it is as good as new. */
  const settle = async (job: Job<PressData>): Promise<void> => {
    const [begun, told] = await work.hmget(keyOf(job), BEGUN, TOLD);
    if (told !== null) return;
    if (begun === null) {
      // Before those that came after it.
      Object.assign(job.opts, { lifo: true });
      await job.retry('failed', { resetAttemptsMade: true });
      return;
    }
    await notes.owe(job.data, worker.unknown(job.data));
    await work.hset(keyOf(job), TOLD, '1');
  };
  const settled = (job: Job<PressData>): Promise<void> =>
    settle(job).catch((error: unknown) => {
      log({ event: 'state-failed', level: 'error', ...namesOf(job.data), detail: messageOf(error) });
    });

  const runner = new bullmq.Worker<PressData, void>(queue.name, process, {
    ...common,
    connection: work,
    concurrency: 1,
    maxStalledCount: 0,
    // A busy loop, or a machine that swaps, is no death.
    lockDuration: limits.lockMs,
    stalledInterval: limits.stalledMs,
  });
  // The connection reports its own loss.
  runner.on('error', () => undefined);
  runner.on('failed', (job, error) => {
    if (job && STALLED.test(error.message)) void settled(job);
  });
  const sweep = async (): Promise<void> => {
    for (const job of await queue.getFailed(0, MOST_FAILED)) {
      if (STALLED.test(job.failedReason)) await settled(job);
    }
  };
  void sweep().catch(() => undefined);
  return {
    pause: () => runner.pause(true),
    close: (isForced) => runner.close(isForced),
  };
}

function keptOf(data: PressData): Kept | undefined {
  const { id, takenAt, message } = data;
  const press = message === null ? undefined : recallPress(message, id);
  return press && { ...namesOf(data), press, takenAt };
}
