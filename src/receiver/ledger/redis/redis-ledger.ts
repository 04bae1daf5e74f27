/**
 * The ledger that several receivers share: Redis or Valkey, through BullMQ. A press is a job that never runs twice: one attempt, and a
 * worker that dies leaves an unknown outcome (`maxStalledCount: 0`), whereas BullMQ would run it again by default.
 */
import type { Clock } from '../../../clock.ts';
import { messageOf } from '../../failure.ts';
import type { Limits } from '../../limits.ts';
import type { Log } from '../../tell/events.ts';
import type { NoteWriter } from '../../tell/notes.ts';
import { within } from '../../within.ts';
import type { Kept, Ledger, PressCounts, TakeResult, Worker } from '../ledger.ts';
import { Readiness } from '../readiness.ts';
import { type Connections, openConnections, type QueueAddress } from './connection.ts';
import { NOTES, PREFIX } from './lanes.ts';
import { type Libraries, loadLibraries, type Queue, type QueueContext } from './library.ts';
import { NoteQueue } from './note-queue.ts';
import { PressQueues } from './press-queues.ts';
import { createSlots, type Slots } from './slots.ts';
import { Lane } from './work.ts';

export type ReceiverRole = 'both' | 'door' | 'worker';

export interface RedisLedgerOptions {
  readonly address: QueueAddress;
  readonly role: ReceiverRole;
  readonly limits: Pick<Limits, 'running' | 'waiting' | 'notesMs' | 'lockMs' | 'stalledMs'>;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
  readonly redact: (text: string) => string;
  /** The actions that are served, and how many presses of each may run at a time. */
  readonly widths: () => ReadonlyMap<string, number>;
  readonly addNote?: NoteWriter | undefined;
}

/** Connects to the queue. @throws UsageError without its packages, LocalIoError if Redis cannot be used */
export async function openRedisLedger(options: RedisLedgerOptions): Promise<Ledger> {
  const libraries = await loadLibraries();
  const connections = await openConnections(libraries, options.address, options.log);
  return new RedisLedger(libraries, connections, options);
}

class RedisLedger implements Ledger {
  readonly #options: RedisLedgerOptions;
  readonly #connections: Connections;
  readonly #context: QueueContext;
  readonly #queues: PressQueues;
  readonly #slots: Slots;
  readonly #notes: NoteQueue;
  /** Over the connection that fails at once: a scrape must not wait for Redis to come back. */
  readonly #noteCounts: Queue;
  readonly #readiness: Readiness;
  readonly #lanes = new Map<string, Lane>();
  #worker: Worker | undefined;

  constructor({ bullmq }: Libraries, connections: Connections, options: RedisLedgerOptions) {
    const { limits, log, clock } = options;
    const { door, work } = connections;
    const common = { prefix: PREFIX, skipVersionCheck: true } as const;
    this.#options = options;
    this.#connections = connections;
    this.#context = { bullmq, work, common, limits, log };
    this.#queues = new PressQueues({ ...options, ...this.#context, door });
    this.#slots = createSlots(limits.running);
    this.#notes = new NoteQueue(this.#context, options.addNote);
    this.#noteCounts = new bullmq.Queue(NOTES, { ...common, connection: door });
    this.#noteCounts.on('error', () => undefined);
    this.#readiness = new Readiness(() => this.#look(), clock);
  }

  async take(kept: Kept, onKept: () => void): Promise<TakeResult> {
    const [known, waiting] = await Promise.all([this.#queues.isKnown(kept), this.#queues.waiting()]);
    if (known) return 'duplicate';
    if (waiting >= this.#options.limits.waiting) return 'full';
    const result = await this.#queues.add(kept);
    if (result === 'new') onKept();
    return result;
  }

  async start(worker: Worker): Promise<void> {
    this.#worker = worker;
    await this.#queues.meet();
    if (this.#options.role === 'door') return;
    await this.#queues.warnOfUnserved();
    this.#attend(worker);
    this.#notes.start();
  }

  async reload(): Promise<void> {
    await this.#queues.meet();
    if (this.#worker && this.#options.role !== 'door') this.#attend(this.#worker);
  }

  unready(): Promise<string | null> {
    return this.#readiness.whyNot();
  }

  counts(): Promise<PressCounts> {
    // Without Redis, a scrape still gets the figures of this process.
    return this.#counts().catch(() => ({
      running: this.#slots.used,
      waiting: Number.NaN,
      oldestWaitingMs: Number.NaN,
      notesOwed: Number.NaN,
    }));
  }

  async drain(): Promise<void> {
    const paused = Promise.all([...this.#lanes.values()].map((lane) => lane.pause()));
    await this.#slots.close();
    // Without Redis it never ends.
    await this.#soon(paused);
  }

  async close(): Promise<void> {
    const all = [...this.#lanes.values(), this.#notes];
    await this.#soon(Promise.all(all.map((part) => part.close(false))));
    await this.#soon(Promise.all(all.map((part) => part.close(true))));
    this.#connections.close();
  }

  /** Runs the lanes of the served actions, and no others. */
  #attend(worker: Worker): void {
    const queues = this.#queues.all();
    const served = new Set(queues.map(({ name }) => name));
    for (const [name, lane] of this.#lanes) {
      if (served.has(name)) continue;
      this.#lanes.delete(name);
      void lane.close(false).catch(() => undefined);
    }
    const context = {
      ...this.#context,
      slots: this.#slots,
      notes: this.#notes,
      now: this.#options.now,
      worker,
    };
    for (const queue of queues) {
      if (!this.#lanes.has(queue.name)) this.#lanes.set(queue.name, new Lane(queue, context));
    }
  }

  async #look(): Promise<string | null> {
    try {
      await this.#connections.door.ping();
      const waiting = await this.#queues.waiting();
      return waiting >= this.#options.limits.waiting ? 'too many presses are waiting' : null;
    } catch (error) {
      return `Redis cannot be reached (${messageOf(error)})`;
    }
  }

  async #counts(): Promise<PressCounts> {
    const [waiting, oldest, notesOwed] = await Promise.all([
      this.#queues.waiting(),
      this.#queues.oldest(),
      this.#noteCounts.getJobCountByTypes('wait', 'active', 'delayed'),
    ]);
    const now = this.#options.now();
    const oldestWaitingMs = Math.max(0, now - (oldest ?? now));
    return { running: this.#slots.used, waiting, oldestWaitingMs, notesOwed };
  }

  async #soon(what: Promise<unknown>): Promise<void> {
    const { limits, clock } = this.#options;
    await within(limits.notesMs, what, clock);
  }
}
