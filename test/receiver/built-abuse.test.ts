/** The rows of the abuse table about `listen`, against the built program with its real limits. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AUTH, folderOf, folderWith, listen } from './built.ts';
import { isAlive, isGone, message, PATH, raw, request, script, send, statusOf } from './world.ts';

const SECRET_LINE = `Authorization: ${AUTH.authorization}`;
const sh = (text: string): readonly string[] => ['/bin/sh', '-c', text];
const KEEP_ID = sh('echo "$PD_MESSAGE_ID" >> runs');
const runsIn = (folder: string): string[] => {
  const file = join(folder, 'runs');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
};

describe('the HTTP front', () => {
  it('T37: admits only requests with the secret, and remembers nothing of the others', async () => {
    const cwd = folderWith({ command: KEEP_ID });
    const { port, told, child, ended } = await listen(cwd);
    const value = AUTH.authorization;
    const wrong: readonly (readonly [readonly string[], number])[] = [
      [[], 401],
      [['Authorization:'], 401],
      [[`Authorization: ${value.slice(0, -1)}`], 401],
      [[`Authorization: ${value}x`], 401],
      [[`Authorization: ${value.toUpperCase()}`], 401],
      [[`X-Authorization: ${value}`], 401],
      [[SECRET_LINE, SECRET_LINE], 400],
      [[SECRET_LINE, 'authorization: x'], 400],
      [['authorization: x', SECRET_LINE], 400],
    ];
    for (const [lines, status] of wrong) {
      // Broken JSON would get a 400 if the body were parsed.
      const body = lines.length === 1 ? '{' : message();
      expect(statusOf(await raw(port, request(lines, body))), lines.join()).toBe(status);
    }
    expect(statusOf(await raw(port, request([SECRET_LINE])))).toBe(202);
    await told('succeeded');
    child.kill('SIGTERM');
    await ended;
    expect(runsIn(cwd)).toEqual(['m-1']);
  });

  it('T38: takes 256 KiB of JSON with one length, and nothing else', async () => {
    const cwd = folderWith({ command: KEEP_ID });
    const { port, told } = await listen(cwd);
    const room = 256 * 1024 - Buffer.byteLength(message({ title: '' }));
    const head = (lines: readonly string[]): string =>
      [
        `POST ${PATH} HTTP/1.1`,
        'Host: x',
        SECRET_LINE,
        'Content-Type: application/json',
        ...lines,
        '',
        '',
      ].join('\r\n');
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const refused: readonly (readonly [string, string, number])[] = [
      ['a byte too many', request([SECRET_LINE], message({ title: 'x'.repeat(room + 1) })), 413],
      ['chunks without an end', head(['Transfer-Encoding: chunked']) + chunk.repeat(5), 413],
      ['a length of 10 GB', head(['Content-Length: 10737418240']), 413],
      ['a body in another encoding', request([SECRET_LINE, 'Content-Encoding: br']), 415],
      ['two lengths', request([SECRET_LINE, 'Content-Length: 3']), 400],
      ['a length and chunks', request([SECRET_LINE, 'Transfer-Encoding: chunked']), 400],
      ['a negative length', head(['Content-Length: -1']), 400],
      ['a length that is too short', request([SECRET_LINE]).replace(/Length: \d+/, 'Length: 10'), 400],
    ];
    for (const [what, bytes, status] of refused) {
      expect(statusOf(await raw(port, bytes, true)), what).toBe(status);
    }
    // Half closed in the middle of the body: the rest will never come.
    const cut = request([SECRET_LINE]).replace(
      /Length: (\d+)/,
      (_, length) => `Length: ${Number(length) + 10}`,
    );
    expect(statusOf(await raw(port, cut))).toBe(400);
    expect(statusOf(await raw(port, request([SECRET_LINE], message({ title: 'x'.repeat(room) }))))).toBe(202);
    await told('succeeded');
    expect(runsIn(cwd)).toEqual(['m-1']);
  });

  it('T41: knows exact paths only', async () => {
    const cwd = folderWith({ command: KEEP_ID });
    const { port, url } = await listen(cwd);
    const paths = [
      '/hooks/../../etc/passwd',
      '/hooks/%2e%2e/hooks/restart',
      `/${PATH}`,
      `${PATH}/`,
      `${PATH}?x=1`,
      `${PATH}%00`,
      PATH.toUpperCase(),
      `http://evil.example${PATH}`,
      `${url}${PATH}`,
      '/__proto__',
      '/constructor',
      '/%',
    ];
    for (const path of paths) {
      expect(statusOf(await raw(port, request([SECRET_LINE]).replace(PATH, path))), path).toBe(404);
    }
    expect((await send(url, { method: 'GET', path: '/healthz' })).status).toBe(200);
    expect(runsIn(cwd)).toEqual([]);
  });
});

describe('a message', () => {
  it('T40: runs once, sent a hundred times at once, without the header, and after a restart', async () => {
    const cwd = folderWith({ command: KEEP_ID, concurrency: 4 });
    const first = await listen(cwd);
    const press = (id: string) => send(first.url, { headers: AUTH, id });
    const statuses: number[] = [];
    // Concurrent connections beyond the limit get no answer.
    for (let round = 0; round < 2; round += 1) {
      const replies = await Promise.all(Array.from({ length: 50 }, () => press('m-1')));
      statuses.push(...replies.map(({ status }) => status));
    }
    expect(statuses.filter((status) => status === 202)).toHaveLength(1);
    expect(statuses.filter((status) => status === 200)).toHaveLength(99);
    const noHeader = { headers: AUTH, id: null };
    expect((await send(first.url, { ...noHeader, body: message({ id: 'own' }) })).status).toBe(202);
    expect((await press('own')).status).toBe(200);
    expect(await send(first.url, { ...noHeader, body: message({ id: null }) })).toMatchObject({
      status: 202,
      text: expect.stringContaining('ignored'),
    });
    const unusable = { ...AUTH, 'x-webhook-id': 'not one word' };
    expect((await send(first.url, { headers: unusable, body: message({ id: 'own' }) })).status).toBe(200);
    // Another id is another press, whatever the body contains.
    expect((await send(first.url, { headers: AUTH, id: 'm-2', body: message({ id: 'm-1' }) })).status).toBe(
      202,
    );
    await first.told('succeeded', 'restart', 3);
    first.child.kill('SIGKILL');
    await first.ended;
    const second = await listen(cwd);
    for (const id of ['m-1', 'own', 'm-2']) {
      expect((await send(second.url, { headers: AUTH, id })).status).toBe(200);
    }
    expect(runsIn(cwd).sort()).toEqual(['m-1', 'm-2', 'own']);
  });

  it('T42, T45: is data for the command, which sees no secret, no other variable and no open file', async () => {
    const source = `
      const fs = require('fs');
      const open = fs.readdirSync('/proc/self/fd').map((fd) => { try { return fs.readlinkSync('/proc/self/fd/' + fd) } catch { return '' } });
      process.stdin.on('data', () => {}).on('end', () => {
        fs.writeFileSync('seen.json', JSON.stringify({ env: process.env, argv: process.argv.slice(1), cwd: process.cwd(), open }));
      });`;
    const cwd = folderWith({ command: [...script(source), 'fixed'], env: ['OTHER'] });
    const env = { OTHER: 'x', UNNAMED: 'y', PAGERDUTY_TOKEN: 'u+tokenThatNobodyMaySee' };
    const { url, told } = await listen(cwd, ['--no-notes'], env);
    const title = `$(touch pwn); \`touch pwn\` " -rf \n\0${'ä'.repeat(120_000)}`;
    expect((await send(url, { headers: AUTH, title })).status).toBe(202);
    await told('succeeded');
    const seen = JSON.parse(readFileSync(join(cwd, 'seen.json'), 'utf8'));
    expect(existsSync(join(cwd, 'pwn'))).toBe(false);
    expect([seen.argv, seen.cwd]).toEqual([['fixed'], cwd]);
    expect(
      Object.keys(seen.env)
        .filter((name) => !name.startsWith('PD_'))
        .sort(),
    ).toEqual(['HOME', 'OTHER', 'PATH']);
    expect(Buffer.byteLength(seen.env.PD_INCIDENT_TITLE)).toBeLessThanOrEqual(4096);
    expect(seen.open.join(' ')).not.toMatch(/\.jsonl|\.lock/);
    expect(JSON.stringify(seen)).not.toMatch(/correct-horse|tokenThatNobodyMaySee/);
  });

  it('of `pdactions test` is answered like a press, and runs nothing', async () => {
    const cwd = folderWith({ command: KEEP_ID });
    const { url, told } = await listen(cwd);
    const test = { headers: AUTH, incident: 'PTESTIN' };
    expect((await send(url, test)).text).toBe('{"status":"a test: not run"}\n');
    expect(await send(url, test)).toEqual({ status: 200, text: '{"status":"duplicate"}\n' });
    await told('tested');
    expect((await send(url, { ...test, headers: { authorization: 'Bearer another-one' } })).status).toBe(401);
    expect(runsIn(cwd)).toEqual([]);
    expect((await send(url, { headers: AUTH })).status).toBe(202);
    await told('succeeded');
  });
});

describe('commands', () => {
  const HANG = { timeout: 1 };
  const COMMANDS = {
    fails: { command: sh('echo oh no >&2; exit 7') },
    killed: { command: sh('kill -KILL $$') },
    missing: { command: ['./no-such-program'] },
    plain: { command: ['./plain.sh'] },
    folder: { command: ['./folder'] },
    vanishes: { command: ['./vanishes.sh'] },
    interpreter: { command: ['./interpreter.sh'] },
    shebang: { command: ['./shebang.sh'] },
    deaf: { command: sh('exec sleep 0') },
    closes: { command: sh('exec 0<&- 1>&- 2>&-') },
    floods: { command: ['/usr/bin/head', '-c', String(256 * 1024 * 1024), '/dev/zero'] },
    leaves: { command: sh('sleep 60 & echo $! > leaves.pid') },
    hangs: { command: sh('echo $$ > hangs.pid; exec sleep 60'), ...HANG },
    ignores: { command: sh(`trap '' TERM; echo $$ > ignores.pid; while :; do sleep 1; done`), ...HANG },
    breeds: { command: sh(`(trap '' TERM; sleep 60) & echo $! > breeds.pid; wait`), ...HANG },
    escapes: { command: sh('setsid sleep 60 & echo $! > escapes.pid; sleep 60'), ...HANG },
  } as const;
  const OUTCOMES: readonly (readonly [keyof typeof COMMANDS, string, RegExp])[] = [
    ['fails', 'failed', /failed with exit code 7/],
    ['killed', 'failed', /was ended by SIGKILL/],
    ['missing', 'failed', /could not be started: the program, .* does not exist/],
    ['plain', 'failed', /could not be started: the program is not executable/],
    ['folder', 'failed', /could not be started: the program is not executable, or is a directory/],
    ['vanishes', 'succeeded', /succeeded/],
    ['interpreter', 'failed', /could not be started: .*the interpreter in its first line.* does not exist/],
    ['shebang', 'succeeded', /succeeded/],
    ['deaf', 'succeeded', /succeeded/],
    ['closes', 'succeeded', /succeeded/],
    ['floods', 'succeeded', /succeeded/],
    ['leaves', 'succeeded', /succeeded/],
    ['hangs', 'timed-out', /took longer than 1 s and was ended/],
    ['ignores', 'timed-out', /took longer than 1 s and was ended/],
    ['breeds', 'timed-out', /took longer than 1 s and was ended/],
    ['escapes', 'timed-out', /took longer than 1 s and was ended/],
  ];

  it('T43: that misbehave are reported as outcomes, within bounds, and leave nothing behind', async () => {
    const cwd = folderOf(COMMANDS);
    const file = (name: string, text: string, mode: number): void => {
      writeFileSync(join(cwd, name), text);
      chmodSync(join(cwd, name), mode);
    };
    file('plain.sh', '#!/bin/sh\n', 0o600);
    file('vanishes.sh', '#!/bin/sh\nrm -- "$0"\n', 0o700);
    file('interpreter.sh', '#!/no/such/interpreter\n', 0o700);
    file('shebang.sh', 'echo "$PD_INCIDENT_ID"\n', 0o700);
    mkdirSync(join(cwd, 'folder'));
    const { url, told, child, ended } = await listen(cwd);
    const press = async (action: string, id: string): Promise<void> => {
      const big = { title: 'x'.repeat(200_000), path: `/hooks/${action}`, id, headers: AUTH };
      // Before any command has ended: a hanging one does not delay the answer.
      expect((await send(url, big)).status).toBe(202);
    };
    for (const action of Object.keys(COMMANDS)) await press(action, action);
    for (const [action, event, how] of OUTCOMES) {
      const [outcome] = await told(event, action);
      expect(outcome?.detail, action).toMatch(how);
    }
    expect((await told('failed', 'fails'))[0]).toMatchObject({ exitCode: 7, output: 'oh no' });
    expect((await told('succeeded', 'shebang'))[0]).toMatchObject({ output: 'PINC1' });
    expect(String((await told('succeeded', 'floods'))[0]?.output).length).toBeLessThan(4000);
    await press('vanishes', 'once-more');
    expect((await told('failed', 'vanishes'))[0]?.detail).toMatch(/does not exist/);
    const pid = (name: string): number => Number(readFileSync(join(cwd, `${name}.pid`), 'utf8'));
    for (const name of ['hangs', 'ignores', 'breeds']) await isGone(pid(name));
    // Processes that left the group, or that a command leaves behind at its end, are not ended.
    for (const name of ['leaves', 'escapes']) {
      expect(await isAlive(pid(name)), name).toBe(true);
      process.kill(pid(name), 'SIGKILL');
    }
    const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
    expect(Number(peak)).toBeLessThan(250 * 1024);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  }, 60_000);

  it('T44: run four at a time and in turn, a hundred wait, and the others must be sent again', async () => {
    const hold = sh('echo "$PD_MESSAGE_ID" >> runs; until [ -e go ]; do sleep 0.02; done');
    const cwd = folderOf({
      a: { command: hold, concurrency: 4 },
      b: { command: hold, concurrency: 1 },
      c: { command: KEEP_ID },
    });
    const { url, told } = await listen(cwd);
    const press = (action: string, id: string) =>
      send(url, {
        headers: AUTH,
        path: `/hooks/${action}`,
        id,
        incident: `P${id.toUpperCase().replace('-', '')}`,
      });
    const statuses: number[] = [];
    for (let n = 0; n < 2; n += 1) statuses.push((await press('b', `b-${n}`)).status);
    for (let n = 0; n < 108; n += 1) statuses.push((await press('a', `a-${n}`)).status);
    // One of b and three of a run; one of b and 99 of a wait.
    expect(statuses.filter((status) => status === 202)).toHaveLength(104);
    expect(statuses.filter((status) => status === 503)).toHaveLength(6);
    expect(await told('busy', 'a', 6)).toHaveLength(6);
    expect(await told('started', undefined, 4)).toHaveLength(4);
    writeFileSync(join(cwd, 'go'), '');
    await told('succeeded', 'a', 102);
    await told('succeeded', 'b', 2);
    const order = runsIn(cwd);
    expect(order.filter((id) => id.startsWith('b'))).toEqual(['b-0', 'b-1']);
    expect(order).toHaveLength(104);
    expect((await press('a', 'a-107')).status).toBe(202);
  });
});
