/** The connections to Redis: one that fails at once, for the answers to PagerDuty, and a patient one, for the work. */
import { LocalIoError } from '../../../errors.ts';
import type { Log } from '../../tell/events.ts';
import type { Libraries, Redis } from './library.ts';

export interface QueueAddress {
  /** `redis://` or `rediss://`, without a password. */
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

export interface Connections {
  readonly door: Redis;
  readonly work: Redis;
  close(): void;
}

/** An answer must come while PagerDuty still waits for it (fact 38). */
const ANSWER_MS = 3_000;

/**
 * Connects, and warns when this Redis could lose what it has taken.
 * @throws LocalIoError when Redis cannot be reached, or refuses the login
 */
export async function openConnections(
  { ioredis }: Libraries,
  { url, username, password }: QueueAddress,
  log: Log,
): Promise<Connections> {
  const login = { ...(username && { username }), ...(password && { password }) };
  const retryStrategy = (tries: number): number => Math.min(tries * 100, 1_000);
  const common = { ...login, retryStrategy, lazyConnect: true };
  const door = new ioredis.Redis(url, {
    ...common,
    // Otherwise a press would be taken after PagerDuty was told that it was not.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    autoResendUnfulfilledCommands: false,
    // The commands of several presses in one turn of the event loop are one write.
    enableAutoPipelining: true,
    connectTimeout: ANSWER_MS,
    commandTimeout: ANSWER_MS,
  });
  const work = new ioredis.Redis(url, { ...common, maxRetriesPerRequest: null });
  /** Before that a failure is the caller's, and afterwards a loss is meant. */
  let isOpen = false;
  const close = (): void => {
    isOpen = false;
    door.disconnect();
    work.disconnect();
  };
  let isLost = false;
  // If it comes back before the next attempt to connect, no error is raised.
  door.on('close', () => {
    if (!isOpen || isLost) return;
    isLost = true;
    log({ event: 'state-failed', level: 'error', detail: 'the connection to Redis is lost' });
  });
  door.on('ready', () => {
    if (isLost) log({ event: 'queue-back', level: 'info', detail: 'Redis answers again' });
    isLost = false;
  });
  // Nothing that `close` does not say.
  for (const client of [door, work]) client.on('error', () => undefined);
  try {
    await Promise.all([door.connect(), work.connect()]);
    warnUnlessSafe(await door.info(), log);
    isOpen = true;
    return { door, work, close };
  } catch (cause) {
    close();
    const why = cause instanceof Error ? cause.message : 'it does not answer';
    throw new LocalIoError(`cannot use the queue at ${new URL(url).host}: ${why}`, {
      reason: 'local_io',
      hint: 'Is Redis running there? A login is read from PDACTIONS_QUEUE_USERNAME and PDACTIONS_QUEUE_PASSWORD.',
      cause,
    });
  }
}

/** By `INFO`, which hosted services allow, other than `CONFIG`. */
function warnUnlessSafe(info: string, log: Log): void {
  const value = (name: string): string | undefined => new RegExp(`^${name}:(\\S*)`, 'm').exec(info)?.[1];
  const warn = (detail: string): void => log({ event: 'queue-unsafe', level: 'warn', detail });
  if (value('aof_enabled') === '0') {
    warn('Redis keeps no log of its writes: a crash of it loses presses. Set `appendonly yes`');
  }
  const policy = value('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction') {
    warn(`Redis may drop presses when its memory is full (${policy}). Set \`maxmemory-policy noeviction\``);
  }
}
