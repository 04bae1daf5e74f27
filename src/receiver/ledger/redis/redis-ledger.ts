/**
 * The ledger that several receivers share: Redis or Valkey, by BullMQ. A press is a job that never runs twice: one attempt, and a worker
 * that dies leaves an unknown outcome (`maxStalledCount: 0`), where BullMQ would run it again by default.
 */
import type { Clock } from '../../../clock.ts';
import { messageOf } from '../../failure.ts';
import type { Limits } from '../../limits.ts';
import { namesOf } from '../../press/claim.ts';
import { redactObject } from '../../press/record.ts';
import type { Log } from '../../tell/events.ts';
import type { NoteWriter } from '../../tell/notes.ts';
import { within } from '../../within.ts';
import type { Counts, Kept, Ledger, Worker } from '../ledger.ts';
import { type Connections, openConnections, type QueueAddress } from './connection.ts';
import { jobId, laneName, laneOf, NOTES, PREFIX, WIDTHS } from './lanes.ts';
import { type Libraries, loadLibraries, type Queue } from './library.ts';
import { createNoteQueue } from './note-queue.ts';
import { createSlots } from './slots.ts';
import { type Lane, type PressData, startLane } from './work.ts';

export type Role = 'both' | 'door' | 'worker';

export interface RedisLedgerOptions {
  readonly address: QueueAddress;
  readonly role: Role;
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

/** Longer than PagerDuty resends (fact 39). */
const KEPT_SECONDS = 72 * 3_600;
/** A field of a job that is ours: a door has answered that it is new. */
const ANSWERED = 'pdactions:answered';
/** The time that an answer to "is Redis there?" counts. */
const FRESH_MS = 250;

/** Connects to the queue. @throws UsageError without its packages, LocalIoError when Redis cannot be used */
export async function openRedisLedger(options: RedisLedgerOptions): Promise<Ledger> {
  const libraries = await loadLibraries();
  const connections = await openConnections(libraries, options.address, options.log);
  return createRedisLedger(libraries, connections, options);
}

function createRedisLedger(
  libraries: Libraries,
  connections: Connections,
  options: RedisLedgerOptions,
): Ledger {
  const { bullmq } = libraries;
  const { door, work } = connections;
  const { limits, clock, now, log, redact, widths, addNote } = options;
  const queues = new Map<string, Queue<PressData>>();
  const narrowed = new Set<string>();
  const slots = createSlots(limits.running);
  const common = { prefix: PREFIX, skipVersionCheck: true } as const;
  const notes = createNoteQueue({ bullmq, work, common, limits, log, addNote });
  const lanes = new Map<string, Lane>();
  let worker: Worker | undefined;
  let earlier: ReadonlyMap<string, number> = new Map();
  let answer: { readonly at: number; readonly why: string | null } | undefined;

  const queueOf = (action: string, lane: number): Queue<PressData> => {
    const name = laneName(action, lane);
    const known = queues.get(name);
    if (known) return known;
    const queue: Queue<PressData> = new bullmq.Queue(name, { ...common, connection: door });
    queue.on('error', () => undefined);
    queues.set(name, queue);
    return queue;
  };
  /** As wide as it is, or was before: its presses may still wait there. */
  const queuesOf = (action: string): readonly Queue<PressData>[] => {
    const length = Math.max(widths().get(action) ?? 0, earlier.get(action) ?? 0);
    return Array.from({ length }, (_, lane) => queueOf(action, lane));
  };
  const all = (): readonly Queue<PressData>[] => [...widths().keys()].flatMap(queuesOf);
  /** Learns how wide actions were, and leaves word of how wide they are. */
  const meet = async (): Promise<void> => {
    const stored = Object.entries(await work.hgetall(WIDTHS));
    earlier = new Map(stored.map(([action, width]) => [action, Number(width)]));
    for (const [action, width] of widths()) {
      if (width > (earlier.get(action) ?? 0)) await work.hset(WIDTHS, action, width);
    }
  };
  /** Only a receiver that knows an action runs its presses. The operator should know that they wait. */
  const warnOfUnserved = async (): Promise<void> => {
    for (const [action, width] of earlier) {
      if (widths().has(action)) continue;
      const waiting = await waitingIn(Array.from({ length: width }, (_, lane) => queueOf(action, lane)));
      const detail = `${waiting} waiting, and this receiver has no handler for the action`;
      if (waiting > 0) log({ event: 'unserved', level: 'warn', action, detail });
    }
  };

  const waitingIn = async (some: readonly Queue<PressData>[]): Promise<number> => {
    const lengths = await Promise.all(some.map((queue) => door.llen(queue.toKey('wait'))));
    return lengths.reduce((sum, length) => sum + length, 0);
  };
  const isKnown = async (kept: Kept): Promise<boolean> => {
    const keys = queuesOf(kept.action).map((queue) => queue.toKey(jobId(kept)));
    return keys.length > 0 && (await door.exists(...keys)) > 0;
  };
  /** One press of a lane at a time, over all machines. A Redis that comes back may have forgotten it. */
  const narrow = async (queue: Queue<PressData>): Promise<void> => {
    if (narrowed.has(queue.name)) return;
    await queue.setGlobalConcurrency(1);
    narrowed.add(queue.name);
  };
  door.on('close', () => narrowed.clear());
  const add = async (kept: Kept): Promise<'new' | 'duplicate'> => {
    const { action, incident, press, takenAt } = kept;
    const queue = queueOf(action, laneOf(incident, widths().get(action) ?? 1));
    const message = redactObject(press.message, redact) ?? null;
    await narrow(queue);
    const data: PressData = { ...namesOf(kept), takenAt, message };
    await queue.add('press', data, {
      jobId: jobId(kept),
      attempts: 1,
      removeOnComplete: { age: KEPT_SECONDS },
      removeOnFail: { age: KEPT_SECONDS },
    });
    // BullMQ leaves a job that exists as it is, without a word. Of several doors that took it at once, one says so.
    const isFirst = await door.hsetnx(queue.toKey(jobId(kept)), ANSWERED, '1');
    return isFirst === 1 ? 'new' : 'duplicate';
  };
  const look = async (): Promise<string | null> => {
    try {
      await door.ping();
      const waiting = await waitingIn(all());
      return waiting >= limits.waiting ? 'too many presses are waiting' : null;
    } catch (error) {
      return `Redis cannot be reached (${messageOf(error)})`;
    }
  };
  const oldestIn = async (some: readonly Queue<PressData>[]): Promise<number> => {
    const jobs = await Promise.all(some.map((queue) => queue.getJobs(['wait'], 0, 0, true)));
    return Math.min(now(), ...jobs.flat().map(({ data }) => data.takenAt));
  };
  /** Over the connection that fails at once: a scrape must not wait for Redis to come back. */
  const noteQueue = new bullmq.Queue(NOTES, { ...common, connection: door });
  noteQueue.on('error', () => undefined);
  const counts = async (): Promise<Counts> => {
    const [waiting, oldest, owed] = await Promise.all([
      waitingIn(all()),
      oldestIn(all()),
      noteQueue.getJobCountByTypes('wait', 'active', 'delayed'),
    ]);
    return { running: slots.used, waiting, oldestWaitingMs: now() - oldest, notesOwed: owed };
  };
  const attend = (by: Worker): void => {
    const served = new Set(all().map(({ name }) => name));
    for (const [name, lane] of lanes) {
      if (served.has(name)) continue;
      lanes.delete(name);
      void lane.close(false).catch(() => undefined);
    }
    for (const queue of all()) {
      if (lanes.has(queue.name)) continue;
      const context = { bullmq, work, common, limits, log, slots, notes, now, worker: by };
      lanes.set(queue.name, startLane(queue, context));
    }
  };

  return {
    async take(kept, onKept) {
      const [known, waiting] = await Promise.all([isKnown(kept), waitingIn(all())]);
      if (known) return 'duplicate';
      if (waiting >= limits.waiting) return 'full';
      const result = await add(kept);
      if (result === 'new') onKept();
      return result;
    },
    async start(by) {
      worker = by;
      await meet();
      if (options.role === 'door') return;
      await warnOfUnserved();
      attend(by);
      notes.start();
    },
    async reload() {
      await meet();
      if (worker && options.role !== 'door') attend(worker);
    },
    async unready() {
      if (!answer || clock.now() - answer.at >= FRESH_MS) {
        answer = { at: clock.now(), why: await look() };
      }
      return answer.why;
    },
    counts: () => counts().catch(() => NOTHING_KNOWN(slots.used)),
    async drain() {
      const paused = Promise.all([...lanes.values()].map((lane) => lane.pause()));
      await slots.close();
      // Without Redis it never ends.
      await within(limits.notesMs, paused, clock);
    },
    async close() {
      const all = [...lanes.values(), notes];
      await within(limits.notesMs, Promise.all(all.map((one) => one.close(false))), clock);
      await within(limits.notesMs, Promise.all(all.map((one) => one.close(true))), clock);
      connections.close();
    },
  };
}

/** A scrape while Redis is away still has what is known here. */
const NOTHING_KNOWN = (running: number): Counts => ({
  running,
  waiting: Number.NaN,
  oldestWaitingMs: Number.NaN,
  notesOwed: Number.NaN,
});
