import { describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { call, control, create, sandboxFor } from './client.ts';
import { manualClock } from './manual-clock.ts';
import { type RawRequest, raw as send } from './page-client.ts';

/** A request whose headers are sent exactly as given. */
function raw(sandbox: Sandbox, { path = '/_sandbox/state', ...rest }: RawRequest) {
  return send(sandbox, { path, ...rest });
}

const NAMES = ['log', 'state', 'deliveries', 'faults', 'clock', 'switches'] as const;

describe('reading', () => {
  it.each(NAMES)('at %s gives JSON and changes nothing', async (name) => {
    const sandbox = await sandboxFor();
    const before = [sandbox.state(), sandbox.log()];
    const { status, json } = await control(sandbox, 'GET', name);
    expect([status, typeof json]).toEqual([200, 'object']);
    expect([sandbox.state(), sandbox.log()]).toEqual(before);
  });

  it('gives the same values as the sandbox object', async () => {
    const sandbox = await sandboxFor();
    await create(sandbox, 'PCHKOUT', 'Restart');
    expect((await control(sandbox, 'GET', 'state')).json).toEqual(sandbox.state());
    expect((await control(sandbox, 'GET', 'log')).json).toEqual(sandbox.log());
  });
});

describe('changing', () => {
  it('resets to the seed, or to another one', async () => {
    const sandbox = await sandboxFor();
    sandbox.setFaults([{ action: 'hang', match: { path: '/nowhere' } }]);
    await create(sandbox, 'PCHKOUT', 'Restart');
    const { json } = await control(sandbox, 'POST', 'reset', {});
    expect(JSON.stringify(json)).not.toContain('Restart');
    expect(sandbox.log()).toEqual({ requests: [], commits: [] });
    expect((await control(sandbox, 'GET', 'faults')).json).toEqual({ faults: [] });
    await control(sandbox, 'POST', 'reset', { seed: { account: 'umbrella' } });
    expect(sandbox.state()).toMatchObject({ account: 'umbrella', services: [] });
  });

  it('edits the account behind the API', async () => {
    const sandbox = await sandboxFor();
    const services = [{ id: 'PNEWSVC', name: 'New service' }];
    await control(sandbox, 'POST', 'state', { insert: { services }, remove: ['PVENDOR'] });
    expect((await call(sandbox, 'GET', '/services/PNEWSVC')).status).toBe(200);
    expect((await call(sandbox, 'GET', '/extensions/PVENDOR')).status).toBe(404);
  });

  it('advances the clock', async () => {
    const sandbox = await sandboxFor({ clock: manualClock() });
    const { json } = await control(sandbox, 'POST', 'clock', { advanceMs: 1_500 });
    expect(json).toEqual({ now: '2026-01-01T00:00:01.500Z', advancedMs: 1_500 });
  });

  it.each([
    ['clock', { advanceMs: -1 }, '`advanceMs` must be a number of milliseconds, at most a year'],
    ['clock', { advanceMs: 'soon' }, '`advanceMs` must be a number of milliseconds, at most a year'],
    ['clock', {}, '`advanceMs` must be a number of milliseconds, at most a year'],
    ['state', { remove: null }, '`remove` must be a list of ids'],
    ['state', { remove: [1, 2] }, '`remove` must be a list of ids'],
    ['release', { gate: null }, '`gate` must be a name'],
  ])('%s says once what is wrong with %j', async (name, body, message) => {
    const { json } = await control(await sandboxFor(), 'POST', name, body);
    expect(json.sandbox).toEqual({ message, details: [message] });
  });

  it.each([
    ['clock', { advanceMs: -1 }],
    ['clock', { advanceMs: 1e18 }],
    ['clock', {}],
    ['switches', { limitMode: 'x' }],
    ['state', { remove: 'all' }],
    ['state', { insert: { services: 'x' } }],
    ['reset', { seed: { account: 'A B' } }],
    ['faults', {}],
    ['release', { gate: 1 }],
    ['clock', []],
  ])('%s refuses %j', async (name, body) => {
    const sandbox = await sandboxFor();
    const { status, json } = await control(sandbox, 'POST', name, body);
    expect(status).toBe(400);
    expect(json.sandbox?.message).toBeTruthy();
    expect((await control(sandbox, 'GET', 'clock')).status).toBe(200);
  });

  it('knows no other names and methods', async () => {
    const sandbox = await sandboxFor();
    expect((await control(sandbox, 'GET', 'reset')).status).toBe(404);
    expect((await control(sandbox, 'GET', 'constructor')).status).toBe(404);
    expect((await control(sandbox, 'POST', 'log', {})).status).toBe(404);
    expect((await control(sandbox, 'DELETE', 'log')).status).toBe(405);
  });
});

describe('access to the control interface', () => {
  const own = (sandbox: Sandbox) => `127.0.0.1:${sandbox.port}`;
  const token = (sandbox: Sandbox) => ['x-sandbox-token', sandbox.controlToken];

  it('needs the control token; the API token is not enough', async () => {
    const sandbox = await sandboxFor();
    for (const given of [[], ['x-sandbox-token', ''], ['x-sandbox-token', sandbox.token]]) {
      expect((await raw(sandbox, { headers: ['host', own(sandbox), ...given] })).status).toBe(403);
    }
    expect((await raw(sandbox, { headers: ['host', own(sandbox), ...token(sandbox)] })).status).toBe(200);
  });

  it('needs a loopback name in the address (T48)', async () => {
    const sandbox = await sandboxFor();
    const { port } = sandbox;
    const attempt = async (path: string, ...hosts: readonly string[]) => {
      const headers = [...hosts.flatMap((host) => ['host', host]), ...token(sandbox)];
      return (await raw(sandbox, { path, headers })).status;
    };
    for (const path of ['/_sandbox/state', '/services']) {
      for (const host of [
        'evil.com',
        '127.0.0.1.nip.io',
        `evil.com:${port}`,
        `127.0.0.1:${port + 1}`,
        `10.0.0.1:${port}`,
      ]) {
        expect(await attempt(path, host), host).toBe(421);
      }
      expect(await attempt(path, `localhost:${port}`, 'evil.com')).toBe(421);
      for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) {
        expect(await attempt(path, host), host).not.toBe(421);
      }
    }
    expect(sandbox.log().requests).toHaveLength(3);
  });

  it('is closed to web pages, by whatever trick (T49)', async () => {
    const sandbox = await sandboxFor();
    const before = sandbox.state();
    const attempts: readonly (RawRequest & { readonly headers: readonly string[] })[] = [
      { headers: ['origin', 'https://evil.example'] },
      { headers: ['origin', 'null'] },
      { headers: ['sec-fetch-site', 'cross-site'] },
      { headers: ['sec-fetch-site', 'same-site'] },
      {
        method: 'OPTIONS',
        headers: ['origin', 'https://evil.example', 'access-control-request-method', 'POST'],
      },
      { method: 'POST', path: '/_sandbox/reset', headers: ['origin', 'https://evil.example'] },
      { method: 'DELETE', path: '/extensions/PVENDOR', headers: ['origin', 'https://evil.example'] },
    ];
    for (const attempt of attempts) {
      const headers = ['host', own(sandbox), ...token(sandbox), ...attempt.headers];
      const answer = await raw(sandbox, { ...attempt, headers });
      expect(answer.status).toBe(403);
      expect(Object.keys(answer.headers).join()).not.toContain('access-control');
    }
    expect(sandbox.state()).toEqual(before);
  });

  it('needs a JSON content type for changes (T49)', async () => {
    const sandbox = await sandboxFor();
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const headers = ['host', own(sandbox), ...token(sandbox), 'content-type', type];
      const answer = await raw(sandbox, { method: 'POST', path: '/_sandbox/reset', headers, body: '{}' });
      expect(answer.status).toBe(415);
    }
  });

  it('gives no answer that a browser would render', async () => {
    const sandbox = await sandboxFor();
    const { headers } = await control(sandbox, 'GET', 'state');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-type')).toBe('application/json');
  });

  it('has a size limit for bodies', async () => {
    const sandbox = await sandboxFor();
    const { status } = await call(sandbox, 'POST', '/extensions', { body: 'x'.repeat(1024 * 1024 + 1) });
    expect(status).toBe(413);
  });
});

