import { describe, expect, it } from 'vitest';
import { call, extension, list, sandboxFor } from './client.ts';
import { manualClock } from './manual-clock.ts';

describe('tokens', () => {
  it.each([
    ['none', ''],
    ['a wrong one', 'Token token=wrong'],
    ['another scheme', 'Basic abc'],
    ['a bare one', 'TOKEN'],
  ])(
    'answers 401 that is not JSON to %s (fact 22), and remembers nothing of it (T50)',
    async (_title, authorization) => {
      const sandbox = await sandboxFor({ token: 'TOKEN' });
      const body = extension('PCHKOUT', 'canary-name');
      const answer = await call(sandbox, 'POST', '/extensions?canary=query', {
        body,
        headers: { authorization },
      });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
      expect(answer.json).toBeNull();
      const log = JSON.stringify(sandbox.log());
      expect(log).not.toMatch(/canary|wrong|abc/);
      expect(sandbox.log().requests).toMatchObject([{ status: 401, headers: {}, query: '', body: null }]);
    },
  );

  it.each(['Token token=TOKEN', 'Bearer TOKEN'])('takes %s (fact 16)', async (authorization) => {
    const sandbox = await sandboxFor({ token: 'TOKEN' });
    const { status } = await call(sandbox, 'GET', '/services', { headers: { authorization } });
    expect(status).toBe(200);
    expect(JSON.stringify(sandbox.log())).not.toContain('TOKEN');
  });

  it('refuses writes with a read-only key (fact 17)', async () => {
    const sandbox = await sandboxFor({ switches: { tokenKind: 'read-only' } });
    const { status, json } = await call(sandbox, 'DELETE', '/extensions/PVENDOR');
    expect([status, json.error?.code]).toEqual([403, 2010]);
    expect((await call(sandbox, 'GET', '/extensions')).status).toBe(200);
  });

  it('names the scopes that are missing (fact 21)', async () => {
    const sandbox = await sandboxFor({ switches: { tokenKind: 'scoped-read' } });
    const { status, json } = await call(sandbox, 'DELETE', '/extensions/PVENDOR');
    expect(status).toBe(403);
    expect(json.error).toMatchObject({
      message: 'Token missing required scopes',
      required_scopes: ['extensions.write'],
    });
  });
});

describe('pages (fact 25)', () => {
  it('of more than 100 are clamped, and report the actual size', async () => {
    const teams = Array.from({ length: 130 }, (_, at) => ({ id: `PT${at}`, name: `Team ${at}` }));
    const sandbox = await sandboxFor({ seed: { account: 'acme', teams } });
    const { status, json } = await call(sandbox, 'GET', '/teams?limit=1000');
    expect([status, json.limit, json.more, list(json.teams).length]).toEqual([200, 100, true, 100]);
    expect((await call(sandbox, 'GET', '/teams?limit=1000&offset=9900')).status).toBe(200);
    expect((await call(sandbox, 'GET', '/teams?limit=1000&offset=9901')).status).toBe(400);
  });

  it('ignore an `include[]` that the route does not know', async () => {
    const sandbox = await sandboxFor();
    const plain = await call(sandbox, 'GET', '/services');
    expect(await call(sandbox, 'GET', '/services?include[]=nonsense')).toMatchObject({
      status: 200,
      json: plain.json,
    });
  });

  it('are of 25 by default, without a total', async () => {
    const sandbox = await sandboxFor();
    const { json } = await call(sandbox, 'GET', '/services');
    expect(json).toMatchObject({ limit: 25, offset: 0, total: null, more: false });
  });

  it('report if there are more', async () => {
    const sandbox = await sandboxFor();
    const { json } = await call(sandbox, 'GET', '/services?limit=4&total=true');
    expect(json).toMatchObject({ more: true, total: 6 });
    expect((await call(sandbox, 'GET', '/services?limit=4&offset=4')).json.more).toBe(false);
  });

  it.each(['limit=0', 'limit=x', 'limit=undefined', 'offset=-1', 'total=yes'])(
    'refuse %s with code 2002',
    async (query) => {
      const sandbox = await sandboxFor();
      for (const path of ['/services', '/extensions']) {
        const { status, json } = await call(sandbox, 'GET', `${path}?${query}`);
        expect([status, json.error?.code]).toEqual([400, 2002]);
      }
    },
  );

  it('end at the wall of 10,000', async () => {
    const sandbox = await sandboxFor();
    expect((await call(sandbox, 'GET', '/extensions?limit=100&offset=9900')).status).toBe(200);
    const { status, json } = await call(sandbox, 'GET', '/extensions?limit=100&offset=9901');
    expect([status, json.error?.code]).toEqual([400, 2002]);
    expect(json.error?.errors?.[0]).toContain('Offset+limit exceeds maximum allowed value of 10000');
  });
});

