/** The built receiver as a service: full disks, reloads, stops, and the first process of a container. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { INSTALL } from '../../src/receiver/ledger/redis/library.ts';
import { AUTH, folderWith, type Listening, listen, SECRET } from './built.ts';
import { send } from './world.ts';

const sh = (text: string): readonly string[] => ['/bin/sh', '-c', text];
const ready = async ({ url }: Listening): Promise<number> =>
  (await send(url, { method: 'GET', path: '/readyz' })).status;

/** `prlimit` lowers the file size limit of a running process, which simulates a full disk. */
const limitFiles = (pid: number | undefined, bytes: number | 'unlimited'): number | null =>
  spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]).status;
const HAS_PRLIMIT = limitFiles(process.pid, 'unlimited') === 0;

describe('a full disk', () => {
  it.skipIf(!HAS_PRLIMIT)('T40: makes it not ready at once, and ready again when there is room', async () => {
    const cwd = folderWith({ command: ['true'] });
    const running = await listen(cwd);
    expect(await ready(running)).toBe(200);
    expect((await send(running.url, { headers: AUTH })).status).toBe(202);
    await running.told('succeeded');
    limitFiles(running.child.pid, 100);
    while ((await ready(running)) === 200);
    expect((await send(running.url, { headers: AUTH, id: 'm-2' })).status).toBe(503);
    expect((await send(running.url, { method: 'GET', path: '/healthz' })).status).toBe(200);
    await running.told('state-failed');
    limitFiles(running.child.pid, 'unlimited');
    while ((await ready(running)) !== 200);
    expect((await send(running.url, { headers: AUTH, id: 'm-2' })).status).toBe(202);
    await running.told('succeeded', undefined, 2);
    running.child.kill('SIGTERM');
    expect((await running.ended).code).toBe(0);
  });
});

describe('SIGHUP', () => {
  it('reads the config again; one with problems leaves the old one in force', async () => {
    const cwd = folderWith({ command: sh('echo one >> runs') });
    const file = join(cwd, 'pdactions.config.json');
    const config = readFileSync(file, 'utf8');
    const running = await listen(cwd);
    const reload = async (text: string, event: string) => {
      writeFileSync(file, text);
      running.child.kill('SIGHUP');
      return (await running.told(event)).at(-1);
    };
    const failed = await reload('{ "actions": ', 'reload-failed');
    expect(failed).toMatchObject({ level: 'error', detail: expect.stringContaining('stays in use') });
    expect((await send(running.url, { headers: AUTH })).status).toBe(202);
    await running.told('succeeded');
    const changed = config.replace('echo one', 'echo two').replace('/hooks/restart', '/hooks/other');
    expect(await reload(changed, 'reloaded')).toMatchObject({ detail: 'serving one action' });
    expect((await send(running.url, { headers: AUTH, id: 'm-2' })).status).toBe(404);
    expect((await send(running.url, { headers: AUTH, id: 'm-2', path: '/hooks/other' })).status).toBe(202);
    await running.told('succeeded', undefined, 2);
    running.child.kill('SIGTERM');
    const { code, stderr } = await running.ended;
    expect([code, stderr]).toEqual([0, expect.stringMatching(/pdactions\.config\.json:\d+/)]);
    expect(readFileSync(join(cwd, 'runs'), 'utf8')).toBe('one\ntwo\n');
  });
});

describe('stopping', () => {
  it('T46: gives a handler its full time limit, but no more than `--drain`', async () => {
    const command = sh('touch running; until [ -e go ]; do sleep 0.02; done');
    const run = async (args: readonly string[]) => {
      const cwd = folderWith({ command, timeout: 30 });
      const running = await listen(cwd, ['--no-notes', ...args]);
      await send(running.url, { headers: AUTH });
      while (!existsSync(join(cwd, 'running'))) await new Promise((turn) => setImmediate(turn));
      running.child.kill('SIGTERM');
      await running.told('stopping');
      expect((await send(running.url, { headers: AUTH, id: 'm-2' })).status).toBe(503);
      return { cwd, running };
    };
    const patient = await run([]);
    writeFileSync(join(patient.cwd, 'go'), '');
    expect((await patient.running.ended).code).toBe(0);
    const hasty = await run(['--drain', '1']);
    const { code, stdout } = await hasty.running.ended;
    expect([code, stdout]).toEqual([143, expect.stringContaining('"stopped"')]);
  });
});

const CAN_UNSHARE = spawnSync('unshare', ['-p', '-f', '--mount-proc', 'true']).status === 0;

describe('the first process of a container', () => {
  it.skipIf(!CAN_UNSHARE)('T46: is advised to use an init', async () => {
    const cwd = folderWith({ command: ['true'] });
    const bin = resolve(import.meta.dirname, '../../bin/pdactions.js');
    const args = ['-p', '-f', '--mount-proc', '--kill-child', process.execPath, bin];
    const env = { PATH: process.env.PATH ?? '', HOME: cwd, LISTEN_SECRET: SECRET };
    const child = spawn('unshare', [...args, 'listen', '--port', '0', '--no-notes'], { cwd, env });
    onTestFinished(() => void child.kill('SIGKILL'));
    const said = await new Promise<string>((tell) => {
      let text = '';
      child.stderr.on('data', (chunk: Buffer) => {
        text += chunk;
        if (text.includes('zombies')) tell(text);
      });
    });
    expect(said).toContain('start the container with an init');
  });
});

describe('--queue without its packages', () => {
  it('names the line that installs them', async () => {
    const cwd = folderWith({ command: ['true'] });
    // A copy of the published files, without packages beside it.
    const program = join(cwd, 'program');
    for (const part of ['bin', 'dist', 'package.json']) {
      cpSync(resolve(import.meta.dirname, '../..', part), join(program, part), { recursive: true });
    }
    const args = ['listen', '--port', '0', '--no-notes', '--queue', 'redis://127.0.0.1:1'];
    const env = { PATH: process.env.PATH ?? '', HOME: cwd, LISTEN_SECRET: SECRET };
    const { status, stderr } = spawnSync(process.execPath, [join(program, 'bin/pdactions.js'), ...args], {
      ...{ cwd, env },
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([3, expect.stringContaining(`Run \`${INSTALL}\``)]);
  });
});
