/** One Redis for the tests of the built program that run against both ledgers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { launchRedis } from './server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL of a Redis; without one, the tests of the receiver run on files. */
    readonly queue: string;
  }
}

let end: (() => Promise<void>) | undefined;

export async function setup({ provide }: TestProject): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'pdactions-redis-'));
  // A database for each folder that a test makes.
  const redis = await launchRedis(dir, ['--databases', '10000']);
  provide('queue', redis.url);
  end = async () => {
    await redis.end();
    await rm(dir, { recursive: true });
  };
}

export async function teardown(): Promise<void> {
  await end?.();
}
