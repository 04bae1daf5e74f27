import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { InjectedFault } from '../../src/sandbox/faults/fault.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { call, control, create, extension, names, sandboxFor } from './client.ts';
import { manualClock } from './manual-clock.ts';

const PHASES = ['before-read', 'before-commit', 'after-commit', 'mid-body'] as const;

const post = (sandbox: Sandbox, name = 'Restart') =>
  call(sandbox, 'POST', '/extensions', { body: extension('PCHKOUT', name) });
const exists = (sandbox: Sandbox, name = 'Restart') =>
  sandbox.state().extensions.some((one) => one.name === name);

/** The code of the network error that a request ends with. */
async function failure(request: Promise<unknown>): Promise<string> {
  try {
    await request;
    return 'none';
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    return cause instanceof Error && 'code' in cause ? String(cause.code) : String(error);
  }
}

async function broken(faults: readonly InjectedFault[]): Promise<Sandbox> {
  const sandbox = await sandboxFor();
  sandbox.setFaults(faults);
  return sandbox;
}

describe('matching a request', () => {
  const seen = async (fault: Pick<InjectedFault, 'match' | 'times'>, paths: readonly string[]) => {
    const sandbox = await broken([{ action: 'status', status: 500, ...fault }]);
    const statuses = [];
    for (const path of paths) statuses.push((await call(sandbox, 'GET', path)).status);
    return statuses.map((status) => status === 500);
  };
  const three = ['/services', '/teams', '/services'];

  it.each([
    ['the first', {}, three, [true, false, false]],
    ['every one', { times: 'always' as const }, three, [true, true, true]],
    ['the first two', { times: 2 }, three, [true, true, false]],
    ['by index', { match: { index: 2 } }, three, [false, true, false]],
    ['from an index on', { match: { index: 2 }, times: 2 }, three, [false, true, true]],
    ['by path', { match: { path: '/teams' } }, three, [false, true, false]],
    ['the second on a path', { match: { path: '/services', nth: 2 } }, three, [false, false, true]],
    ['by method', { match: { method: 'post' } }, three, [false, false, false]],
    ['by pattern', { match: { path: '/services/*' } }, ['/services', '/services/PCHKOUT'], [false, true]],
    [
      'by filter of a service',
      { match: { service: 'PCHKOUT' } },
      ['/extensions', '/extensions?extension_object_id=PCHKOUT'],
      [false, true],
    ],
    [
      'by the service of the extension in the path',
      { match: { service: 'PWEBADM' } },
      ['/extensions/PDISABL', '/extensions/PVENDOR'],
      [false, true],
    ],
  ])('%s', async (_title, fault, paths, expected) => {
    expect(await seen(fault, paths)).toEqual(expected);
  });

  it('works by the service in the body', async () => {
    const sandbox = await broken([
      { action: 'status', status: 403, match: { method: 'POST', service: 'PWEBFRO' }, times: 'always' },
    ]);
    expect((await post(sandbox)).status).toBe(201);
    const other = await call(sandbox, 'POST', '/extensions', { body: extension('PWEBFRO', 'x') });
    expect(other.status).toBe(403);
  });

  it('counts from the moment the faults are set, without control requests', async () => {
    const sandbox = await sandboxFor();
    await call(sandbox, 'GET', '/services');
    sandbox.setFaults([{ action: 'status', status: 500, match: { index: 1 } }]);
    await control(sandbox, 'GET', 'log');
    expect((await call(sandbox, 'GET', '/services')).status).toBe(500);
    expect((await call(sandbox, 'GET', '/services')).status).toBe(200);
  });
});

