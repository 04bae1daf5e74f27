/** BullMQ and ioredis: optional, loaded only with `--queue`, and imported nowhere else. */
import type { Redis as RedisClient } from 'ioredis';
import { UsageError } from '../../../errors.ts';
import type { Limits } from '../../limits.ts';
import type { Log } from '../../tell/events.ts';

export type { Job, Queue, Worker } from 'bullmq';
export type { Redis } from 'ioredis';

export interface Libraries {
  readonly bullmq: Pick<typeof import('bullmq'), 'Queue' | 'Worker' | 'UnrecoverableError' | 'WaitingError'>;
  readonly ioredis: Pick<typeof import('ioredis'), 'Redis'>;
}

/** The context of all work on the queue. */
export interface QueueContext {
  readonly bullmq: Libraries['bullmq'];
  /** The patient connection: BullMQ waits on it for Redis to come back. */
  readonly work: RedisClient;
  readonly common: { readonly prefix: string; readonly skipVersionCheck: true };
  readonly limits: Pick<Limits, 'lockMs' | 'stalledMs'>;
  readonly log: Log;
}

/** Jobs that have ended are kept for longer than PagerDuty resends (fact 39). */
export const KEPT_SECONDS = 72 * 3_600;

/** The versions in package.json; a test compares them. */
export const INSTALL = 'npm install --global bullmq@6.7.0 ioredis@6.0.0';

/** @throws UsageError with the command that installs them, if one of them is missing */
export async function loadLibraries(): Promise<Libraries> {
  try {
    return { bullmq: await import('bullmq'), ioredis: await import('ioredis') };
  } catch (cause) {
    throw new UsageError('`--queue` needs the packages bullmq and ioredis, which are not installed', {
      hint: `Run \`${INSTALL}\`, without \`--global\` if pdactions is a dependency of a project.`,
      cause,
    });
  }
}
