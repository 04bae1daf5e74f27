/** The built program on a queue shared by two machines, when one of them dies under load. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { AUTH, folderWith, type Listening, listen } from '../receiver/built.ts';
import { send } from '../receiver/world.ts';

const SCRIPT = 'echo "$PD_MESSAGE_ID" >> runs; [ -e go ] || sleep 0.2; exit 0';

const runsNow = async ({ url }: Listening): Promise<number> => {
  const { text } = await send(url, { method: 'GET', path: '/metrics' });
  return Number(/^pdactions_handlers_running (\d+)$/m.exec(text)?.[1]);
};

it('T62: waiting presses run on the other one, running ones are unknown, and nothing runs twice', async () => {
  const cwd = folderWith({ command: ['/bin/sh', '-c', SCRIPT], concurrency: 4 });
  const [first, second] = [await listen(cwd), await listen(cwd)];
  const ids = Array.from({ length: 40 }, (_, n) => `m-${n}`);
  for (const [n, id] of ids.entries()) {
    const { url } = n % 2 ? first : second;
    expect((await send(url, { headers: AUTH, id, incident: `PINC${n}` })).status).toBe(202);
  }
  await first.told('started');
  const died = new Promise((done) => first.child.once('exit', done));
  first.child.kill('SIGKILL');
  await died;
  writeFileSync(join(cwd, 'go'), '');
  // Waits until the surviving receiver is idle: the lanes of the dead one wait for its locks.
  for (let idle = 0; idle < 20; ) idle = (await runsNow(second)) === 0 ? idle + 1 : 0;
  const { stdout } = await first.ended;
  const ended = stdout.split('\n').filter((row) => row.includes('"event": "succeeded"')).length;
  const begun = stdout.split('\n').filter((row) => row.includes('"event": "started"')).length;
  const unknown = await second.told('unknown-outcome', undefined, begun - ended);
  await second.told('succeeded', undefined, ids.length - begun);
  second.child.kill('SIGTERM');
  expect((await second.ended).code).toBe(0);
  const runs = readFileSync(join(cwd, 'runs'), 'utf8').trim().split('\n');
  expect(new Set(runs).size).toBe(runs.length);
  for (const { id } of unknown) expect(ids).toContain(id);
  // A press may have been logged as begun without its command.
  expect(runs.length).toBeGreaterThanOrEqual(ids.length - unknown.length);
});