describe('status', () => {
  it('answers with any status, body, headers and type', async () => {
    const sandbox = await broken([
      { action: 'status', status: 429, headers: { 'ratelimit-reset': '7' } },
      {
        action: 'status',
        status: 502,
        body: '<h1>Bad gateway</h1>',
        contentType: 'text/html',
        match: { nth: 2 },
      },
      { action: 'status', status: 500, body: { error: { code: 2000 } }, match: { nth: 3 } },
    ]);
    const limited = await call(sandbox, 'GET', '/services');
    expect([limited.status, limited.text, limited.headers.get('ratelimit-reset')]).toEqual([429, '', '7']);
    const gateway = await call(sandbox, 'GET', '/services');
    expect([gateway.status, gateway.headers.get('content-type')]).toEqual([502, 'text/html']);
    expect((await call(sandbox, 'GET', '/services')).json).toEqual({ error: { code: 2000 } });
  });

  it.each([
    ['before-read', false],
    ['before-commit', false],
    ['after-commit', true],
  ] as const)('%s: whether the write happened is %s', async (phase, happened) => {
    const sandbox = await broken([{ action: 'status', status: 500, phase }]);
    expect((await post(sandbox)).status).toBe(500);
    expect(exists(sandbox)).toBe(happened);
    expect(sandbox.log().requests).toMatchObject([{ status: 500, faults: [`status@${phase}`] }]);
  });

  it('before-commit happens after the token check, before-read before it', async () => {
    const headers = { authorization: 'Token token=wrong' };
    const later = await broken([{ action: 'status', status: 500, phase: 'before-commit' }]);
    expect((await call(later, 'GET', '/services', { headers })).status).toBe(401);
    const sooner = await broken([{ action: 'status', status: 500, phase: 'before-read' }]);
    expect((await call(sooner, 'GET', '/services', { headers })).status).toBe(500);
  });
});

describe('reset', () => {
  it.each(PHASES)('%s breaks the connection', async (phase) => {
    const sandbox = await broken([{ action: 'reset', phase }]);
    expect(await failure(post(sandbox))).toMatch(/^(ECONNRESET|UND_ERR_SOCKET)$/);
    expect(exists(sandbox)).toBe(phase === 'after-commit' || phase === 'mid-body');
    expect(sandbox.log().requests).toMatchObject([{ end: 'reset' }]);
    expect(sandbox.log().requests).toHaveLength(1);
  });
});

describe('hang and drip', () => {
  it.each(PHASES.flatMap((phase) => [['hang', phase] as const, ['drip', phase] as const]))(
    '%s %s never ends by itself',
    async (action, phase) => {
      const match = { method: 'POST' };
      const sandbox = await broken([
        { action: 'gate', gate: 'here', phase, match },
        { action, phase, match },
      ]);
      const abort = new AbortController();
      const body = extension('PCHKOUT', 'Restart');
      const hanging = failure(call(sandbox, 'POST', '/extensions', { body, signal: abort.signal }));
      await sandbox.reached('here');
      sandbox.release('here');
      expect((await call(sandbox, 'GET', '/services')).status).toBe(200);
      abort.abort(new Error('gave up'));
      expect(await hanging).toContain('gave up');
      expect(exists(sandbox)).toBe(phase === 'after-commit' || phase === 'mid-body');
    },
  );

  it('does not keep the sandbox from closing', async () => {
    const sandbox = await broken([
      { action: 'gate', gate: 'here', match: { path: '/services' } },
      { action: 'hang', match: { path: '/services' } },
      { action: 'gate', gate: 'there', match: { path: '/teams' } },
    ]);
    const hanging = failure(call(sandbox, 'GET', '/services'));
    const gated = failure(call(sandbox, 'GET', '/teams'));
    await Promise.all([sandbox.reached('here'), sandbox.reached('there')]);
    sandbox.release('here');
    await sandbox.close();
    expect(await Promise.all([hanging, gated])).not.toContain('none');
  });
});

describe('truncate', () => {
  /** All bytes received until the connection ends. */
  const raw = (sandbox: Sandbox): Promise<string> =>
    new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const socket: Socket = connect({ port: sandbox.port, host: '127.0.0.1' }, () => {
        socket.write(
          `GET /abilities HTTP/1.1\r\nHost: 127.0.0.1:${sandbox.port}\r\nAuthorization: Token token=${sandbox.token}\r\n\r\n`,
        );
      });
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('error', reject);
      socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
    });

  it.each([
    ['length', /content-length: \d+/, null],
    ['close', /connection: close/, /content-length|transfer-encoding/],
    ['chunk', /transfer-encoding: chunked/, /content-length/],
  ] as const)('%s', async (cut, present, absent) => {
    const sandbox = await broken([{ action: 'truncate', cut, times: 'always' }]);
    const [head = '', body = ''] = (await raw(sandbox)).split('\r\n\r\n');
    expect(head).toMatch(present);
    if (absent) expect(head).not.toMatch(absent);
    expect(body).toContain('{"abilities"');
    expect(body).not.toContain(']}');
  });

  it('makes clients fail although the write happened', async () => {
    const sandbox = await broken([{ action: 'truncate' }]);
    expect(await failure(post(sandbox))).not.toBe('none');
    expect(exists(sandbox)).toBe(true);
    expect(sandbox.log().requests).toMatchObject([{ status: 201, end: 'truncate' }]);
  });

  it('without a length looks like a whole answer that is not JSON', async () => {
    const sandbox = await broken([{ action: 'truncate', cut: 'close' }]);
    const { status, json } = await call(sandbox, 'GET', '/abilities');
    expect([status, json]).toEqual([200, null]);
  });
});

