/** `--queue` and `--role`: presses in Redis, shared by several receivers. */
import { UsageError } from '../../../errors.ts';
import { parseUrl } from '../../../parse-url.ts';
import type { SharedQueue } from '../../../receiver/receiver.ts';
import { openTrust } from '../../connection/open-route.ts';
import type { Context, Surroundings } from '../../context.ts';

export interface QueueOptions {
  readonly queue?: string | undefined;
  readonly role?: SharedQueue['role'] | undefined;
  readonly state?: string | undefined;
  readonly forward?: string | undefined;
}

/** The queue that the options name, with its login from the environment; undefined without one. @throws UsageError */
export function sharedQueue(
  { queue, role, state, forward }: QueueOptions,
  { env, io }: Pick<Surroundings, 'env' | 'io'>,
): SharedQueue | undefined {
  if (queue === undefined) {
    if (role === undefined) return undefined;
    throw new UsageError('`--role` needs `--queue`', {
      hint: 'The roles share a queue in Redis, for example `--queue redis://redis.internal:6379`.',
    });
  }
  const url = parseUrl(queue);
  if (!url || !/^rediss?:$/.test(url.protocol)) {
    throw new UsageError('`--queue` needs the URL of a Redis or Valkey server', {
      hint: 'For example `--queue redis://redis.internal:6379` or, with TLS, `--queue rediss://redis.internal:6380/0`.',
    });
  }
  if (url.password !== '' || url.username !== '') {
    throw new UsageError(
      'the URL of `--queue` contains a login, which every process on this machine can read',
      {
        hint: 'Set PDACTIONS_QUEUE_USERNAME and PDACTIONS_QUEUE_PASSWORD instead.',
      },
    );
  }
  for (const [name, value] of Object.entries({ '--state': state, '--forward': forward })) {
    if (value === undefined) continue;
    throw new UsageError(`\`${name}\` and \`--queue\` cannot be combined`, {
      hint: 'With `--queue`, Redis remembers the accepted presses, and the receivers run commands.',
    });
  }
  const { PDACTIONS_QUEUE_USERNAME: username, PDACTIONS_QUEUE_PASSWORD: password } = env;
  if (password) io.addSecret(password);
  return { address: { url: queue, username, password }, role: role ?? 'both' };
}

/** With `rediss://`, `--ca-file` and `--use-system-ca` apply to Redis, too. @throws as `openTrust` does */
export async function withTrust(
  queue: SharedQueue | undefined,
  context: Pick<Context, 'globals' | 'env' | 'cwd'>,
): Promise<SharedQueue | undefined> {
  if (!queue || !/^rediss:/i.test(queue.address.url)) return queue;
  const trust = await openTrust(context);
  return trust ? { ...queue, address: { ...queue.address, trust } } : queue;
}
