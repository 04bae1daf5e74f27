import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { actionOf, receive, SECRET, type World } from './world.ts';

const get = (world: World, path: string) => world.press({ method: 'GET', path });
const HOLD = `const fs = require('fs'); fs.writeFileSync('running', ''); setInterval(() => fs.existsSync('go') && process.exit(), 5)`;

async function runs({ folder }: World): Promise<void> {
  while (!existsSync(join(folder, 'running'))) await new Promise((turn) => setImmediate(turn));
}

describe('the probes of a receiver', () => {
  it('are ready, and report too many waiting presses', async () => {
    const world = await receive({ script: HOLD, limits: { waiting: 1 } });
    expect(await get(world, '/readyz')).toEqual({ status: 200, text: '{"status":"ready"}\n' });
    for (const id of ['a', 'b']) expect((await world.press({ id })).status).toBe(202);
    await runs(world);
    expect((await world.press({ id: 'c' })).status).toBe(503);
    // The receiver caches the answer for a quarter of a second.
    let reply = await get(world, '/readyz');
    while (reply.status === 200) reply = await get(world, '/readyz');
    expect(reply).toEqual({ status: 503, text: '{"status":"too many presses are waiting"}\n' });
    writeFileSync(join(world.folder, 'go'), '');
    await world.told('succeeded', 2);
  });

  it('T46: while it stops, presses get 503, it is alive and not ready, and a new connection is answered', async () => {
    const world = await receive({ script: HOLD, receiver: { drainMs: 60_000 } });
    await world.press();
    await runs(world);
    const stopped = world.stop();
    await world.told('stopping');
    expect(await world.press({ id: 'm-2' })).toEqual({ status: 503, text: '{"status":"stopping"}\n' });
    expect(await get(world, '/readyz')).toEqual({ status: 503, text: '{"status":"stopping"}\n' });
    expect((await get(world, '/healthz')).status).toBe(200);
    writeFileSync(join(world.folder, 'go'), '');
    expect(await stopped).toBe(true);
    expect(world.events.map(({ event }) => event)).toContain('succeeded');
    await expect(world.press({ id: 'm-3' })).rejects.toThrow();
  });

  it('T46: a handler that outlasts the drain is cut off, and the end is not clean', async () => {
    const world = await receive({ script: HOLD });
    await world.press();
    await runs(world);
    expect(await world.stop()).toBe(false);
    expect(world.events.map(({ event }) => event)).toContain('stopped');
  });

  it('accept no press, and no action can have their paths', async () => {
    const world = await receive();
    for (const path of ['/healthz', '/readyz', '/metrics']) {
      expect((await world.press({ path })).status).toBe(405);
      const taken = receive({ url: `https://hooks.example.com${path}` });
      await expect(taken).rejects.toThrow(/health check/);
    }
  });
});

describe('the metrics of a receiver', () => {
  const valueIn = (text: string, name: string): number =>
    Number(
      text
        .split('\n')
        .find((row) => row.startsWith(`${name} `))
        ?.slice(name.length + 1) ?? Number.NaN,
    );

  it('count presses, refusals, runs and notes, and have no label and no secret from outside', async () => {
    const world = await receive({ more: [actionOf('fails', { command: ['false'], note: 'never' })] });
    await world.press();
    await world.told('noted');
    await world.press();
    await world.press({ path: '/hooks/fails', id: 'm-2' });
    await world.told('failed');
    await world.press({ headers: { authorization: 'Bearer another' } });
    for (const path of ['/x1', '/x2']) await world.press({ path });
    const { status, text } = await get(world, '/metrics');
    expect(status).toBe(200);
    const has = (name: string): number => valueIn(text, `pdactions_${name}`);
    expect(has('presses_accepted_total{action="restart"}')).toBe(1);
    expect(has('presses_duplicate_total{action="restart"}')).toBe(1);
    expect(has('presses_total{action="restart",outcome="succeeded"}')).toBe(1);
    expect(has('presses_total{action="fails",outcome="failed"}')).toBe(1);
    expect(has('refusals_total{reason="credentials"}')).toBe(1);
    expect(has('refusals_total{reason="path"}')).toBe(2);
    expect(has('notes_total{result="written"}')).toBe(1);
    expect(has('handler_seconds_count{action="restart"}')).toBe(1);
    expect(['presses_waiting', 'handlers_running', 'notes_owed', 'oldest_waiting_seconds'].map(has)).toEqual([
      0, 0, 0, 0,
    ]);
    expect([has('ready'), has('ledger_errors_total')]).toEqual([1, 0]);
    expect(text).not.toMatch(/\/x1|m-1|PINC1|Jane|correct-horse/);
    expect(text).not.toContain(SECRET);
  });

  it('show the number of waiting presses, and their age', async () => {
    let now = 1_000_000;
    const world = await receive({ script: HOLD, receiver: { now: () => now } });
    for (const id of ['a', 'b', 'c']) {
      await world.press({ id });
      now += 10_000;
    }
    await runs(world);
    const { text } = await get(world, '/metrics');
    expect(valueIn(text, 'pdactions_presses_waiting')).toBe(2);
    expect(valueIn(text, 'pdactions_oldest_waiting_seconds')).toBe(20);
    expect(valueIn(text, 'pdactions_handlers_running')).toBe(1);
    writeFileSync(join(world.folder, 'go'), '');
    await world.told('succeeded', 3);
  });
});