describe('late-commit', () => {
  it('drops the connection and does the work later, on the sandbox clock', async () => {
    const clock = manualClock();
    const sandbox = await sandboxFor({ clock });
    sandbox.setFaults([{ action: 'late-commit', afterMs: 6_000 }]);
    expect(await failure(post(sandbox))).not.toBe('none');
    clock.move(5_999);
    expect(await names(sandbox, '/extensions?extension_object_id=PCHKOUT', 'extensions')).not.toContain(
      'Restart',
    );
    clock.move(1);
    expect(await names(sandbox, '/extensions?extension_object_id=PCHKOUT', 'extensions')).toContain(
      'Restart',
    );
    expect(sandbox.log().commits).toMatchObject([{ by: 'late', request: 1, verb: 'create' }]);
  });

  it('also happens when the clock is advanced, and makes a second one if the first was sent again', async () => {
    const sandbox = await sandboxFor({ clock: manualClock() });
    sandbox.setFaults([{ action: 'late-commit', afterMs: 20_000 }]);
    await failure(post(sandbox));
    await post(sandbox);
    await sandbox.advance(20_000);
    const ids = sandbox
      .state()
      .extensions.filter(({ name }) => name === 'Restart')
      .map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
  });
});

describe('redirect and gzip-bomb', () => {
  it('redirects anywhere', async () => {
    const sandbox = await broken([
      { action: 'redirect', location: 'http://127.0.0.1:9/' },
      { action: 'redirect', location: '/loop', status: 308, match: { nth: 2 } },
    ]);
    const first = await call(sandbox, 'GET', '/services');
    expect([first.status, first.headers.get('location')]).toEqual([302, 'http://127.0.0.1:9/']);
    expect((await call(sandbox, 'GET', '/services')).status).toBe(308);
  });

  it('sends a small body that inflates a lot', async () => {
    const sandbox = await broken([{ action: 'gzip-bomb', megabytes: 8 }]);
    const { headers, text } = await call(sandbox, 'GET', '/services');
    expect(Number(headers.get('content-length'))).toBeLessThan(16_384);
    expect(text.length).toBe(8 * 1024 * 1024);
  });
});

describe('signal', () => {
  it.each(PHASES)('%s is reported to the owner of the sandbox, at exactly that moment', async (phase) => {
    const told: unknown[] = [];
    const sandbox: Sandbox = await sandboxFor({
      onSignal: (signal, context) => void told.push([signal, context, exists(sandbox)]),
    });
    sandbox.setFaults([{ action: 'signal', signal: 'SIGTERM', phase }]);
    expect((await post(sandbox)).status).toBe(201);
    const committed = phase === 'after-commit' || phase === 'mid-body';
    expect(told).toEqual([['SIGTERM', { index: 1, method: 'POST', path: '/extensions', phase }, committed]]);
  });

  it('lets the request continue after the handler', async () => {
    const order: string[] = [];
    const sandbox = await sandboxFor({
      onSignal: async () => {
        await Promise.resolve();
        order.push('signal');
      },
    });
    sandbox.setFaults([{ action: 'signal', signal: 'SIGKILL', phase: 'before-read' }]);
    await call(sandbox, 'GET', '/services').then(() => order.push('answer'));
    expect(order).toEqual(['signal', 'answer']);
  });
});

