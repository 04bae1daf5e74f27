import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../src/clock.ts';
import { LIMITS } from '../../src/receiver/limits.ts';
import { temporaryFolder } from '../helpers/in-process.ts';
import { isAlive, isGone, message, PATH, raw, receive, request, SECRET, script, statusOf } from './world.ts';

const AUTH = `Authorization: ${SECRET}`;
/** Writes its input into its folder. */
const KEEP = `require('fs').writeFileSync('env.json', JSON.stringify(process.env)); process.stdin.pipe(require('fs').createWriteStream('in.json'))`;

/** The status of the first press that the time limits leave whole: on a busy machine one may take longer than a limit of 50 ms. */
async function pressedInTime({ press }: Awaited<ReturnType<typeof receive>>): Promise<number> {
  for (let n = 0; ; n += 1) {
    const status = await press({ id: `m-${n}` }).then(
      (reply) => reply.status,
      () => 0,
    );
    if (status !== 0 && status !== 408) return status;
  }
}

describe('T37: authentication', () => {
  it.each([
    ['no header', []],
    ['another value', ['Authorization: Bearer another-value-of-no-use']],
    ['a prefix of the secret', [`Authorization: ${SECRET.slice(0, -1)}`]],
    ['the secret and more', [`Authorization: ${SECRET}x`]],
    ['another case', [`Authorization: ${SECRET.toUpperCase()}`]],
    ['an empty value', ['Authorization:']],
    ['the secret in another header', [`X-Authorization: ${SECRET}`]],
  ])('T37: %s: 401, nothing runs, nothing is remembered', async (_, lines) => {
    const world = await receive();
    expect(statusOf(await raw(world.port, request(lines)))).toBe(401);
    expect(readFileSync(join(world.folder, 'state.jsonl'), 'utf8')).not.toContain('take"');
    expect(world.events.map(({ event }) => event)).toEqual(['refused']);
    expect((await world.press()).status).toBe(202);
  });

  it('T37: the body is not even read', async () => {
    const world = await receive();
    const head = `POST ${PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{`;
    expect(statusOf(await raw(world.port, head, true))).toBe(401);
  });

  it.each([
    ['the right one first', [AUTH, 'Authorization: Bearer x']],
    ['the right one last', ['Authorization: Bearer x', AUTH]],
    ['the right one twice', [AUTH, AUTH]],
  ])('T37: the header twice, %s: 400', async (_, lines) => {
    const world = await receive();
    expect(statusOf(await raw(world.port, request(lines)))).toBe(400);
    expect(world.events).toHaveLength(1);
  });

  it('T37: every header of the action counts, and so do the login and the query of the URL', async () => {
    const world = await receive({
      url: 'https://jane:p%40ss@hooks.example.com/hooks/restart?key=abc',
      headers: [{ name: 'X-Key', value: 'one', source: '${ONE}' }],
    });
    const authorization = `Basic ${Buffer.from('jane:p@ss').toString('base64')}`;
    const good = { path: `${PATH}?key=abc`, headers: { authorization, 'x-key': 'one' } };
    expect((await world.press({ ...good, headers: { authorization } })).status).toBe(401);
    expect((await world.press({ ...good, headers: { 'x-key': 'one' } })).status).toBe(401);
    expect((await world.press({ ...good, path: PATH })).status).toBe(401);
    expect((await world.press({ ...good, path: `${PATH}?key=abd` })).status).toBe(401);
    expect((await world.press(good)).status).toBe(202);
  });
});

describe('T48, T49: an action without a secret', () => {
  const fromPage = (...lines: readonly string[]) =>
    request([]).replace('Host: 127.0.0.1', ['Content-Language: en', ...lines].join('\r\n'));

  it.each([
    ['a program of this machine', ['Host: 127.0.0.1:8080'], 202],
    ['a program with another local name', ['Host: localhost'], 202],
    ['T49: a page', ['Host: 127.0.0.1', 'Origin: https://evil.example'], 403],
    ['T49: a page of this machine', ['Host: 127.0.0.1', 'Origin: http://127.0.0.1:3000'], 403],
    ['T48: a page through a name that resolves here', ['Host: evil.example'], 403],
    ['T48: a name that begins like ours', ['Host: localhost.evil.example'], 403],
    ['T48: two names, the right one first', ['Host: 127.0.0.1', 'Host: evil.example'], 403],
  ])('%s', async (_, lines, status) => {
    const world = await receive({ headers: [] });
    expect(statusOf(await raw(world.port, fromPage(...lines)))).toBe(status);
    const taken = world.events.filter(({ event }) => event === 'accepted');
    expect(taken).toHaveLength(status === 202 ? 1 : 0);
  });
});

