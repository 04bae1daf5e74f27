/** Receivers that share a queue in a real Redis, in this process. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SharedQueue } from '../../src/receiver/receiver.ts';
import { temporaryFolder } from '../helpers/in-process.ts';
import { actionOf, receive, SECRET, type World, type WorldOptions } from '../receiver/world.ts';
import { startRedis, type TestRedis } from './server.ts';

const KEEP = `require('fs').appendFileSync('runs', process.env.PD_MESSAGE_ID + '\\n')`;
const runsIn = (folder: string): readonly string[] => {
  const file = join(folder, 'runs');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
};

/** Receivers in one folder, like several machines with one volume for the files of their commands. */
function machines(redis: TestRedis, options: WorldOptions = {}) {
  const folder = temporaryFolder();
  return (role: SharedQueue['role'] = 'both', more: WorldOptions = {}): Promise<World> =>
    receive({
      folder,
      ...options,
      ...more,
      receiver: { queue: { address: { url: redis.url }, role }, drainMs: 60_000, ...more.receiver },
      limits: { lockMs: 1_000, stalledMs: 200, ...options.limits, ...more.limits },
    });
}

const readyOf = async (world: World): Promise<number> =>
  (await world.press({ method: 'GET', path: '/readyz' })).status;
const turn = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 20));

