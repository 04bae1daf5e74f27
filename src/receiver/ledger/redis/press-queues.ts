/** The queues of presses: as many for an action as its current or former width. */
import { type Claim, namesOf } from '../../press/claim.ts';
import { redactObject } from '../../press/record.ts';
import type { Kept } from '../ledger.ts';
import { jobId, laneName, laneOf, WIDTHS } from './lanes.ts';
import { KEPT_SECONDS, type Queue, type QueueContext, type Redis } from './library.ts';

/** A press as Redis keeps it. The message is removed once its run has begun. */
export interface PressData extends Claim {
  readonly takenAt: number;
  readonly message: Readonly<Record<string, unknown>> | null;
}

export type PressQueue = Queue<PressData>;

export interface PressQueuesOptions extends QueueContext {
  /** The connection that fails at once. */
  readonly door: Redis;
  readonly redact: (text: string) => string;
  /** The actions that are served, and how many presses of each may run at a time. */
  readonly widths: () => ReadonlyMap<string, number>;
}

/** A job field of ours: set once a receiver has answered that the press is new. */
const ANSWERED = 'pdactions:answered';

export class PressQueues {
  readonly #options: PressQueuesOptions;
  readonly #queues = new Map<string, PressQueue>();
  /** Names of queues that run one press at a time over all machines, as far as this Redis remembers. */
  readonly #narrowed = new Set<string>();
  /** The former widths of actions. */
  #earlier: ReadonlyMap<string, number> = new Map();

  constructor(options: PressQueuesOptions) {
    this.#options = options;
    // A Redis that comes back may have forgotten it.
    options.door.on('close', () => this.#narrowed.clear());
  }

  /** The queues of the served actions. */
  all(): readonly PressQueue[] {
    return [...this.#options.widths().keys()].flatMap((action) => this.#of(action));
  }

  /** Reads the former widths of actions, and stores the current ones. */
  async meet(): Promise<void> {
    const { work, widths } = this.#options;
    const stored = Object.entries(await work.hgetall(WIDTHS));
    this.#earlier = new Map(stored.map(([action, width]) => [action, Number(width)]));
    for (const [action, width] of widths()) {
      if (width > (this.#earlier.get(action) ?? 0)) await work.hset(WIDTHS, action, width);
    }
  }

  /** Only a receiver that knows an action runs its presses, so the operator must hear that they wait. */
  async warnOfUnserved(): Promise<void> {
    const { widths, log } = this.#options;
    for (const [action, width] of this.#earlier) {
      if (widths().has(action)) continue;
      const waiting = await this.#waitingIn(this.#lanes(action, width));
      const detail = `${waiting} waiting, and this receiver has no handler for the action`;
      if (waiting > 0) log({ event: 'unserved', level: 'warn', action, detail });
    }
  }

  waiting(): Promise<number> {
    return this.#waitingIn(this.all());
  }

  /** When the oldest waiting press was accepted; undefined if none waits. */
  async oldest(): Promise<number | undefined> {
    const jobs = await Promise.all(this.all().map((queue) => queue.getJobs(['wait'], 0, 0, true)));
    const times = jobs.flat().map(({ data }) => data.takenAt);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  async isKnown(kept: Kept): Promise<boolean> {
    const keys = this.#of(kept.action).map((queue) => queue.toKey(jobId(kept)));
    return keys.length > 0 && (await this.#options.door.exists(...keys)) > 0;
  }

  async add(kept: Kept): Promise<'new' | 'duplicate'> {
    const { widths, redact, door } = this.#options;
    const { action, incident, press, takenAt } = kept;
    const queue = this.#get(action, laneOf(incident, widths().get(action) ?? 1));
    const message = redactObject(press.message, redact) ?? null;
    await this.#narrow(queue);
    const data: PressData = { ...namesOf(kept), takenAt, message };
    await queue.add('press', data, {
      jobId: jobId(kept),
      attempts: 1,
      removeOnComplete: { age: KEPT_SECONDS },
      removeOnFail: { age: KEPT_SECONDS },
    });
    // BullMQ silently keeps an existing job unchanged. Of several receivers that accept it at once, one answers that it is new.
    const isFirst = await door.hsetnx(queue.toKey(jobId(kept)), ANSWERED, '1');
    return isFirst === 1 ? 'new' : 'duplicate';
  }

  /** One press of a lane at a time, over all machines. */
  async #narrow(queue: PressQueue): Promise<void> {
    if (this.#narrowed.has(queue.name)) return;
    await queue.setGlobalConcurrency(1);
    this.#narrowed.add(queue.name);
  }

  /** As many as the current or the former width of the action, because presses may still wait there. */
  #of(action: string): readonly PressQueue[] {
    const now = this.#options.widths().get(action) ?? 0;
    return this.#lanes(action, Math.max(now, this.#earlier.get(action) ?? 0));
  }

  #lanes(action: string, width: number): readonly PressQueue[] {
    return Array.from({ length: width }, (_, lane) => this.#get(action, lane));
  }

  #get(action: string, lane: number): PressQueue {
    const name = laneName(action, lane);
    const known = this.#queues.get(name);
    if (known) return known;
    const { bullmq, common, door } = this.#options;
    const queue: PressQueue = new bullmq.Queue(name, { ...common, connection: door });
    queue.on('error', () => undefined);
    this.#queues.set(name, queue);
    return queue;
  }

  async #waitingIn(queues: readonly PressQueue[]): Promise<number> {
    const { door } = this.#options;
    const lengths = await Promise.all(queues.map((queue) => door.llen(queue.toKey('wait'))));
    return lengths.reduce((sum, length) => sum + length, 0);
  }
}
