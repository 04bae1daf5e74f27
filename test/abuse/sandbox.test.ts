/** The sandbox as a process, attacked from outside (T47 to T50). */
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type NetConnectOpts } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../helpers/in-process.ts';
import { type Running, spawnCli, start } from '../helpers/spawned.ts';

const REAL = 'u+RealCanary9vXq3Lm';

interface Served {
  readonly running: Running;
  readonly port: number;
  readonly token: string;
  readonly control: string;
  readonly cwd: string;
}

async function serve(...flags: string[]): Promise<Served> {
  const cwd = temporaryFolder();
  const running = start(['sandbox', 'start', '--data', 'sandbox.json', '--log', 'requests.log', ...flags], {
    cwd,
    env: { PAGERDUTY_TOKEN: REAL },
  });
  const text = await running.seen('PDACTIONS_SANDBOX_CONTROL_TOKEN=');
  const value = (name: string): string => new RegExp(`export ${name}=(.*)`).exec(text)?.[1] ?? '';
  return {
    running,
    cwd,
    port: Number(new URL(value('PAGERDUTY_API_URL')).port),
    token: value('PAGERDUTY_TOKEN'),
    control: value('PDACTIONS_SANDBOX_CONTROL_TOKEN'),
  };
}

interface Answer {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

function ask(
  port: number,
  path: string,
  headers: readonly string[],
  { method = 'GET', body = '' } = {},
): Promise<Answer> {
  return new Promise((done, fail) => {
    const req = request(
      { host: '127.0.0.1', port, path, method, headers: ['Host', `127.0.0.1:${port}`, ...headers] },
      (res) => {
        let text = '';
        res.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        res.on('end', () =>
          done({ status: res.statusCode ?? 0, headers: res.rawHeaders.join('\n').toLowerCase(), body: text }),
        );
      },
    );
    req.on('error', fail);
    req.end(body);
  });
}

/** True if the port accepts connections. */
function listens(options: NetConnectOpts): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(options);
    socket.on('connect', () => done(true));
    socket.on('error', () => done(false));
    socket.on('close', () => done(false));
    // For hosts that drop packets silently.
    socket.setTimeout(20_000, () => socket.destroy());
    socket.on('connect', () => socket.destroy());
  });
}

