import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sharedQueue } from '../../src/cli/commands/listen/queue.ts';
import { jobId, laneName, laneOf } from '../../src/receiver/ledger/redis/lanes.ts';
import { INSTALL } from '../../src/receiver/ledger/redis/library.ts';
import { recordingIo } from '../ui/io-world.ts';

const URL_OF_REDIS = 'redis://redis.internal:6379/2';

describe('--queue', () => {
  const read = (options: Parameters<typeof sharedQueue>[0], env = {}) =>
    sharedQueue(options, { env, io: recordingIo().io });

  it('takes the login from the environment, and never shows it', () => {
    const { io } = recordingIo();
    const env = { PDACTIONS_QUEUE_USERNAME: 'pd', PDACTIONS_QUEUE_PASSWORD: 'k7Qz-correct-horse-99' };
    const queue = sharedQueue({ queue: URL_OF_REDIS }, { env, io });
    expect(queue).toEqual({
      address: { url: URL_OF_REDIS, username: 'pd', password: 'k7Qz-correct-horse-99' },
      role: 'both',
    });
    expect(io.redact('k7Qz-correct-horse-99')).not.toContain('horse');
  });

  it.each([
    [{ queue: 'http://redis.internal' }, /needs the URL of a Redis or Valkey server/],
    [{ queue: 'redis' }, /needs the URL of a Redis or Valkey server/],
    [{ queue: 'redis://:secret@redis.internal' }, /the URL of `--queue` contains a login/],
    [{ queue: URL_OF_REDIS, state: 'file' }, /`--state` and `--queue` cannot be combined/],
    [{ queue: URL_OF_REDIS, forward: 'http://x' }, /`--forward` and `--queue` cannot be combined/],
    [{ role: 'door' as const }, /`--role` needs `--queue`/],
  ])('refuses %j', (options, why) => {
    expect(() => read(options)).toThrow(why);
  });

  it('names the tested versions to install', () => {
    const { devDependencies, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    const line = ['bullmq', 'ioredis'].map((name) => `${name}@${devDependencies[name]}`).join(' ');
    expect(INSTALL).toBe(`npm install --global ${line}`);
    for (const name of ['bullmq', 'ioredis']) {
      expect(peerDependencies[name]).toBe(`^${devDependencies[name]}`);
    }
  });
});

describe('the names in Redis', () => {
  it('have no colon, and distinguish different keys', () => {
    expect(laneName('a:b/c', 1)).toBe('press-a%3Ab%2Fc-1');
    expect(laneName('a', 11)).not.toBe(laneName('a-1', 1));
    expect(jobId({ id: '42:1' })).toBe('m-42%3A1');
  });

  it('keep an incident in one lane, and spread incidents over all of them', () => {
    const lanes = Array.from({ length: 200 }, (_, n) => laneOf(`PINC${n}`, 4));
    expect(new Set(lanes)).toEqual(new Set([0, 1, 2, 3]));
    expect(laneOf('PINC7', 4)).toBe(laneOf('PINC7', 4));
    expect(laneOf('PINC7', 1)).toBe(0);
  });
});
