/** One lane: the worker that runs its presses, and the handling of presses whose worker died. */
import { messageOf } from '../../failure.ts';
import { namesOf } from '../../press/claim.ts';
import { recallPress } from '../../press/message.ts';
import { type Kept, MOST_AGE_MS, NOT_RUN, type Worker as PressWorker } from '../ledger.ts';
import type { Job, QueueContext, Worker } from './library.ts';
import type { NoteQueue } from './note-queue.ts';
import type { PressData, PressQueue } from './press-queues.ts';
import type { Slots } from './slots.ts';

export interface LaneContext extends QueueContext {
  readonly slots: Slots;
  readonly notes: NoteQueue;
  readonly now: () => number;
  readonly worker: PressWorker;
}

/** BullMQ's message for a job whose worker has died. */
const STALLED = /stalled/;
/** Fields of a job that are ours; BullMQ leaves them alone. */
const BEGUN = 'pdactions:begun';
const TOLD = 'pdactions:told';
/** Failed jobs that a start looks through: far more than can die at once. */
const MOST_FAILED = 1_000;

/** Runs the presses of a lane from the start, one at a time over all machines. */
export class Lane {
  readonly #queue: PressQueue;
  readonly #context: LaneContext;
  readonly #runner: Worker<PressData, void>;

  constructor(queue: PressQueue, context: LaneContext) {
    const { bullmq, common, work, limits } = context;
    this.#queue = queue;
    this.#context = context;
    this.#runner = new bullmq.Worker<PressData, void>(queue.name, (job, token) => this.#run(job, token), {
      ...common,
      connection: work,
      concurrency: 1,
      maxStalledCount: 0,
      // A busy loop, or a machine that swaps, does not count as dead.
      lockDuration: limits.lockMs,
      stalledInterval: limits.stalledMs,
    });
    // The connection reports its own loss.
    this.#runner.on('error', () => undefined);
    this.#runner.on('failed', (job, error) => {
      if (job && STALLED.test(error.message)) void this.#settled(job);
    });
    void this.#sweep().catch(() => undefined);
  }

  /** Takes no further press from the queue. */
  pause(): Promise<void> {
    return this.#runner.pause(true);
  }

  close(isForced: boolean): Promise<void> {
    return this.#runner.close(isForced);
  }

  async #run(job: Job<PressData>, token = ''): Promise<void> {
    const { bullmq, work, slots, notes, worker } = this.#context;
    const release = await slots.acquire();
    if (!release) {
      await job.moveToWait(token);
      throw new bullmq.WaitingError();
    }
    try {
      await worker.mayBegin();
      // Only one process ever gets a 1, whatever happened to locks meanwhile.
      if ((await work.hsetnx(this.#keyOf(job), BEGUN, token)) === 0) {
        throw new bullmq.UnrecoverableError('stalled: its run had begun before');
      }
      await notes.owe(job.data, await this.#ended(job));
    } finally {
      release();
    }
  }

  /** Runs a press to its end, unless it must not run any more. @returns the note to write */
  async #ended(job: Job<PressData>): Promise<string | null> {
    const { worker, now } = this.#context;
    const claim = namesOf(job.data);
    const kept = keptOf(job.data);
    if (!kept) return worker.notRun(claim, NOT_RUN.lost);
    if (now() - kept.takenAt > MOST_AGE_MS) return worker.notRun(claim, NOT_RUN.old);
    // Not awaited: without Redis it would block, and others may report the outcome as unknown before it began.
    void job.updateData({ ...job.data, message: null }).catch(() => undefined);
    return worker.run(kept);
  }

  /** Presses of workers that died while no receiver was running. */
  async #sweep(): Promise<void> {
    for (const job of await this.#queue.getFailed(0, MOST_FAILED)) {
      if (STALLED.test(job.failedReason)) await this.#settled(job);
    }
  }

  async #settled(job: Job<PressData>): Promise<void> {
    try {
      await this.#settle(job);
    } catch (error) {
      const detail = messageOf(error);
      this.#context.log({ event: 'state-failed', level: 'error', ...namesOf(job.data), detail });
    }
  }

  /** A dead worker's press: unknown if it had started, otherwise as good as new. */
  async #settle(job: Job<PressData>): Promise<void> {
    const { work, notes, worker } = this.#context;
    const [begun, noted] = await work.hmget(this.#keyOf(job), BEGUN, TOLD);
    if (noted !== null) return;
    if (begun === null) {
      // Ahead of the presses that came later.
      Object.assign(job.opts, { lifo: true });
      await job.retry('failed', { resetAttemptsMade: true });
      return;
    }
    await notes.owe(job.data, worker.unknown(job.data));
    await work.hset(this.#keyOf(job), TOLD, '1');
  }

  #keyOf(job: Job<PressData>): string {
    return this.#queue.toKey(job.id ?? '');
  }
}

function keptOf(data: PressData): Kept | undefined {
  const { id, takenAt, message } = data;
  const press = message === null ? undefined : recallPress(message, id);
  return press && { ...namesOf(data), press, takenAt };
}
