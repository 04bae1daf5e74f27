import { existsSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { unsafeIn } from '../helpers/canary.ts';
import { pointedAt, testSandbox } from '../helpers/in-process.ts';
import { spawnCli } from '../helpers/spawned.ts';
import { call, list } from '../sandbox/client.ts';
import { AUTH, folderWith, listen, QUEUE, SECRET } from './built.ts';
import { isGone, message, PATH, raw, request, script, send, statusOf } from './world.ts';

describe('the built program', () => {
  it('T37, T40, T43: runs an authentic press once, even after a restart, and shows no secret', async () => {
    const cwd = folderWith({ command: script(`require('fs').appendFileSync('runs', 'x')`) });
    const first = await listen(cwd);
    const wrong = { authorization: 'Bearer another-one-altogether' };
    expect((await send(first.url, { headers: wrong })).status).toBe(401);
    expect((await send(first.url, { headers: AUTH })).status).toBe(202);
    await first.seen('"succeeded"');
    first.child.kill('SIGTERM');
    const { code, stdout } = await first.ended;
    expect(code).toBe(0);
    const events = stdout
      .trim()
      .split('\n')
      .map((row) => JSON.parse(row));
    expect(events.map(({ event }) => event)).toEqual([
      'listening',
      'refused',
      'accepted',
      'started',
      'succeeded',
      'stopping',
    ]);
    const second = await listen(cwd);
    expect(await send(second.url, { headers: AUTH })).toEqual({
      status: 200,
      text: '{"status":"duplicate"}\n',
    });
    second.child.kill('SIGINT');
    expect((await second.ended).code).toBe(0);
    expect(readFileSync(join(cwd, 'runs'), 'utf8')).toBe('x');
  });

  it('T40: killed in the middle of a run, it runs nothing twice and reports that', async () => {
    const ready = await rendezvous();
    const cwd = folderWith({
      command: script(
        `require('fs').appendFileSync('runs', process.pid + ' '); fetch(process.env.READY); setInterval(() => {}, 1000)`,
      ),
      env: ['READY'],
    });
    const first = await listen(cwd, ['--no-notes'], { READY: ready.url });
    expect((await send(first.url, { headers: AUTH })).status).toBe(202);
    await ready.reached;
    first.child.kill('SIGKILL');
    await first.ended;
    const second = await listen(cwd);
    await second.seen('"unknown-outcome"');
    expect((await send(second.url, { headers: AUTH })).status).toBe(200);
    second.child.kill('SIGTERM');
    await second.ended;
    const pids = readFileSync(join(cwd, 'runs'), 'utf8').trim().split(' ');
    // The command has lost its parent, so the test must end it.
    for (const pid of pids) process.kill(Number(pid), 'SIGKILL');
    expect(pids).toHaveLength(1);
  });

  it.skipIf(QUEUE)('T40: keeps its state through a link, which stays one', async () => {
    const cwd = folderWith({ command: ['true'] });
    symlinkSync('kept.jsonl', join(cwd, 'state.jsonl'));
    for (const status of [202, 200]) {
      const running = await listen(cwd, ['--no-notes', '--state', 'state.jsonl']);
      expect((await send(running.url, { headers: AUTH })).status).toBe(status);
      running.child.kill('SIGTERM');
      await running.ended;
      expect(readFileSync(join(cwd, 'kept.jsonl'), 'utf8')).toContain('"m-1"');
    }
    expect(readlinkSync(join(cwd, 'state.jsonl'))).toBe('kept.jsonl');
  });

  it('T38, T41, T42, T44: refuses bad requests, runs no shell, and runs waiting presses in order', async () => {
    const cwd = folderWith({
      command: script(`require('fs').appendFileSync('titles', process.env.PD_INCIDENT_TITLE + '\\n')`),
    });
    const { url, told, child, ended } = await listen(cwd);
    const port = Number(new URL(url).port);
    const auth = `Authorization: ${AUTH.authorization}`;
    const statusFor = async (bytes: string): Promise<number> => statusOf(await raw(port, bytes));
    expect(await statusFor(request([auth], message({ title: 'x'.repeat(257 * 1024) })))).toBe(413);
    expect(await statusFor(request([auth, 'Content-Encoding: br']))).toBe(415);
    expect(await statusFor(request([auth, auth]))).toBe(400);
    for (const path of ['/hooks/../hooks/restart', '//hooks/restart', `http://x${PATH}`, '/__proto__']) {
      expect(await statusFor(request([auth]).replace(PATH, path))).toBe(404);
    }
    const titles = ['$(touch pwn)', '`touch pwn`', '"; touch pwn; "', '-rf', "'"];
    for (const [index, title] of titles.entries()) {
      expect((await send(url, { headers: AUTH, id: `m-${index}`, title })).status).toBe(202);
    }
    await told('succeeded', 'restart', titles.length);
    child.kill('SIGTERM');
    await ended;
    expect(readFileSync(join(cwd, 'titles'), 'utf8')).toBe(`${titles.join('\n')}\n`);
    expect(existsSync(join(cwd, 'pwn'))).toBe(false);
  });

  it('T46: running commands may finish, and nothing new starts', async () => {
    const ready = await rendezvous();
    const cwd = folderWith({
      command: script(
        `fetch(process.env.READY).then(() => setInterval(() => require('fs').existsSync('go') && process.exit(), 5))`,
      ),
      env: ['READY'],
    });
    const { url, seen, child, ended } = await listen(cwd, ['--no-notes'], { READY: ready.url });
    await send(url, { headers: AUTH });
    await send(url, { headers: AUTH, id: 'm-2' });
    await ready.reached;
    child.kill('SIGINT');
    await seen('"stopping"');
    writeFileSync(join(cwd, 'go'), '');
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    expect(stdout.split('"event": "succeeded"')).toHaveLength(2);
  });

  it('T46: a second signal ends everything at once, scripts included', async () => {
    const cwd = folderWith({
      command: script(
        `process.on('SIGTERM', () => {}); require('fs').writeFileSync('pid', String(process.pid)); fetch(process.env.READY); setInterval(() => {}, 1000)`,
      ),
      env: ['READY'],
    });
    const ready = await rendezvous();
    const running = await listen(cwd, ['--no-notes'], { READY: ready.url });
    await send(running.url, { headers: AUTH });
    await ready.reached;
    running.child.kill('SIGTERM');
    await running.seen('"stopping"');
    running.child.kill('SIGTERM');
    expect((await running.ended).code).toBe(143);
    expect(await isGone(Number(readFileSync(join(cwd, 'pid'), 'utf8')))).toBe(true);
  });

  it('writes the outcome on the incident, without secrets and control characters', async () => {
    const sandbox = await testSandbox();
    const cwd = folderWith({
      command: script(
        `console.log('\\x1b[31mdisk full\\x1b[0m\\u202e', 'Bearer ${SECRET}'); process.exit(3)`,
      ),
      note: 'on-failure',
    });
    const running = await listen(cwd, [], pointedAt(sandbox));
    await send(running.url, { headers: AUTH, incident: 'PINC001' });
    await running.seen('"event": "note');
    running.child.kill('SIGTERM');
    const { stdout } = await running.ended;
    expect(stdout).toContain('"noted"');
    expect(stdout).toMatch(/"exitCode": 3,.*"output": "disk full/);
    const { json } = await call(sandbox, 'GET', '/incidents/PINC001/notes');
    const [note, ...others] = list(json.notes);
    expect(others).toEqual([]);
    expect(note?.content).toMatch(
      /^pdactions: "Restart Server" failed with exit code 3 after \d+\.\d s \(pressed by Jane Doe, m-1\)\. Output:\n\ndisk full\\u\{202e\} .*\[redacted\]/,
    );
  });

  it('T45: hides a credential that a script has and prints', async () => {
    const cwd = folderWith({
      command: script('console.log(process.env.DEPLOY_TOKEN, process.env.STAGE)'),
      env: ['DEPLOY_TOKEN', 'STAGE'],
    });
    const running = await listen(cwd, ['--no-notes'], { DEPLOY_TOKEN: 'dep7-canary-Zq4x', STAGE: 'staging' });
    await send(running.url, { headers: AUTH });
    const seen = await running.seen('"succeeded"');
    running.child.kill('SIGTERM');
    await running.ended;
    expect(seen).toContain('"output": "[redacted] staging"');
  });

  it('T01: records names with control characters, escaped', async () => {
    const cwd = folderWith({ command: script('') });
    const running = await listen(cwd, ['--no-notes', '--record', 'presses.jsonl']);
    await send(running.url, { headers: AUTH, title: 'a\x9b2J\u202e\x7f' });
    await running.seen('"succeeded"');
    running.child.kill('SIGTERM');
    await running.ended;
    const record = readFileSync(join(cwd, 'presses.jsonl'), 'utf8');
    expect(record).toContain('a\\u009b2J\\u202e\\u007f');
    expect(unsafeIn(record)).toEqual([]);
  });

  it('records presses, and replays them', async () => {
    const cwd = folderWith({ command: script(`require('fs').appendFileSync('runs', 'x')`) });
    const running = await listen(cwd, ['--no-notes', '--record', 'presses.jsonl']);
    await send(running.url, { headers: AUTH });
    await running.seen('"succeeded"');
    const replay = (args: readonly string[]) =>
      spawnCli(['replay', 'presses.jsonl', '--yes', '--to', running.url, ...args], {
        cwd,
        env: { LISTEN_SECRET: SECRET },
      });
    expect(await replay(['--same-ids'])).toMatchObject({ code: 0, stdout: '1/1 restart (m-1) → 200\n' });
    expect(await replay([])).toMatchObject({ code: 0, stdout: expect.stringMatching(/→ 202\n$/) });
    const wrong = await spawnCli(['replay', 'presses.jsonl', '--yes', '--to', running.url], {
      cwd,
      env: { LISTEN_SECRET: 'another-value-0815' },
    });
    expect(wrong.code).toBe(6);
    running.child.kill('SIGTERM');
    await running.ended;
    expect(readFileSync(join(cwd, 'runs'), 'utf8')).toBe('xx');
  });

  it('finds out at the start that presses cannot be recorded, and refuses an empty or a remote replay without a flag', async () => {
    const cwd = folderWith({ command: ['true'] });
    const env = { LISTEN_SECRET: SECRET };
    const keep = ['listen', '--port', '0', '--no-notes', '--record'];
    for (const file of ['.', 'no-such-folder/presses.jsonl']) {
      const { code, stderr } = await spawnCli([...keep, file], { cwd, env });
      expect([code, stderr]).toEqual([9, expect.stringContaining('cannot record presses in')]);
    }
    writeFileSync(join(cwd, 'empty.jsonl'), '\n');
    const empty = await spawnCli(['replay', 'empty.jsonl'], { cwd, env });
    expect([empty.code, empty.stderr]).toEqual([3, expect.stringContaining('contains no presses to replay')]);
    const record = { at: 'now', action: 'restart', id: 'm-1', body: JSON.parse(message()) };
    writeFileSync(join(cwd, 'one.jsonl'), JSON.stringify(record));
    const away = await spawnCli(['replay', 'one.jsonl', '--to', 'https://hooks.example.invalid'], {
      cwd,
      env,
    });
    expect([away.code, away.stderr]).toEqual([3, expect.stringContaining('their handlers run for real')]);
  });

  it('forwards presses to a server of one’s own', async () => {
    const seen: { readonly url: string | undefined; readonly id: unknown }[] = [];
    const server = createServer((req, res) => {
      seen.push({ url: req.url, id: req.headers['x-webhook-id'] });
      req.resume();
      if (seen.length < 3) res.writeHead(seen.length === 1 ? 204 : 500).end();
      else res.socket?.write('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    onTestFinished(() => void server.close());
    const cwd = folderWith({ command: ['false'] });
    const running = await listen(cwd, [
      '--trust-proxy',
      '--forward',
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ]);
    await send(running.url, { headers: { ...AUTH, 'x-forwarded-for': '192.0.2.7' } });
    await running.seen('"succeeded"');
    await send(running.url, { headers: AUTH, id: 'm-2' });
    await running.seen('"failed"');
    // The failed press must not keep its place in the queue.
    await send(running.url, { headers: AUTH, id: 'm-3' });
    await running.seen('which answered 101');
    running.child.kill('SIGTERM');
    await running.ended;
    expect(seen).toEqual([
      { url: PATH, id: 'm-1' },
      { url: PATH, id: 'm-2' },
      { url: PATH, id: 'm-3' },
    ]);
  });

  it('U11: recognises V3 and EventBridge messages, and runs nothing', async () => {
    const cwd = folderWith({ command: script(`require('fs').writeFileSync('ran', '')`) });
    const running = await listen(cwd);
    const v3 = JSON.stringify({ event: { id: 'x', event_type: 'incident.triggered', data: {} } });
    const bridge = JSON.stringify({
      'detail-type': 'PagerDuty Webhook',
      detail: JSON.parse(message()).messages[0],
    });
    const trigger = message().replace('incident.custom', 'incident.trigger');
    for (const [body, what] of [
      [v3, 'V3 webhook'],
      [bridge, 'EventBridge'],
      [trigger, 'incident.trigger'],
    ]) {
      const reply = await send(running.url, { headers: AUTH, body: body ?? '' });
      expect(reply.status).toBe(202);
      expect(reply.text).toContain(what);
    }
    running.child.kill('SIGTERM');
    expect((await running.ended).stdout).not.toContain('"started"');
    expect(existsSync(join(cwd, 'ran'))).toBe(false);
  });
});

describe('T47: the address it listens on', () => {
  const env = { LISTEN_SECRET: SECRET };
  const refused = (args: readonly string[], cwd: string, more = {}) =>
    spawnCli(['listen', '--port', '0', '--no-notes', ...args], { cwd, env: { ...env, ...more } });

  it('T47: is this machine only, unless a flag says otherwise', async () => {
    const cwd = folderWith({ command: ['true'] });
    const { code, stderr } = await refused(['--host', '0.0.0.0'], cwd);
    expect([code, stderr]).toEqual([3, expect.stringContaining('--allow-remote')]);
    const local = await listen(cwd);
    expect(local.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    local.child.kill('SIGTERM');
    await local.ended;
    const open = await listen(cwd, ['--no-notes', '--host', '0.0.0.0', '--allow-remote']);
    open.child.kill('SIGTERM');
    expect((await open.ended).stderr).toContain('warning: other machines can reach this receiver');
  });

  it('T47: needs no secret only with a flag, and then refuses other machines and web pages', async () => {
    const cwd = folderWith({ command: ['true'] }, { headers: { 'X-Team': 'web' } });
    const plain = await refused([], cwd);
    expect([plain.code, plain.stderr]).toEqual([3, expect.stringContaining('--insecure-no-secret')]);
    const remote = await refused(['--insecure-no-secret', '--host', '0.0.0.0', '--allow-remote'], cwd);
    expect([remote.code, remote.stderr]).toEqual([3, expect.stringContaining('works on this machine only')]);
    const { url } = await listen(cwd, ['--no-notes', '--insecure-no-secret']);
    const team = { 'x-team': 'web' };
    expect((await send(url, { headers: { ...team, origin: 'https://evil.example' } })).status).toBe(403);
    expect((await send(url, { headers: team })).status).toBe(202);
  });

  it('T45: a script cannot be given a secret of pdactions', async () => {
    const named = await refused([], folderWith({ command: ['true'], env: ['PAGERDUTY_TOKEN'] }));
    expect([named.code, named.stderr]).toEqual([4, expect.stringContaining('cannot read PAGERDUTY_TOKEN')]);
    const held = await refused([], folderWith({ command: ['true'], env: ['LISTEN_SECRET'] }));
    expect([held.code, held.stderr]).toEqual([3, expect.stringContaining('LISTEN_SECRET')]);
  });

  it('starts with a broken handler, and reports it before the first press', async () => {
    const warnings = async (...command: string[]): Promise<string> => {
      const cwd = folderWith({ command });
      writeFileSync(join(cwd, 'plain.sh'), '');
      const running = await listen(cwd);
      running.child.kill('SIGTERM');
      return (await running.ended).stderr;
    };
    expect(await warnings('./gone.sh')).toMatch(
      /^warning: "restart" cannot run \.\/gone\.sh: it does not exist in .*\/pdactions-test-.*$/m,
    );
    expect(await warnings('./plain.sh')).toContain('cannot run ./plain.sh: it is not executable\n');
    expect(await warnings('no-such-program')).toContain('it is not in PATH\n');
    expect(await warnings('sh')).not.toContain('cannot run');
  });

  it('names missing settings', async () => {
    const cwd = folderWith({ command: ['true'] });
    const noToken = await spawnCli(['listen', '--port', '0'], { cwd, env });
    expect([noToken.code, noToken.stderr]).toEqual([5, expect.stringContaining('--no-notes')]);
    const { code, stderr } = await refused([], folderWith({ command: [] }));
    expect([code, stderr]).toEqual([4, expect.stringContaining('not a valid command')]);
  });
});

/** A URL that a script calls when it reaches a certain point. */
async function rendezvous(): Promise<{ readonly url: string; readonly reached: Promise<void> }> {
  let tell: () => void = () => undefined;
  const reached = new Promise<void>((done) => {
    tell = done;
  });
  const server = createServer((_, res) => {
    res.end();
    tell();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, reached };
}