describe('the rate limit (facts 23 and 24)', () => {
  it('is 960 a minute by default', async () => {
    const sandbox = await sandboxFor();
    const { headers } = await call(sandbox, 'GET', '/abilities');
    expect(headers.get('ratelimit-limit')).toBe('960');
    expect(headers.get('ratelimit-remaining')).toBe('959');
    expect(headers.get('ratelimit-reset')).toBe('60');
    expect(headers.get('retry-after')).toBeNull();
  });

  it('answers 429, and as before after the window', async () => {
    const clock = manualClock();
    const sandbox = await sandboxFor({ clock, rateLimit: { limit: 2, windowSeconds: 10 } });
    const status = async () => (await call(sandbox, 'GET', '/abilities')).status;
    expect([await status(), await status()]).toEqual([200, 200]);
    clock.move(4_000);
    const refused = await call(sandbox, 'POST', '/extensions', { body: extension('PCHKOUT', 'x') });
    expect(refused.status).toBe(429);
    expect(refused.json).toEqual({ error: { message: 'Rate Limit Exceeded', code: 2020 } });
    expect(refused.headers.get('ratelimit-reset')).toBe('6');
    expect(refused.headers.get('ratelimit-remaining')).toBe('0');
    expect(sandbox.log().commits).toEqual([]);
    clock.move(5_999);
    expect(await status()).toBe(429);
    clock.move(1);
    expect(await status()).toBe(200);
  });

  it('counts anew after a reset', async () => {
    const sandbox = await sandboxFor({ rateLimit: { limit: 10, windowSeconds: 60 } });
    const remaining = async () =>
      (await call(sandbox, 'GET', '/abilities')).headers.get('ratelimit-remaining');
    expect([await remaining(), await remaining()]).toEqual(['9', '8']);
    await sandbox.reset();
    expect(await remaining()).toBe('9');
  });

  it('can be switched off', async () => {
    const sandbox = await sandboxFor({ rateLimit: false });
    const { headers } = await call(sandbox, 'GET', '/abilities');
    expect(headers.get('ratelimit-limit')).toBeNull();
  });
});

describe('every answer', () => {
  it('has a distinct request id', async () => {
    const sandbox = await sandboxFor();
    const first = await call(sandbox, 'GET', '/services');
    const second = await call(sandbox, 'GET', '/nowhere');
    expect(first.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
    expect([second.status, second.json.error?.code]).toEqual([404, 2100]);
  });

  it.each([
    ['PATCH', '/extensions/PVENDOR'],
    ['POST', '/services'],
    ['GET', '/extensions/PVENDOR/enable'],
    ['GET', '/extensions/'],
  ])('to %s %s, which does not exist, is 404 (fact 1)', async (method, path) => {
    const sandbox = await sandboxFor();
    expect((await call(sandbox, method, path)).status).toBe(404);
  });

  it('comes later when a latency is set', async () => {
    const clock = manualClock();
    const sandbox = await sandboxFor({ clock, latencyMs: 50 });
    await call(sandbox, 'GET', '/services');
    expect(clock.slept).toEqual([50]);
  });
});
