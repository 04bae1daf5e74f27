/** The built receiver, ended or blocked at bad moments: its runs, its output, and the result of the next start. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pointedAt, testSandbox } from '../helpers/in-process.ts';
import { spawnCli } from '../helpers/spawned.ts';
import { AUTH, end, folderWith, listen, press, QUEUE, SECRET } from './built.ts';
import { isAlive, send } from './world.ts';

describe.skipIf(QUEUE)('the state file', () => {
  it('T40: is not shared: a second receiver is refused, and the first one loses nothing', async () => {
    const cwd = folderWith({ command: ['true'] });
    const first = await listen(cwd, ['--no-notes', '--state', 'state']);
    const env = { LISTEN_SECRET: SECRET };
    const args = ['listen', '--port', '0', '--no-notes', '--state', 'state'];
    const second = await spawnCli(args, { cwd, env });
    expect([second.code, second.stderr]).toEqual([9, expect.stringContaining('another receiver (process')]);
    await press(first);
    await first.told('succeeded');
    await end(first, 'SIGKILL');
    const third = await listen(cwd, ['--no-notes', '--state', 'state']);
    expect((await press(third)).status).toBe(200);
    await end(third);
  });

  it('T40: is left alone if it has other contents', async () => {
    const cwd = folderWith({ command: ['true'] });
    const args = ['listen', '--port', '0', '--no-notes', '--state', 'pdactions.config.json'];
    const config = readFileSync(join(cwd, 'pdactions.config.json'), 'utf8');
    const { code, stderr } = await spawnCli(args, { cwd, env: { LISTEN_SECRET: SECRET } });
    expect([code, stderr]).toEqual([
      9,
      expect.stringContaining('is not a state file, and was left unchanged'),
    ]);
    expect(readFileSync(join(cwd, 'pdactions.config.json'), 'utf8')).toBe(config);
  });

  // Ids of different lengths make the disk full at different steps.
  it.each([0, 10, 20])(
    'T40: that cannot grow accepts no more presses, and the report of the next start is true (%i)',
    async (pad) => {
      const idOf = (n: number): string => `m-${n}${'x'.repeat(pad)}`;
      const cwd = folderWith({ command: ['/bin/sh', '-c', 'echo "$PD_MESSAGE_ID" >> runs'] });
      const full = await listenWithSmallFiles(cwd);
      const taken: string[] = [];
      let status = 202;
      for (let n = 0; status === 202; n += 1) {
        ({ status } = await send(full.url, { headers: AUTH, id: idOf(n) }));
        if (status !== 202) break;
        taken.push(idOf(n));
        // Its run ends, or fails to start, before the next press.
        await full.settled(taken.length);
      }
      expect(status).toBe(503);
      await full.ended();
      const file = join(cwd, 'runs');
      const runs = (): string[] => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []);
      const before = runs();
      expect(new Set(before).size).toBe(before.length);
      const next = await listen(cwd, ['--no-notes', '--state', 'state']);
      for (const id of taken) expect((await send(next.url, { headers: AUTH, id })).status).toBe(200);
      const refused = idOf(taken.length);
      expect((await send(next.url, { headers: AUTH, id: refused })).status).toBe(202);
      await next.told('succeeded', undefined, taken.length - before.length + 1);
      const { stdout } = await end(next);
      expect(stdout).not.toContain('"not-run"');
      expect(runs()).toEqual([...taken, refused]);
    },
  );
});

/** A file size limit of 1 KB simulates a full disk. */
async function listenWithSmallFiles(cwd: string) {
  const bin = resolve(import.meta.dirname, '../../bin/pdactions.js');
  const args = ['listen', '--port', '0', '--no-notes', '--state', 'state', '--json'];
  const child = spawn('/bin/sh', ['-c', 'ulimit -f 2; exec "$0" "$@"', process.execPath, bin, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: cwd, LISTEN_SECRET: SECRET },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const closed = new Promise<void>((done) => child.on('close', () => done()));
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk;
  });
  const seen = (pattern: RegExp, count = 1): Promise<string> =>
    new Promise((tell) => {
      const look = (): void => {
        const found = text.match(pattern) ?? [];
        if (found.length >= count) tell(found[0] ?? '');
      };
      child.stdout.on('data', look);
      look();
    });
  const url = await seen(/http:\/\/[\d.:]+/g);
  return {
    url,
    settled: (count: number) => Promise.race([seen(/"succeeded"/g, count), seen(/"state-failed"/g)]),
    async ended() {
      child.kill('SIGTERM');
      await closed;
      expect(text).toContain('"state-failed"');
    },
  };
}

describe('commands when the receiver is killed', () => {
  it('T46: continue, because they have lost their parent, and the next start reports that', async () => {
    const cwd = folderWith({ command: ['/bin/sh', '-c', 'echo $$ > pid; exec sleep 60'] });
    const first = await listen(cwd);
    await press(first);
    await first.told('started');
    while (!existsSync(join(cwd, 'pid')) || readFileSync(join(cwd, 'pid'), 'utf8') === '') {
      await new Promise((turn) => setImmediate(turn));
    }
    await end(first, 'SIGKILL');
    const pid = Number(readFileSync(join(cwd, 'pid'), 'utf8'));
    expect(await isAlive(pid)).toBe(true);
    const second = await listen(cwd);
    expect((await second.told('unknown-outcome'))[0]).toMatchObject({ id: 'm-1', incident: 'PINC001' });
    await end(second);
    process.kill(pid, 'SIGKILL');
  });
});

