/** The connections to Redis: one that fails at once, for the answers to PagerDuty, and a patient one, for the work. */
import type { SecureContext } from 'node:tls';
import { codeOf } from '../../../code-of.ts';
import { LocalIoError } from '../../../errors.ts';
import type { Log } from '../../tell/events.ts';
import type { Libraries, Redis } from './library.ts';

export interface QueueAddress {
  /** `redis://` or `rediss://`, without a password. */
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** For `rediss://`: the certificate authorities, if those of Node are not enough. */
  readonly trust?: SecureContext | undefined;
}

export interface Connections {
  readonly door: Redis;
  readonly work: Redis;
  close(): void;
}

/** An answer must come while PagerDuty still waits for it (fact 38). */
const ANSWER_MS = 3_000;

/**
 * Connects, and warns if this Redis could lose accepted presses.
 * @throws LocalIoError if Redis cannot be reached, or refuses the login
 */
export async function openConnections(
  { ioredis }: Libraries,
  { url, username, password, trust }: QueueAddress,
  log: Log,
): Promise<Connections> {
  const login = { ...(username && { username }), ...(password && { password }) };
  const retryStrategy = (tries: number): number => Math.min(tries * 100, 1_000);
  const tls = trust && { tls: { secureContext: trust } };
  const common = { ...login, ...tls, retryStrategy, lazyConnect: true };
  const door = new ioredis.Redis(url, { ...common, ...AT_ONCE });
  const work = new ioredis.Redis(url, { ...common, maxRetriesPerRequest: null });
  let reason: unknown;
  // A loss is logged at `close`. Until then `connect` reports only that the connection is closed, and this the reason.
  const keepReason = (error: unknown): void => {
    reason = error;
  };
  for (const client of [door, work]) client.on('error', keepReason);
  const disconnect = (): void => {
    door.disconnect();
    work.disconnect();
  };
  try {
    // One after the other: ioredis leaves errors unhandled if a connection is abandoned while it is made.
    await door.connect();
    await work.connect();
    warnUnlessSafe(await door.info(), log);
  } catch (error) {
    disconnect();
    throw cannotUse(url, reason ?? error);
  }
  const forget = logLosses(door, log);
  const close = (): void => {
    forget();
    disconnect();
  };
  return { door, work, close };
}

/** For the HTTP front: an answer must come while PagerDuty still waits for it. */
const AT_ONCE = {
  // Otherwise a press would be accepted after PagerDuty was told that it was not.
  enableOfflineQueue: false,
  maxRetriesPerRequest: 1,
  autoResendUnfulfilledCommands: false,
  // The commands of several presses in one turn of the event loop are one write.
  enableAutoPipelining: true,
  connectTimeout: ANSWER_MS,
  commandTimeout: ANSWER_MS,
} as const;

/** Logs once when the connection is lost, and when it is back. @returns a function that ends that, before it is closed on purpose */
function logLosses(door: Redis, log: Log): () => void {
  let isLost = false;
  // If it comes back before the next attempt to connect, no error is raised.
  const lost = (): void => {
    if (isLost) return;
    isLost = true;
    log({ event: 'state-failed', level: 'error', detail: 'lost the connection to Redis' });
  };
  const back = (): void => {
    if (isLost) log({ event: 'queue-back', level: 'info', detail: 'reconnected to Redis' });
    isLost = false;
  };
  door.on('close', lost);
  door.on('ready', back);
  return () => door.off('close', lost).off('ready', back);
}

function cannotUse(url: string, cause: unknown): LocalIoError {
  const why = cause instanceof Error ? cause.message : 'it does not respond';
  return new LocalIoError(`cannot use the queue at ${new URL(url).host}: ${why}`, {
    reason: 'local_io',
    hint: isUntrusted(cause) ? HINTS.untrusted : HINTS.other,
    cause,
  });
}

const HINTS = {
  untrusted: 'Pass the certificate authority of this Redis with `--ca-file FILE` or NODE_EXTRA_CA_CERTS.',
  other:
    'Check that Redis is running there, and the login in PDACTIONS_QUEUE_USERNAME and PDACTIONS_QUEUE_PASSWORD.',
};

/** True if Redis showed a certificate that Node does not accept. */
function isUntrusted(cause: unknown): boolean {
  return /CERT|SIGNATURE/.test(codeOf(cause, ''));
}

/** Through `INFO`, which hosted services allow, unlike `CONFIG`. */
function warnUnlessSafe(info: string, log: Log): void {
  const value = (name: string): string | undefined => new RegExp(`^${name}:(\\S*)`, 'm').exec(info)?.[1];
  const warn = (detail: string): void => log({ event: 'queue-unsafe', level: 'warn', detail });
  if (value('aof_enabled') === '0') {
    warn('Redis does not persist its writes, so a crash loses presses. Set `appendonly yes`');
  }
  const policy = value('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction') {
    warn(`Redis may drop presses when its memory is full (${policy}). Set \`maxmemory-policy noeviction\``);
  }
}
