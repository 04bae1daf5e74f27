/** A Redis of its own for a test: on a free port, in a temporary folder, ended by its process id. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../helpers/in-process.ts';

const REDIS_SERVER = process.env.PDACTIONS_REDIS_SERVER ?? 'redis-server';
const HAS_REDIS = spawnSync(REDIS_SERVER, ['--version']).status === 0;

export interface LaunchedRedis extends TestRedis {
  end(): Promise<void>;
}

export interface TestRedis {
  readonly url: string;
  readonly client: Redis;
  /** Kills it, as by SIGKILL; written data stays. */
  kill(): Promise<void>;
  /** Starts it again, on the same port with the same data. */
  restart(): Promise<void>;
  pause(): void;
  resume(): void;
}

/** A server that ends with the test. */
export async function startRedis(more: readonly string[] = []): Promise<TestRedis> {
  const redis = await launchRedis(temporaryFolder(), more);
  onTestFinished(() => redis.end());
  return redis;
}

/** A server that the caller ends. */
export async function launchRedis(dir: string, more: readonly string[] = []): Promise<LaunchedRedis> {
  if (!HAS_REDIS) {
    throw new Error(`there is no ${REDIS_SERVER}: install it, or name one with PDACTIONS_REDIS_SERVER`);
  }
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', ''];
  const safe = ['--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction'];
  let child: ChildProcess | undefined;
  const start = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const started = spawn(REDIS_SERVER, [...args, ...safe, ...more], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      child = started;
      started.once('error', reject);
      let text = '';
      started.stdout.on('data', (chunk: Buffer) => {
        text += chunk;
        if (text.includes('Ready to accept connections')) resolve();
      });
    });
  const kill = (): Promise<void> =>
    new Promise((resolve) => {
      child?.once('close', () => resolve());
      child?.kill('SIGKILL');
    });
  await start();
  const client = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  return {
    async end() {
      client.disconnect();
      child?.kill('SIGCONT');
      await kill();
    },
    url: `redis://127.0.0.1:${port}`,
    client,
    kill,
    restart: start,
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
  };
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