describe('presses that wait when the receiver ends', () => {
  const HOLD =
    'cat > "in-$PD_MESSAGE_ID"; echo "$PD_MESSAGE_ID" >> runs; until [ -e go ]; do sleep 0.02; done';
  const IDS = ['m-1', 'm-2', 'm-3', 'm-4', 'm-5'];

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'T40: run at the next start, once, in order and with their messages, after %s',
    async (signal) => {
      const cwd = folderWith({ command: ['/bin/sh', '-c', HOLD] });
      const runs = (): string[] => readFileSync(join(cwd, 'runs'), 'utf8').trim().split('\n');
      const state = ['--no-notes', '--state', 'state'];
      const first = await listen(cwd, state);
      for (const id of IDS) expect((await press(first, id)).status).toBe(202);
      await first.told('started');
      while (!existsSync(join(cwd, 'runs'))) await new Promise((turn) => setImmediate(turn));
      if (!QUEUE) {
        const text = readFileSync(join(cwd, 'state'), 'utf8');
        expect(text).toContain('"message"');
        expect(text).not.toMatch(/correct-horse|login:pass/);
      }
      first.child.kill(signal);
      if (signal === 'SIGTERM') await first.seen('"stopping"');
      else await first.ended;
      writeFileSync(join(cwd, 'go'), '');
      const { stdout } = await first.ended;
      expect(stdout.split('"started"')).toHaveLength(2);
      const second = await listen(cwd, state);
      await second.told('succeeded', undefined, 4);
      for (const id of IDS) expect((await press(second, id)).status).toBe(200);
      const resumed = (await end(second)).stdout;
      expect(resumed.split('"unknown-outcome"')).toHaveLength(signal === 'SIGKILL' ? 2 : 1);
      expect(runs()).toEqual(IDS);
      const input = JSON.parse(readFileSync(join(cwd, 'in-m-5'), 'utf8'));
      expect([input.incident.id, input.webhook]).toEqual([
        'PINC001',
        { id: 'PEXT1', name: 'Restart Server' },
      ]);
      const third = await listen(cwd, state);
      expect((await end(third)).stdout).not.toMatch(/resumed|unknown-outcome|not-run/);
    },
  );

  it.skipIf(QUEUE)('are not run, but reported, if the config no longer has a handler for them', async () => {
    const sandbox = await testSandbox();
    const cwd = folderWith({ command: ['/bin/sh', '-c', 'exec sleep 60'] });
    const first = await listen(cwd, ['--state', 'state'], pointedAt(sandbox));
    await press(first);
    await press(first, 'm-2');
    await first.told('started');
    await end(first, 'SIGKILL');
    const config = readFileSync(join(cwd, 'pdactions.config.json'), 'utf8').replaceAll('restart', 'reboot');
    writeFileSync(join(cwd, 'pdactions.config.json'), config);
    const second = await listen(cwd, ['--state', 'state'], pointedAt(sandbox));
    const [notRun] = await second.told('not-run');
    expect(notRun).toMatchObject({ id: 'm-2', detail: expect.stringContaining('no longer has a handler') });
    await end(second);
  });
});

/** `unshare` needs root, or a system that allows user namespaces. */
const CAN_UNSHARE = spawnSync('unshare', ['-p', '-f', '--mount-proc', 'true']).status === 0;

describe('two receivers on one state file that do not see each other', () => {
  it.skipIf(!CAN_UNSHARE || QUEUE)(
    'T62: the second one is refused, and a stale lock is taken over',
    async () => {
      const cwd = folderWith({ command: ['/bin/echo'] });
      const bin = resolve(import.meta.dirname, '../../bin/pdactions.js');
      const contained = (): ChildProcess => {
        const args = ['-p', '-f', '--mount-proc', '--kill-child', process.execPath, bin];
        const listen = ['listen', '--port', '0', '--no-notes', '--state', 'state', '--json'];
        const env = { PATH: process.env.PATH ?? '', HOME: cwd, LISTEN_SECRET: SECRET };
        const child = spawn('unshare', [...args, ...listen], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
        onTestFinished(() => void child.kill('SIGKILL'));
        return child;
      };
      const first = contained();
      const url = /http:\/\/[\d.:]+/.exec(await until(first, 'stdout', '"listening"'))?.[0] ?? '';
      const second = contained();
      const refusal = await until(second, 'stderr', '--state FILE');
      expect(refusal).toMatch(/another receiver \(process 1 on .+\) is using the state file/);
      expect((await send(url, { headers: AUTH })).status).toBe(202);
      const gone = new Promise((done) => first.once('close', done));
      first.kill('SIGKILL');
      await gone;
      const third = contained();
      await until(third, 'stdout', '"listening"');
    },
  );
});

/** Resolves with the output of a program once it contains the text. */
function until(child: ChildProcess, stream: 'stdout' | 'stderr', text: string): Promise<string> {
  let all = '';
  return new Promise((tell) => {
    child[stream]?.on('data', (chunk: Buffer) => {
      all += chunk;
      if (all.includes(text)) tell(all);
    });
  });
}