describe('the listening address', () => {
  it.each(['0.0.0.0', '192.0.2.1', '::'])('is not %s without a flag (T47)', async (host) => {
    await expect(startSandbox({ host })).rejects.toMatchObject({
      kind: 'usage',
      hint: expect.stringContaining('--allow-remote'),
    });
  });

  it('is any with a flag, but only by address', async () => {
    const sandbox = await sandboxFor({ host: '0.0.0.0', allowRemote: true });
    const { port } = sandbox;
    const status = async (host: string) =>
      (await raw(sandbox, { headers: ['host', host, 'x-sandbox-token', sandbox.controlToken] })).status;
    expect(await status(`192.0.2.7:${port}`)).toBe(200);
    expect(await status(`evil.com:${port}`)).toBe(421);
    expect(sandbox.url).toBe(`http://localhost:${port}`);
  });

  it('is not a port that is taken (T50)', async () => {
    const { port } = await sandboxFor();
    await expect(startSandbox({ port })).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining(`port ${port} of 127.0.0.1: the port is in use`),
    });
  });

  it.each([6000, 6667, 10080])('is not port %d, which web clients refuse (F09)', async (port) => {
    await expect(startSandbox({ port })).rejects.toMatchObject({ kind: 'usage' });
  });

  it('comes with new tokens at every start', async () => {
    const [one, two] = [await sandboxFor(), await sandboxFor()];
    expect(new Set([one.token, one.controlToken, two.token, two.controlToken]).size).toBe(4);
    expect(one.token).toHaveLength(20);
  });
});