describe('gate', () => {
  it.each(PHASES)('%s holds one request while others pass', async (phase) => {
    const sandbox = await broken([{ action: 'gate', gate: 'A', phase }]);
    const held = post(sandbox);
    await sandbox.reached('A');
    expect((await call(sandbox, 'GET', '/services')).status).toBe(200);
    expect(exists(sandbox)).toBe(phase === 'after-commit' || phase === 'mid-body');
    expect(sandbox.release('B')).toBe(0);
    expect(sandbox.release('A')).toBe(1);
    expect((await held).status).toBe(201);
  });

  it('decides only when released, so that the first one wins', async () => {
    const sandbox = await sandboxFor();
    for (const name of ['one', 'two']) await create(sandbox, 'PCHKOUT', name);
    sandbox.setFaults([{ action: 'gate', gate: 'A', match: { method: 'POST' } }]);
    const first = post(sandbox, 'first');
    await sandbox.reached('A');
    expect((await post(sandbox, 'second')).status).toBe(201);
    expect((await control(sandbox, 'POST', 'release', { gate: 'A' })).json).toEqual({ released: 1 });
    expect((await first).status).toBe(400);
  });
});

describe('a reset of the sandbox', () => {
  it('rejects requests that wait at a gate, because their account is gone', async () => {
    const sandbox = await broken([{ action: 'gate', gate: 'A' }]);
    const held = failure(post(sandbox));
    await sandbox.reached('A');
    await sandbox.reset();
    expect(await held).not.toBe('none');
    expect(exists(sandbox)).toBe(false);
  });
});

describe('insert and remove', () => {
  it('change the data between two pages', async () => {
    const sandbox = await sandboxFor({ switches: { listOrder: 'newest' } });
    const insert = {
      extensions: [{ id: 'PNEW001', service: 'PWEBFRO', name: 'New', url: 'https://new.example.com/' }],
    };
    sandbox.setFaults([
      { action: 'insert', insert, match: { path: '/extensions', nth: 2 } },
      { action: 'remove', ids: ['PNEW001'], match: { path: '/extensions', nth: 3 } },
    ]);
    const page = (offset: number) => names(sandbox, `/extensions?limit=1&offset=${offset}`, 'extensions');
    expect(await page(0)).toEqual(['Incident feed']);
    expect(await page(1)).toEqual(['Incident feed']);
    expect(await page(1)).toEqual(['Add Diagnostics']);
    expect(sandbox.log().commits.map(({ by, request, verb }) => [by, request, verb])).toEqual([
      ['edit', 2, 'create'],
      ['edit', 3, 'delete'],
    ]);
  });

  it('removes a service between plan and apply', async () => {
    const sandbox = await broken([
      { action: 'remove', ids: ['PWEBADM'], match: { method: 'DELETE' }, phase: 'before-commit' },
    ]);
    expect((await call(sandbox, 'DELETE', '/extensions/PVENDOR')).status).toBe(404);
  });
});

describe('invalid faults', () => {
  it.each([
    ['no list', { faults: 1 }, 'faults must be a list'],
    ['an unknown action', { faults: [{ action: 'explode' }] }, 'faults.0.action must be one of'],
    ['a misspelt member', { faults: [{ action: 'reset', phse: 'x' }] }, 'faults.0.phse is unknown'],
    ['something else in the list', { faults: [7] }, 'faults.0 must be an object'],
    ['a missing member', { faults: [{ action: 'status' }] }, 'faults.0.status is missing or invalid'],
    ['an unknown phase', { faults: [{ action: 'reset', phase: 'later' }] }, 'faults.0.phase'],
    ['an unknown match', { faults: [{ action: 'reset', match: { verb: 'GET' } }] }, 'faults.0.match.verb'],
    ['both counts', { faults: [{ action: 'reset', match: { index: 1, nth: 1 } }] }, 'both index and nth'],
    [
      'a status mid-body',
      { faults: [{ action: 'status', status: 500, phase: 'mid-body' }] },
      'faults.0.phase is missing or invalid: Invalid option: expected one of \\"before-read',
    ],
    [
      'a truncation before the answer',
      { faults: [{ action: 'truncate', phase: 'before-read' }] },
      'faults.0.phase is missing or invalid: Invalid input: expected \\"mid-body',
    ],
    ['an invalid number of times', { faults: [{ action: 'hang', times: 0 }] }, 'faults.0.times'],
    [
      'a late commit after it',
      { faults: [{ action: 'late-commit', afterMs: 1, phase: 'after-commit' }] },
      'before-commit',
    ],
    ['a broken insertion', { faults: [{ action: 'insert', insert: { services: [{}] } }] }, 'services.0.id'],
  ])('%s', async (_title, body, sentence) => {
    const sandbox = await sandboxFor();
    const { status, text } = await control(sandbox, 'POST', 'faults', body);
    expect(status).toBe(400);
    expect(text).toContain(sentence);
  });
});