describe('T38: bodies', () => {
  it('T38: 256 KiB are accepted, one byte more is not', async () => {
    const world = await receive();
    const room = 256 * 1024 - Buffer.byteLength(message({ title: '' }));
    expect((await world.press({ title: 'x'.repeat(room) })).status).toBe(202);
    const answer = await raw(
      world.port,
      request([AUTH], message({ id: 'm-2', title: 'x'.repeat(room + 1) })),
    );
    expect(statusOf(answer)).toBe(413);
    expect(answer.toLowerCase()).toContain('connection: close');
  });

  it('T38: an endless chunked body is cut off', async () => {
    const world = await receive();
    const head = `POST ${PATH} HTTP/1.1\r\nHost: x\r\n${AUTH}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    expect(statusOf(await raw(world.port, head + chunk.repeat(5), true))).toBe(413);
  });

  it.each([
    ['a body in another encoding', ['Content-Encoding: br'], 415],
    ['two lengths', ['Content-Length: 3'], 400],
    ['a length and chunks', ['Transfer-Encoding: chunked'], 400],
  ])('T38: %s is refused', async (_, lines, status) => {
    const world = await receive();
    expect(statusOf(await raw(world.port, request([AUTH, ...lines]), true))).toBe(status);
    expect(world.events.filter(({ event }) => event === 'accepted')).toEqual([]);
  });

  it('T38: a wrong length, too short or too long, presses nothing', async () => {
    const patient = await receive();
    const hasty = await receive({ limits: { requestMs: 60, headersMs: 50 } });
    const body = message();
    const lie = (length: number) =>
      request([AUTH], body).replace(/Content-Length: \d+/, `Content-Length: ${length}`);
    expect(statusOf(await raw(patient.port, lie(10)))).toBe(400);
    expect([0, 400, 408]).toContain(statusOf(await raw(hasty.port, lie(body.length + 10), true)));
    const events = [...patient.events, ...hasty.events];
    expect(events.filter(({ event }) => event === 'accepted')).toEqual([]);
  });

  it('T38, T60: an unreadable message presses nothing, and no 4xx counts against the button', async () => {
    const world = await receive();
    expect(await world.press({ body: '{' })).toMatchObject({
      status: 202,
      text: expect.stringContaining('not JSON'),
    });
    const gzip = request([AUTH, 'Content-Encoding: gzip']);
    expect(await raw(world.port, gzip)).toMatch(/^HTTP\/1\.1 202 .*ignored: the body is not gzip/s);
    expect((await world.told('ignored', 2)).map(({ level }) => level)).toEqual(['warn', 'warn']);
    expect(world.events.filter(({ event }) => event === 'accepted')).toEqual([]);
  });

  it('T49: without a secret, a body of another type than JSON is refused', async () => {
    const open = await receive({ headers: [] });
    expect((await open.press({ headers: { 'content-type': 'text/plain' } })).status).toBe(415);
  });
});

/** A connection that stays open after its press has been answered. */
async function kept(port: number): Promise<{ readonly closed: Promise<void> }> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  const closed = new Promise<void>((done) => socket.on('close', () => done()));
  socket.write(request([AUTH]).replace('Connection: close', 'Connection: keep-alive'));
  await new Promise((done) => socket.once('data', done));
  return { closed };
}

describe('T39: slow senders', () => {
  it.each([
    ['headers', 'POST /hooks/restart HTTP/1.1\r\nHost: x\r\nX-A: '],
    [
      'a body',
      `POST ${PATH} HTTP/1.1\r\nHost: x\r\n${AUTH}\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{`,
    ],
  ])('T39: %s that never end are cut off', async (_, bytes) => {
    const world = await receive({ limits: { headersMs: 40, requestMs: 50 } });
    expect([0, 408]).toContain(statusOf(await raw(world.port, bytes, true)));
    expect(await pressedInTime(world)).toBe(202);
  });

  it('T39: idle connections beyond the limit are closed, and the limit is temporary', async () => {
    const world = await receive({ limits: { connections: 8, headersMs: 50, requestMs: 60 } });
    const idle = await Promise.all(Array.from({ length: 40 }, () => raw(world.port, '', true)));
    expect(idle).toHaveLength(40);
    expect(await pressedInTime(world)).toBe(202);
  });

  it('T39: an idle kept-alive connection gives way to a new one', async () => {
    const world = await receive({ limits: { connections: 2 } });
    const idle = await Promise.all([1, 2].map(() => kept(world.port)));
    // The first connection beyond the limit is refused, and the sender retries.
    await raw(world.port, request([AUTH]));
    await Promise.all(idle.map(({ closed }) => closed));
    expect(statusOf(await raw(world.port, request([AUTH])))).toBe(200);
  });

  it('a client that has closed its side gets its answer', async () => {
    const world = await receive();
    // `raw` ends its side with the request.
    expect(statusOf(await raw(world.port, request([AUTH])))).toBe(202);
  });

  it('T39: headers of more than 8 KB: 431', async () => {
    const world = await receive();
    expect(statusOf(await raw(world.port, request([AUTH, `X-A: ${'x'.repeat(9000)}`])))).toBe(431);
  });
});

describe('the limits', () => {
  it('T38, T39, T43, T44, T46: are those of the table', () => {
    expect(LIMITS).toMatchObject({
      bodyBytes: 262_144,
      headersMs: 5000,
      idleMs: 90_000,
      requestMs: 10_000,
      checkMs: 1000,
      connections: 64,
      headerBytes: 8192,
      running: 4,
      waiting: 100,
      outputBytes: 65_536,
      killMs: 5000,
      lingerMs: 250,
    });
  });

  it('T38: `Expect: 100-continue` is answered only with the secret', async () => {
    const world = await receive();
    const ask = (lines: readonly string[]) => raw(world.port, request(['Expect: 100-continue', ...lines]));
    expect(statusOf(await ask([]))).toBe(401);
    expect(await ask([AUTH])).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 202/);
  });
});

describe('T40: once only', () => {
  it.each([
    ['had begun', ['{"begin":"m-1"}'], 'is unknown'],
    ['had not begun', [], 'was not run'],
    ['had run, with a note to write,', ['{"begin":"m-1"}', '{"note":"m-1","text":"it ran"}'], 'it ran'],
  ])(
    'T40: a press cut off by a crash and %s is noted on the incident, once, and not run',
    async (_, steps, what) => {
      const folder = temporaryFolder();
      const taken = '{"take":"m-1","action":"restart","incident":"PINC1"}';
      const header = '{"pdactions":"taken messages","version":1}';
      writeFileSync(join(folder, 'state.jsonl'), [header, taken, ...steps].join('\n'));
      const first = await receive({ folder });
      await first.told('noted');
      expect(first.notes).toEqual([{ incident: 'PINC1', content: expect.stringContaining(what) }]);
      expect((await first.press()).status).toBe(200);
      await first.stop();
      const second = await receive({ folder });
      await second.stop();
      expect(second.notes).toEqual([]);
    },
  );

  it('T40: the same id a hundred times at once: one run, the others are duplicates', async () => {
    const world = await receive({
      script: `require('fs').appendFileSync('runs', 'x')`,
      limits: { connections: 200 },
    });
    const replies = await Promise.all(Array.from({ length: 100 }, () => world.press()));
    expect(replies.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(replies.filter(({ status, text }) => status === 200 && text.includes('duplicate'))).toHaveLength(
      99,
    );
    await world.told('succeeded');
    expect(readFileSync(join(world.folder, 'runs'), 'utf8')).toBe('x');
  });

  it('T40: a duplicate remains one after a restart', async () => {
    const first = await receive();
    await first.press();
    await first.told('succeeded');
    await first.stop();
    const second = await receive({ folder: first.folder });
    expect((await second.press()).status).toBe(200);
    expect((await second.press({ id: 'm-2' })).status).toBe(202);
  });

  it("T40: without the header the message's own id counts; without both nothing runs", async () => {
    const world = await receive();
    expect((await world.press({ id: null, body: message({ id: 'own' }) })).status).toBe(202);
    expect((await world.press({ id: 'own' })).status).toBe(200);
    const twice = request([AUTH, 'X-Webhook-Id: a', 'X-Webhook-Id: b'], message({ id: 'own' }));
    expect(statusOf(await raw(world.port, twice))).toBe(200);
    expect(await world.press({ id: null, body: message({ id: null }) })).toMatchObject({
      status: 202,
      text: expect.stringContaining('ignored: neither a usable X-Webhook-Id'),
    });
    await world.told('succeeded');
    expect(world.events.filter(({ event }) => event === 'started')).toHaveLength(1);
  });

  it('T40: an unusable state file stops it before it listens', async () => {
    const started = receive({ receiver: { stateFile: '/no-such-folder/state.jsonl' } });
    await expect(started).rejects.toMatchObject({ kind: 'local-io' });
  });
});

describe('T41: paths', () => {
  it.each([
    '/hooks/../../etc/passwd',
    '/hooks/%2e%2e/restart',
    '/hooks/x/../restart',
    '//hooks/restart',
    '/hooks/restart/',
    '/HOOKS/restart',
    '/hooks/restart?x=1',
    '/hooks/restart%00',
    '/__proto__',
    '/constructor',
    '/',
    '*',
    'http://evil.example/hooks/restart',
    '/%',
  ])('T41: %s does not exist', async (path) => {
    const world = await receive();
    const answer = await raw(world.port, request([AUTH]).replace(PATH, path));
    expect([404, 400]).toContain(statusOf(answer));
    expect(world.events.filter(({ event }) => event !== 'refused')).toEqual([]);
  });

  it('T41: other methods are refused, and the health check reveals nothing else', async () => {
    const world = await receive();
    expect((await world.press({ method: 'GET' })).status).toBe(405);
    expect(await world.press({ method: 'GET', path: '/healthz' })).toEqual({
      status: 200,
      text: '{"status":"ok"}\n',
    });
    expect((await world.press({ path: '/healthz' })).status).toBe(405);
  });
});

describe('T42, T45: the environment of a script', () => {
  const NASTY = '$(touch pwn); `id` " -rf \n\0\u202e';

  it('T42: a title is data, wherever it arrives', async () => {
    const world = await receive({ script: KEEP });
    const title = NASTY + 'ä'.repeat(100_000);
    expect((await world.press({ title })).status).toBe(202);
    await world.told('succeeded');
    expect(existsSync(join(world.folder, 'pwn'))).toBe(false);
    const env = JSON.parse(readFileSync(join(world.folder, 'env.json'), 'utf8'));
    expect(Buffer.byteLength(env.PD_INCIDENT_TITLE)).toBeLessThanOrEqual(4096);
    expect(env.PD_INCIDENT_TITLE).toMatch(/^\$\(touch pwn\); `id` " -rf \n\u202eä+$/);
    const input = JSON.parse(readFileSync(join(world.folder, 'in.json'), 'utf8'));
    expect(input.incident.title).toBe(title);
  });

  it('T45: has the allowed variables, the press, and no secret', async () => {
    const world = await receive({ script: KEEP, handler: { env: ['OTHER', 'PAGERDUTY_TOKEN'] } });
    await world.press();
    await world.told('succeeded');
    const text = readFileSync(join(world.folder, 'env.json'), 'utf8');
    const { PATH: path, HOME, OTHER, __CF_USER_TEXT_ENCODING: _mac, ...told } = JSON.parse(text);
    expect([path, HOME, OTHER]).toEqual([process.env.PATH, world.folder, 'x']);
    expect(told).toEqual({
      PD_EVENT: 'incident.custom',
      PD_MESSAGE_ID: 'm-1',
      PD_PRESSED_AT: '2026-11-24T04:00:00Z',
      PD_ACTION: 'restart',
      PD_ACTION_LABEL: 'Restart Server',
      PD_ACTION_ID: 'PEXT1',
      PD_INCIDENT_ID: 'PINC1',
      PD_INCIDENT_NUMBER: '7',
      PD_INCIDENT_TITLE: 'It is broken',
      PD_INCIDENT_URL: 'https://acme.pagerduty.com/incidents/PINC1',
      PD_INCIDENT_STATUS: 'triggered',
      PD_INCIDENT_URGENCY: 'high',
      PD_INCIDENT_KEY: '',
      PD_INCIDENT_SELF: '',
      PD_INCIDENT_PRIORITY: '',
      PD_INCIDENT_ASSIGNEES: '',
      PD_INCIDENT_ASSIGNEE_IDS: '',
      PD_ESCALATION_POLICY_ID: '',
      PD_ESCALATION_POLICY_NAME: '',
      PD_ALERT_KEY: '',
      PD_SOURCE_ORIGIN: '',
      PD_SOURCE_COMPONENT: '',
      PD_SOURCE_HOST: '',
      PD_SOURCE_REGION: '',
      PD_SERVICE_ID: 'PCHKOUT',
      PD_SERVICE_NAME: 'Checkout API',
      PD_USER_ID: 'PUSER1',
      PD_USER_NAME: 'Jane Doe',
    });
    expect(readFileSync(join(world.folder, 'in.json'), 'utf8')).not.toMatch(/correct-horse|login:pass/);
  });

  it('T45: has no inherited open file', async () => {
    const world = await receive({
      script: `const fs = require('fs'); console.log(fs.readdirSync('/proc/self/fd').map((fd) => { try { return fs.readlinkSync('/proc/self/fd/' + fd) } catch { return '' } }).join(' '))`,
    });
    await world.press();
    await world.told('noted');
    expect(world.notes[0]?.content).not.toContain('state.jsonl');
  });
});

describe('T43: scripts that misbehave', () => {
  /** Ignores SIGTERM, like its child; writes the ids of both to a file. */
  const STUBBORN = `const fs = require('fs'); process.on('SIGTERM', () => {}); const c = require('child_process').spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); console.log('ready'); setInterval(() => {}, 1000)"], { stdio: ['ignore', 'pipe', 'ignore'] }); c.stdout.once('data', () => { fs.writeFileSync('new', process.pid + ' ' + c.pid); fs.renameSync('new', 'pids') }); setInterval(() => {}, 1000)`;

  it.each([
    ['exit code 1', { command: script('console.log("oh no"); process.exit(1)') }, /failed with exit code 1/],
    [
      'a signal of its own',
      { command: script('process.kill(process.pid, "SIGKILL")') },
      /was ended by SIGKILL/,
    ],
    ['a missing program', { command: ['./no-such-program'] }, /does not exist/],
    ['a program that is not executable', { command: ['./state.jsonl'] }, /not executable/],
    ['arguments that are too long', { command: ['/bin/echo', 'x'.repeat(3_000_000)] }, /too long/],
  ])('T43: %s is reported as a failure', async (_, handler, how) => {
    const world = await receive({ handler });
    expect((await world.press()).status).toBe(202);
    const [failed] = await world.told('failed');
    expect(failed?.detail).toMatch(how);
    await world.told('noted');
    expect(world.notes[0]?.content).toMatch(how);
  });

  it('T43: the answer does not wait for it; a hanging one is ended with its children', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'pids');
    const timeout = 977;
    /** The time limit passes as soon as both processes run. */
    const clock: Clock = {
      ...systemClock,
      sleep: async (ms, signal) => {
        if (ms !== timeout * 1000) return systemClock.sleep(ms, signal);
        while (!existsSync(file)) await systemClock.sleep(5, signal);
      },
    };
    const world = await receive({ folder, script: STUBBORN, handler: { timeout }, receiver: { clock } });
    expect((await world.press()).status).toBe(202);
    const [overdue] = await world.told('timed-out');
    expect(overdue?.detail).toContain(`longer than ${timeout} s`);
    const pids = readFileSync(file, 'utf8').split(' ').map(Number);
    expect(pids).toHaveLength(2);
    for (const pid of pids) await isGone(pid);
  });

  it('T43: 100 MB of output: the end of it, and bounded', async () => {
    const world = await receive({
      script: `const b = Buffer.alloc(1 << 20, 'x'); let n = 0; const w = () => { while (n++ < 100) if (!process.stdout.write(b)) return process.stdout.once('drain', w); process.stdout.write('\\nthe end\\n') }; w()`,
    });
    await world.press();
    await world.told('noted');
    expect(world.notes[0]?.content).toMatch(/the end$/);
    expect(world.notes[0]?.content.length).toBeLessThan(4000);
  });

  it('T43: it may ignore its input', async () => {
    const world = await receive({ script: 'process.stdin.destroy()' });
    await world.press({ title: 'x'.repeat(200_000) });
    await world.told('succeeded');
  });

  it('T43: processes it leaves behind do not delay the result', async () => {
    const world = await receive({
      script: `const c = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' }); require('fs').writeFileSync('pid', String(c.pid)); c.unref(); process.exit(0)`,
      limits: { drainMs: 20 },
    });
    await world.press();
    await world.told('succeeded');
    const pid = Number(readFileSync(join(world.folder, 'pid'), 'utf8'));
    expect(await isAlive(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
  });
});

describe('T44: many at once', () => {
  it('T44: two run, five wait, the rest gets 503 and may come again', async () => {
    const HOLD = `const fs = require('fs'); fs.writeFileSync('run-' + process.env.PD_MESSAGE_ID, ''); setInterval(() => fs.existsSync('go') && process.exit(), 5)`;
    const world = await receive({
      script: HOLD,
      handler: { concurrency: 4 },
      limits: { waiting: 5, running: 2, connections: 100 },
    });
    const press = (n: number) => world.press({ id: `m-${n}`, incident: `PINC${n}` });
    const pressAll = (from: number, to: number) =>
      Promise.all(Array.from({ length: to - from }, (_, index) => press(from + index)));
    // A press that is being recorded waits, too, so the first two must run before the queue is counted.
    const first = await pressAll(0, 2);
    await world.told('started', 2);
    const replies = [...first, ...(await pressAll(2, 20))];
    expect(replies.filter(({ status }) => status === 202)).toHaveLength(7);
    expect(replies.filter(({ status }) => status === 503)).toHaveLength(13);
    expect(world.events.filter(({ event }) => event === 'started')).toHaveLength(2);
    writeFileSync(join(world.folder, 'go'), '');
    await world.told('succeeded', 7);
    expect(readdirSync(world.folder).filter((name) => name.startsWith('run-'))).toHaveLength(7);
    const lost = replies.findIndex(({ status }) => status === 503);
    expect((await world.press({ id: `m-${lost}` })).status).toBe(202);
  });

  it('T44: an incident does not wait for the handler of another one', async () => {
    const world = await receive({
      script: `process.env.PD_INCIDENT_ID === 'PINC1' && setInterval(() => {}, 1000)`,
    });
    await world.press({ id: 'hangs', incident: 'PINC1' });
    await world.press({ id: 'waits', incident: 'PINC1' });
    await world.press({ id: 'passes', incident: 'PINC2' });
    expect((await world.told('succeeded')).map(({ id }) => id)).toEqual(['passes']);
    expect((await world.told('started', 2)).map(({ id }) => id)).toEqual(['hangs', 'passes']);
  });

  it('T44: one action on one incident runs one after the other, in order', async () => {
    const world = await receive({
      script: `require('fs').appendFileSync('order', process.env.PD_MESSAGE_ID + ' ')`,
    });
    for (const id of ['a', 'b', 'c', 'd']) await world.press({ id });
    await world.told('succeeded', 4);
    expect(readFileSync(join(world.folder, 'order'), 'utf8')).toBe('a b c d ');
  });
});

describe('T46: stopping', () => {
  it('T46: running commands are ended, waiting presses are kept for the next start, nothing is left', async () => {
    const world = await receive({
      handler: { concurrency: 1 },
      script: `require('fs').writeFileSync('pid', String(process.pid)); process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)`,
    });
    await world.press({ id: 'a' });
    await world.press({ id: 'b', incident: 'PINC2' });
    await world.told('started');
    await world.stop();
    expect(world.events.map(({ event }) => event)).toContain('stopped');
    const next = await receive({ folder: world.folder, script: 'console.log(process.env.PD_INCIDENT_ID)' });
    await next.told('noted');
    expect(next.notes).toEqual([{ incident: 'PINC2', content: expect.stringMatching(/succeeded.*PINC2$/s) }]);
    if (existsSync(join(world.folder, 'pid'))) {
      await isGone(Number(readFileSync(join(world.folder, 'pid'), 'utf8')));
    }
    await expect(world.press({ id: 'c' })).rejects.toThrow();
  });
});