describe('a queue in Redis', () => {
  it('T62: runs a press that was delivered to two receivers once, and writes its note once', async () => {
    const redis = await startRedis();
    const start = machines(redis, { script: KEEP });
    const [one, two] = await Promise.all([start(), start()]);
    const ids = Array.from({ length: 20 }, (_, n) => `m-${n}`);
    const replies = await Promise.all(
      ids.flatMap((id) =>
        [one, two].map((world) => world.press({ id, incident: id.toUpperCase().replace('-', '') })),
      ),
    );
    expect(replies.filter(({ status }) => status === 202)).toHaveLength(ids.length);
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(ids.length);
    while (one.notes.length + two.notes.length < ids.length) await turn();
    expect([...runsIn(one.folder)].sort()).toEqual([...ids].sort());
    const written = [...one.notes, ...two.notes].map(({ incident }) => incident);
    expect(new Set(written).size).toBe(ids.length);
    expect(await two.press({ id: 'm-3' })).toMatchObject({ status: 200 });
    const keys = (await redis.client.keys('*')).sort();
    const dump = await Promise.all(
      keys.map(async (key) =>
        (await redis.client.type(key)) === 'hash' ? JSON.stringify(await redis.client.hgetall(key)) : '',
      ),
    );
    expect(dump.join()).not.toMatch(/correct-horse|login:pass/);
    expect(dump.join()).not.toContain(SECRET);
  });

  it('T44: keeps the presses of an incident in order, and one at a time, over two machines', async () => {
    const redis = await startRedis();
    const script = `const fs = require('fs'); fs.appendFileSync('log', '<'); setTimeout(() => { fs.appendFileSync('log', '>'); ${KEEP} }, 15)`;
    const start = machines(redis, { script });
    const [one, two] = await Promise.all([start(), start()]);
    const ids = Array.from({ length: 12 }, (_, n) => `m-${n}`);
    for (const [n, id] of ids.entries()) expect((await (n % 2 ? one : two).press({ id })).status).toBe(202);
    while (runsIn(one.folder).length < ids.length) await turn();
    expect(runsIn(one.folder)).toEqual(ids);
    expect(readFileSync(join(one.folder, 'log'), 'utf8')).toBe('<>'.repeat(ids.length));
  });

  it('has receivers that only accept, and receivers that only run', async () => {
    const redis = await startRedis();
    const start = machines(redis, { script: KEEP });
    const [door, worker] = await Promise.all([start('door'), start('worker')]);
    expect((await worker.press()).status).toBe(503);
    expect((await door.press()).status).toBe(202);
    await worker.told('noted');
    expect(door.events.map(({ event }) => event)).toEqual(['accepted']);
    expect([door.notes, worker.notes.length]).toEqual([[], 1]);
  });

  it('T62: gives a worker only presses of its own actions', async () => {
    const redis = await startRedis();
    const start = machines(redis, { script: KEEP });
    const old = await start();
    const more = [actionOf('fresh', { command: ['true'] })];
    const door = await start('door', { more });
    expect((await door.press({ path: '/hooks/fresh' })).status).toBe(202);
    expect((await door.press({ id: 'm-2' })).status).toBe(202);
    await old.told('noted');
    expect(runsIn(old.folder)).toEqual(['m-2']);
    const late = await start('worker');
    await late.told('unserved');
    const renewed = await start('worker', { more });
    expect((await renewed.told('succeeded'))[0]).toMatchObject({ action: 'fresh' });
  });

  it('T62: after an outage accepts nothing, runs nothing that it refused, and recovers by itself', async () => {
    const redis = await startRedis();
    const world = await machines(redis, { script: KEEP })();
    expect((await world.press({ id: 'm-1' })).status).toBe(202);
    await world.told('noted');
    await redis.kill();
    expect((await world.press({ id: 'm-2' })).status).toBe(503);
    while ((await readyOf(world)) === 200);
    expect((await world.press({ id: 'm-2' })).status).toBe(503);
    const { text } = await world.press({ method: 'GET', path: '/metrics' });
    expect(text).toMatch(/pdactions_ready 0/);
    await redis.restart();
    while ((await readyOf(world)) !== 200) await turn();
    await world.told('queue-back');
    expect((await world.press({ id: 'm-1' })).status).toBe(200);
    expect((await world.press({ id: 'm-3' })).status).toBe(202);
    await world.told('noted', 2);
    expect(runsIn(world.folder)).toEqual(['m-1', 'm-3']);
    expect((await world.press({ id: 'm-2' })).status).toBe(202);
  });

  it('T62: that hangs is answered with 503 within PagerDuty’s timeout', async () => {
    const redis = await startRedis();
    const world = await machines(redis)();
    redis.pause();
    expect((await world.press()).status).toBe(503);
    expect(await readyOf(world)).toBe(503);
    redis.resume();
    while ((await readyOf(world)) !== 200) await turn();
  });

  it('T62: is bounded, and accepts again when there is room', async () => {
    const redis = await startRedis();
    const script = `const fs = require('fs'); setInterval(() => fs.existsSync('go') && process.exit(), 5)`;
    const start = machines(redis, { script, limits: { waiting: 3 } });
    const world = await start();
    expect((await world.press({ id: 'm-0' })).status).toBe(202);
    await world.told('started');
    const statuses: number[] = [];
    for (let n = 1; n < 6; n += 1) statuses.push((await world.press({ id: `m-${n}` })).status);
    expect(statuses).toEqual([202, 202, 202, 503, 503]);
    writeFileSync(join(world.folder, 'go'), '');
    await world.told('succeeded', 4);
    expect((await world.press({ id: 'm-5' })).status).toBe(202);
    await world.told('succeeded', 5);
  });

  it('T62: warns of a Redis that could lose or drop presses', async () => {
    const redis = await startRedis(['--appendonly', 'no', '--maxmemory-policy', 'allkeys-lru']);
    const world = await machines(redis)();
    const warnings = (await world.told('queue-unsafe', 2)).map(({ detail }) => detail);
    expect(warnings.join()).toMatch(/appendonly yes.*noeviction/s);
    const safe = await machines(await startRedis())();
    expect(safe.events).toEqual([]);
  });

  it('logs in, and explains a refused login', async () => {
    const redis = await startRedis(['--requirepass', 'k7Qz-correct-horse-99']);
    const world = (password?: string) =>
      receive({ receiver: { queue: { address: { url: redis.url, password }, role: 'both' } } });
    await expect(world()).rejects.toMatchObject({
      hint: expect.stringContaining('PDACTIONS_QUEUE_PASSWORD'),
    });
    expect(await readyOf(await world('k7Qz-correct-horse-99'))).toBe(200);
  });

  it('needs a Redis that answers, and names its URL', async () => {
    const redis = await startRedis();
    await redis.kill();
    const port = new URL(redis.url).port;
    await expect(machines(redis)()).rejects.toThrow(`cannot use the queue at 127.0.0.1:${port}`);
    await redis.restart();
  });
});