describe('pdactions sandbox start', () => {
  let served: Served;
  beforeEach(async () => {
    served = await serve();
  });

  it('T47: listens on 127.0.0.1 and on no other address of this machine', async () => {
    const addresses = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
      .map(({ address }) => address);
    expect(await listens({ host: '127.0.0.1', port: served.port })).toBe(true);
    for (const host of addresses) expect(await listens({ host, port: served.port }), host).toBe(false);
  });

  it('T48: refuses requests under any other host name', async () => {
    const { port, token } = served;
    const auth = ['Authorization', `Token token=${token}`];
    for (const host of ['evil.com', '127.0.0.1.nip.io', `evil.com:${port}`]) {
      // Two Host headers: Node uses the first, which is ours.
      expect(await ask(port, '/services', [...auth, 'Host', host])).toMatchObject({ status: 421 });
    }
    expect(await ask(port, '/services', auth)).toMatchObject({ status: 200 });
  });

  it('T49: does nothing for a foreign web page, and gives it nothing to read', async () => {
    const { port, control, cwd } = served;
    const before = readFileSync(join(cwd, 'sandbox.json'), 'utf8');
    const own = ['X-Sandbox-Token', control];
    const attempts: readonly (readonly [string, string, readonly string[]])[] = [
      ['POST', '/_sandbox/reset', ['Origin', 'https://evil.example', 'Content-Type', 'text/plain']],
      ['POST', '/_sandbox/reset', ['Origin', 'null', ...own, 'Content-Type', 'application/json']],
      ['POST', '/_sandbox/reset', [...own, 'Content-Type', 'application/x-www-form-urlencoded']],
      ['POST', '/_sandbox/reset', ['Content-Type', 'application/json']],
      ['GET', '/_sandbox/reset', own],
      ['GET', '/_sandbox/state', ['Sec-Fetch-Site', 'cross-site', ...own]],
      ['OPTIONS', '/_sandbox/reset', ['Origin', 'https://evil.example']],
    ];
    for (const [method, path, headers] of attempts) {
      const { status, headers: got } = await ask(port, path, headers, {
        method,
        body: method === 'POST' ? '{}' : '',
      });
      expect([403, 404, 415], `${method} ${path}`).toContain(status);
      expect(got).not.toContain('access-control');
    }
    const { headers } = await ask(port, '/_sandbox/state', own);
    expect(headers).toContain("default-src 'none'");
    expect(readFileSync(join(cwd, 'sandbox.json'), 'utf8')).toBe(before);
  });

  it('T48, T49: shows its page to itself only', async () => {
    const { port, cwd } = served;
    const before = readFileSync(join(cwd, 'sandbox.json'), 'utf8');
    const own = await ask(port, '/', ['Sec-Fetch-Site', 'none', 'Sec-Fetch-Mode', 'navigate']);
    expect(own).toMatchObject({ status: 200, headers: expect.stringContaining("frame-ancestors 'none'") });
    const [, token = ''] = /name="sandbox-page" content="([\w-]+) /.exec(own.body) ?? [];
    const strangers: readonly (readonly [string, string, readonly string[]])[] = [
      ['GET', '/', ['Host', 'evil.com']],
      ['GET', '/', ['Sec-Fetch-Site', 'cross-site', 'Sec-Fetch-Mode', 'navigate']],
      ['GET', '/', ['Origin', 'https://evil.example', 'Sec-Fetch-Site', 'cross-site']],
      ['GET', '/', ['Origin', 'http://localhost:3000', 'Sec-Fetch-Site', 'same-site']],
      ['GET', '/_sandbox/page/changes', []],
      ['POST', '/_sandbox/page/incidents', ['Origin', 'https://evil.example', 'X-Sandbox-Page', token]],
      ['POST', '/_sandbox/page/incidents', ['Content-Type', 'application/json']],
      ['POST', '/_sandbox/page/incidents', ['X-Sandbox-Page', token, 'Content-Type', 'text/plain']],
      ['OPTIONS', '/_sandbox/page/incidents', ['Origin', 'https://evil.example']],
    ];
    for (const [method, path, headers] of strangers) {
      const body = method === 'POST' ? '{"title":"X","serviceId":"PCHKOUT","urgency":"high"}' : '';
      const got = await ask(port, path, headers, { method, body });
      expect([403, 415, 421], `${method} ${path} ${headers}`).toContain(got.status);
      expect(got.headers).not.toContain('access-control');
      expect(got.body).not.toContain(token);
    }
    expect(readFileSync(join(cwd, 'sandbox.json'), 'utf8')).toBe(before);
  });

  it('T50: refuses other tokens without storing them, and does not share its port', async () => {
    const { running, port, cwd, control } = served;
    expect(await ask(port, '/services', ['Authorization', `Token token=${REAL}`])).toMatchObject({
      status: 401,
    });
    const { body } = await ask(port, '/_sandbox/log', ['X-Sandbox-Token', control]);
    expect(JSON.parse(body).requests).toHaveLength(1);
    expect(body).not.toContain(REAL);
    expect(
      await spawnCli(['sandbox', 'start', '--port', String(port), '--data', 'sandbox.json']),
    ).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringContaining('the port is in use'),
    });
    // The run also scans the log file, because it is in the folder of the run.
    running.child.kill('SIGINT');
    await running.ended;
    expect(readFileSync(join(cwd, 'requests.log'), 'utf8')).toContain('"status":401');
  });
});

describe('elsewhere', () => {
  it('T49: has no page with --no-page, and says so', async () => {
    const { running, port } = await serve('--no-page');
    expect(await ask(port, '/', [])).toMatchObject({ status: 401 });
    expect(await ask(port, '/', ['Sec-Fetch-Site', 'same-origin'])).toMatchObject({ status: 403 });
    running.child.kill('SIGINT');
    expect((await running.ended).stderr).not.toContain('to press its buttons');
    const other = await serve();
    other.running.child.kill('SIGINT');
    expect((await other.running.ended).stderr).toContain(`Open http://127.0.0.1:${other.port}/ to see it`);
  });

  it('T47: refuses an address that others can reach without a flag, and warns with it', async () => {
    const refused = await spawnCli(['sandbox', 'start', '--host', '0.0.0.0', '--data', 'sandbox.json']);
    expect(refused).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('--allow-remote') });
    const { running } = await serve('--host', '0.0.0.0', '--allow-remote');
    running.child.kill('SIGTERM');
    expect((await running.ended).stderr).toContain('other machines can reach this sandbox');
  });

  it('T49: prints the URL of its page in its document, or null', async () => {
    for (const [flags, page] of [
      [[], /^http:\/\/127\.0\.0\.1:\d+\/$/],
      [['--no-page'], /^null$/],
    ] as const) {
      const argv = ['sandbox', 'start', '--data', 'sandbox.json', '--json', ...flags];
      const running = start(argv, { cwd: temporaryFolder() });
      const document = JSON.parse(await running.seen('\n}\n'));
      expect(String(document.page)).toMatch(page);
      running.child.kill('SIGINT');
      await running.ended;
    }
  });

  it('T50: --sandbox leaves the real token alone', async () => {
    // The sandbox knows its own token only: it would answer 401 to any other.
    const env = { PAGERDUTY_TOKEN: REAL, PAGERDUTY_API_URL: 'http://127.0.0.1:9' };
    expect(await spawnCli(['list', '--sandbox=./sandbox.json'], { env })).toMatchObject({ code: 0 });
  });
});
