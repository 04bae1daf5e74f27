import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Deliver } from '../../src/sandbox/deliveries/http.ts';
import { createPage } from '../../src/sandbox/page/routes.ts';
import { hideSecrets, shownUrl } from '../../src/sandbox/page/secrets.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { createWatch } from '../../src/sandbox/watch.ts';
import type { World } from '../../src/sandbox/world.ts';
import { call, control, create, sandboxFor } from './client.ts';
import { endpoint } from './endpoint.ts';
import { manualClock } from './manual-clock.ts';
import { act, look, pageToken, raw } from './page-client.ts';

const FOLDER = resolve(import.meta.dirname, '../../src/sandbox/page/browser');
const files = readdirSync(FOLDER).filter((name) => name !== 'tsconfig.json');
const source = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

/** A sandbox with a page and one button on Checkout API. */
async function withButton(url: string, more: Record<string, unknown> = {}, options = {}) {
  const sandbox = await sandboxFor({ page: true, clock: manualClock(), ...options });
  return { sandbox, id: await create(sandbox, 'PCHKOUT', 'Restart Server', { endpoint_url: url, ...more }) };
}

const incidentOf = async (sandbox: Sandbox, id = 'PINC001') =>
  (await look(sandbox)).incidents.find((incident) => incident.id === id);

describe('the page', () => {
  it('is served at / with a policy that blocks everything foreign and everything inline', async () => {
    const sandbox = await sandboxFor({ page: true });
    expect(sandbox.page).toBe(`${sandbox.url}/`);
    const { status, headers, text } = await raw(sandbox);
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
      ]),
    );
    expect(policy.join()).not.toMatch(/unsafe|data:|https?:|\*/);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(text).not.toMatch(/<script(?! type="module" src="\/)|<style|\son\w+=|\sstyle=|https?:/);
    expect((await raw(sandbox, { method: 'HEAD' })).text).toBe('');
  });

  it('includes all its files, and no other', async () => {
    const sandbox = await sandboxFor({ page: true });
    for (const name of files) {
      const { status, text } = await raw(sandbox, { path: `/_sandbox/page/${name}` });
      expect(status, name).toBe(200);
      if (name !== 'index.html') expect(text).toBe(source(name));
    }
    const linked = [source('index.html'), ...files.map(source)].flatMap((text) =>
      [...text.matchAll(/(?:href|src)="\/_sandbox\/page\/([^"]+)"|from '\.\/([^']+)'/g)].map(
        ([, link, module]) => link ?? module,
      ),
    );
    expect(new Set(linked)).toEqual(new Set(files.filter((name) => name !== 'index.html')));
    const headers = ['X-Sandbox-Page', await pageToken(sandbox)];
    for (const name of [
      'tsconfig.json',
      '../page-view.ts',
      '%2e%2e/page-view.ts',
      'MAIN.JS',
      '__proto__',
      '',
    ]) {
      expect(await raw(sandbox, { path: `/_sandbox/page/${name}`, headers }), name).toMatchObject({
        status: 404,
      });
    }
  });

  it('never turns text into markup (T49)', () => {
    for (const name of files.filter((file) => file.endsWith('.js'))) {
      expect(source(name), name).not.toMatch(
        /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|\beval\b|new Function|srcdoc/,
      );
    }
  });

  it('has a token of its own, new at each start, valid for nothing else', async () => {
    const [one, two] = [await sandboxFor({ page: true }), await sandboxFor({ page: true })];
    const token = await pageToken(one);
    expect(token).toHaveLength(20);
    expect(new Set([token, await pageToken(two), one.token, one.controlToken]).size).toBe(4);
    const auth = ['Authorization', `Token token=${token}`, 'X-Sandbox-Token', token];
    expect(await raw(one, { path: '/services', headers: auth })).toMatchObject({ status: 401 });
    for (const path of ['//', '///services', 'http://[', '*']) {
      expect(await raw(one, { path, headers: auth }), path).toMatchObject({ status: 401 });
    }
    expect(await raw(one, { path: '/_sandbox/state', headers: auth })).toMatchObject({ status: 403 });
  });

  it('is off by default', async () => {
    const sandbox = await sandboxFor();
    expect(sandbox.page).toBeNull();
    expect(await raw(sandbox)).toMatchObject({ status: 401 });
    expect(await raw(sandbox, { path: '/_sandbox/page/main.js' })).toMatchObject({ status: 403 });
    expect(await raw(sandbox, { headers: ['Sec-Fetch-Site', 'same-origin'] })).toMatchObject({ status: 403 });
  });

  it('is for this machine alone: others get the reason, and no token', async () => {
    const page = createPage({} as World, { token: 'the-token', holdMs: 0 });
    const ask = (peer: string | undefined, path = '/') =>
      page.serve(
        { method: 'GET', path, query: new URLSearchParams(), headers: {}, body: '', peer },
        AbortSignal.timeout(1_000),
      );
    for (const peer of ['192.0.2.7', '::ffff:192.0.2.7', '2001:db8::7', undefined]) {
      const { status, body } = await ask(peer);
      expect([status, body]).toEqual([403, expect.stringContaining('ssh -N -L')]);
      expect(body).not.toContain('the-token');
      expect(await ask(peer, '/_sandbox/page/main.js')).toMatchObject({ status: 403 });
    }
    for (const peer of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
      expect((await ask(peer)).body).toContain('the-token');
    }
  });
});

describe('the view of the page', () => {
  it('contains services with their actions and incidents, and no secret', async () => {
    const headers = [{ name: 'Authorization', value: 'Bearer opens-the-door' }];
    const echo: Deliver = async (request) => ({ status: 401, headers: {}, body: JSON.stringify(request) });
    const { sandbox, id } = await withButton(
      'http://user:pass-word@127.0.0.1:8080/hook?key=query-secret',
      { config: { headers } },
      { deliver: echo },
    );
    await act(sandbox, 'press', { incidentId: 'PINC001', actionId: id });
    await sandbox.settled();
    const view = await look(sandbox);
    expect(view).toMatchObject({ whole: true, account: 'acme', gone: [] });
    expect(view.services.map(({ name, teams }) => [name, ...teams])).toEqual([
      ['Checkout API'],
      ['payments-api', 'Payments'],
      ['payments-worker', 'Payments'],
      ['Search API'],
      ['web-admin'],
      ['web-frontend'],
    ]);
    // The extension of another kind on Checkout API is not a button.
    expect(view.services[0]?.actions).toEqual([
      {
        id,
        label: 'Restart Server',
        endpoint: 'http://127.0.0.1:8080/hook?***',
        headerNames: ['Authorization'],
        disabled: false,
        disabledUntil: null,
        drops: 1,
      },
    ]);
    expect(view.services[3]?.actions).toMatchObject([{ disabled: true, disabledUntil: null }]);
    expect(view.incidents[0]?.presses[0]?.attempts).toMatchObject([
      { status: 401, text: expect.stringContaining('"authorization":"***"') },
    ]);
    const text = JSON.stringify(view);
    for (const secret of ['opens-the-door', 'pass-word', 'query-secret', 'user:', sandbox.token]) {
      expect(text).not.toContain(secret);
    }
  });

  it('shows a press from its start to the answer', async () => {
    const target = await endpoint((count) => (count === 1 ? 503 : 202));
    const { sandbox, id } = await withButton(target.url);
    await act(sandbox, 'press', { incidentId: 'PINC001', actionId: id });
    await act(sandbox, 'press', { incidentId: 'PINC001', actionId: id });
    await sandbox.settled();
    expect((await incidentOf(sandbox))?.presses).toMatchObject([
      {
        label: 'Restart Server',
        by: 'Sam Sandbox',
        at: '2026-01-01T00:00:00.000Z',
        status: 'waiting',
        waits: 'retry',
        nextAttemptAt: '2026-01-01T00:01:00.000Z',
        attempts: [
          {
            ...{ status: 503, error: null, endpoint: target.url, text: 'answer 503' },
            sent: {
              headerNames: expect.arrayContaining(['x-webhook-id', 'content-type']),
              body: expect.stringContaining('"event":"incident.custom"'),
            },
            answer: { headerNames: expect.arrayContaining(['date']), body: 'answer 503' },
          },
        ],
      },
      { status: 'waiting', waits: 'earlier', nextAttemptAt: null, attempts: [] },
    ]);
    await sandbox.advance(60_000);
    await sandbox.settled();
    expect((await incidentOf(sandbox))?.presses).toMatchObject([
      { status: 'delivered', waits: null, nextAttemptAt: null, attempts: [{ status: 503 }, { status: 202 }] },
      { status: 'delivered', waits: null, attempts: [{ status: 202 }] },
    ]);
  });

  it('shows presses in flight, held ones, and a disablement after three drops', async () => {
    const hanging = await endpoint(() => 'hang');
    const refusing = await endpoint(() => 404);
    const { sandbox, id } = await withButton(hanging.url);
    const far = await create(sandbox, 'PCHKOUT', 'Far', { endpoint_url: 'https://far.example.com/' });
    const bad = await create(sandbox, 'PCHKOUT', 'Bad', { endpoint_url: refusing.url });
    for (const actionId of [id, far, bad, bad, bad]) {
      await act(sandbox, 'press', { incidentId: 'PINC001', actionId });
      if (actionId === bad) await sandbox.settled();
    }
    expect((await incidentOf(sandbox))?.presses).toMatchObject([
      { status: 'waiting', waits: 'answer', endpoint: hanging.url },
      { status: 'held', reason: 'the endpoint is not on this machine' },
      { status: 'dropped' },
      { status: 'dropped' },
      { status: 'dropped' },
    ]);
    const dark = async () => (await look(sandbox)).services[0]?.actions.find((action) => action.id === bad);
    expect(await dark()).toMatchObject({ disabled: true, disabledUntil: '2026-01-02T00:00:00.000Z' });
    expect(await act(sandbox, 'enable', { actionId: bad })).toMatchObject({ status: 200 });
    expect(await dark()).toMatchObject({ disabled: false, drops: 0 });
  });

  it('acknowledges and resolves, and refuses what PagerDuty refuses', async () => {
    const { sandbox } = await withButton('https://far.example.com/');
    const to = (status: string) => act(sandbox, 'status', { incidentId: 'PINC001', status });
    for (const status of ['acknowledged', 'resolved']) {
      expect(await to(status)).toMatchObject({ status: 200 });
      expect(await incidentOf(sandbox)).toMatchObject({ status });
    }
    expect(await to('acknowledged')).toMatchObject({
      status: 400,
      text: expect.stringContaining('Incident Already Resolved'),
    });
    expect((await incidentOf(sandbox))?.status).toBe('resolved');
  });

  it('contains only changes for a page that has the rest', async () => {
    const { sandbox, id } = await withButton('https://far.example.com/');
    const first = await look(sandbox);
    await act(sandbox, 'press', { incidentId: 'PINC001', actionId: id });
    const pressed = await look(sandbox, first.version);
    expect(pressed).toMatchObject({ whole: false, services: [], incidents: [{ id: 'PINC001' }], gone: [] });
    await call(sandbox, 'POST', '/incidents/PINC001/notes', {
      body: { note: { content: 'From elsewhere' } },
    });
    const noted = await look(sandbox, pressed.version);
    expect(noted.incidents).toMatchObject([{ notes: [{ by: 'Sam Sandbox', text: 'From elsewhere' }] }]);
    await call(sandbox, 'DELETE', `/extensions/${id}`);
    const deleted = await look(sandbox, noted.version);
    expect(deleted).toMatchObject({ services: [{ id: 'PCHKOUT', actions: [] }], incidents: [] });
    await sandbox.edit({ remove: ['PINC001', 'PWEBADM'] });
    expect((await look(sandbox, deleted.version)).gone).toEqual(
      expect.arrayContaining(['PINC001', 'PWEBADM']),
    );
  });

  it('is complete after a reset, another seed, or an unknown version', async () => {
    const sandbox = await sandboxFor({ page: true });
    const { version } = await look(sandbox);
    await sandbox.reset({ account: 'umbrella' });
    expect(await look(sandbox, version)).toMatchObject({ whole: true, account: 'umbrella', services: [] });
    expect(await look(sandbox, 999)).toMatchObject({ whole: true });
  });

  it('moves with the clock', async () => {
    const sandbox = await sandboxFor({ page: true, clock: manualClock() });
    const { version } = await look(sandbox);
    await control(sandbox, 'POST', 'clock', { advanceMs: 60_000 });
    expect(await look(sandbox, version)).toMatchObject({ now: '2026-01-01T00:01:00.000Z', services: [] });
  });

  it('moves the clock to a moment to wait for, never back, and never farther than a delivery waits (fact 39)', async () => {
    const sandbox = await sandboxFor({ page: true, clock: manualClock() });
    const move = async (until: unknown) => (await act(sandbox, 'clock', { until })).status;
    expect(await move('2026-01-01T01:00:00.000Z')).toBe(200);
    expect((await look(sandbox)).now).toBe('2026-01-01T01:00:00.001Z');
    expect(await move('2025-01-01T00:00:00.000Z')).toBe(200);
    for (const until of ['2026-01-04T00:00:00.000Z', 'soon', 5, null]) expect(await move(until)).toBe(400);
    expect((await look(sandbox)).now).toBe('2026-01-01T01:00:00.001Z');
  });

  it('omits the earliest of very many', async () => {
    const { sandbox, id } = await withButton('https://far.example.com/');
    for (let count = 0; count < 103; count += 1) {
      await act(sandbox, 'press', { incidentId: 'PINC001', actionId: id });
    }
    const incident = await incidentOf(sandbox);
    expect([incident?.presses.length, incident?.earlier]).toEqual([100, 3]);
  });

  it('waits for news, and costs nothing meanwhile', async () => {
    const sandbox = await sandboxFor({ page: true });
    const { version } = await look(sandbox);
    const headers = ['X-Sandbox-Page', await pageToken(sandbox)];
    const waiting = raw(sandbox, { path: `/_sandbox/page/changes?since=${version}`, headers });
    // Another request completes meanwhile: the first one would be over if it did not wait.
    const first = await Promise.race([waiting, raw(sandbox).then(() => 'still waiting')]);
    expect(first).toBe('still waiting');
    await act(sandbox, 'incidents', { title: 'News', serviceId: 'PWEBADM', urgency: 'low' });
    expect(JSON.parse((await waiting).text).incidents).toMatchObject([{ title: 'News', urgency: 'low' }]);
  });

  it('is empty after a long wait without news', async () => {
    const world = { timeline: { catchUp: async () => {} }, watch: createWatch() } as unknown as World;
    const page = createPage(world, { token: 't', holdMs: 1 });
    const request = {
      method: 'GET',
      path: '/_sandbox/page/changes',
      query: new URLSearchParams(`since=${world.watch.version()}`),
      headers: { 'x-sandbox-page': 't' },
      body: '',
      peer: '127.0.0.1',
    };
    const { status, body } = await page.serve(request, new AbortController().signal);
    expect([status, body]).toEqual([204, '']);
  });
});

describe('an act of a responder', () => {
  it('creates an incident', async () => {
    const sandbox = await sandboxFor({ page: true });
    const { status, text } = await act(sandbox, 'incidents', {
      title: '<script>alert(1)</script>',
      serviceId: 'PWEBADM',
      urgency: 'low',
    });
    const { id } = JSON.parse(text);
    expect(status).toBe(200);
    expect(await incidentOf(sandbox, id)).toMatchObject({
      title: '<script>alert(1)</script>',
      serviceId: 'PWEBADM',
      urgency: 'low',
      status: 'triggered',
    });
  });

  it('adds a note', async () => {
    const sandbox = await sandboxFor({ page: true });
    expect(await act(sandbox, 'notes', { incidentId: 'PINC001', text: 'Seen' })).toMatchObject({
      status: 200,
    });
    expect(await incidentOf(sandbox)).toMatchObject({ notes: [{ text: 'Seen', by: 'Sam Sandbox' }] });
  });

  it.each([
    ['incidents', { title: '', serviceId: 'PWEBADM', urgency: 'high' }, 400, "Title can't be blank"],
    ['incidents', { title: 'X', serviceId: 'PNOWHERE', urgency: 'high' }, 400, 'Service not found'],
    ['incidents', { title: 'X', serviceId: 'PWEBADM', urgency: 'dire' }, 400, 'Urgency must be high or low'],
    ['press', { incidentId: 'PINC001', actionId: 'PVENDOR' }, 400, 'belongs to another service'],
    ['press', { incidentId: 'PINC001', actionId: 'PGENERI' }, 400, 'not a custom incident action'],
    ['press', { incidentId: 'PINC001', actionId: 'PNOTHING' }, 404, 'Not Found'],
    ['press', { incidentId: 'PINC001/notes?', actionId: 'PVENDOR' }, 404, 'Not Found'],
    ['press', {}, 404, 'Not Found'],
    ['notes', { incidentId: 'PINC001', text: '' }, 400, "Content can't be blank"],
    ['enable', { actionId: '../incidents' }, 404, 'Not Found'],
    ['reset', {}, 404, 'unknown route: POST /_sandbox/page/reset'],
    ['__proto__', {}, 404, 'unknown route'],
    ['press', [], 400, 'must be a JSON object'],
  ])('%s %j is refused with %i', async (name, body, status, message) => {
    const sandbox = await sandboxFor({ page: true });
    const answer = await act(sandbox, name, body);
    expect([answer.status, JSON.parse(answer.text).sandbox.message]).toEqual([
      status,
      expect.stringContaining(message),
    ]);
    expect(sandbox.log().commits).toEqual([]);
  });

  it('is done as the user of the account, whatever token the API is used with', async () => {
    const target = await endpoint();
    const { sandbox, id } = await withButton(target.url);
    sandbox.setSwitches({ tokenKind: 'read-only', pressFrom: 'required', pressBody: 'empty' });
    expect(await act(sandbox, 'press', { incidentId: 'PINC001', actionId: id })).toMatchObject({
      status: 200,
    });
    sandbox.setSwitches({ pressPlan: 'gated' });
    const gated = await act(sandbox, 'press', { incidentId: 'PINC001', actionId: id });
    expect([gated.status, gated.text]).toEqual([402, expect.stringContaining('custom_incident_actions')]);
    expect(sandbox.deliveries()).toMatchObject([{ pressedBy: 'Sam Sandbox' }]);
  });

  it('is not a request to the API: not counted, not limited, and never hit by a fault', async () => {
    const sandbox = await sandboxFor({ page: true, rateLimit: { limit: 1, windowSeconds: 60 } });
    sandbox.setFaults([{ action: 'status', status: 500, match: { index: 1 } }]);
    await act(sandbox, 'notes', { incidentId: 'PINC001', text: 'One' });
    await act(sandbox, 'notes', { incidentId: 'PINC001', text: 'Two' });
    expect(sandbox.log().requests).toEqual([]);
    expect(sandbox.log().commits).toMatchObject([
      { by: 'page', request: null, verb: 'note' },
      { by: 'page', request: null, verb: 'note' },
    ]);
    expect(await call(sandbox, 'GET', '/services')).toMatchObject({ status: 500 });
  });
});

describe('secrets', () => {
  it.each([
    ['http://127.0.0.1:80/hook', 'http://127.0.0.1/hook'],
    ['https://u:p@a.example/x?token=abc#frag', 'https://a.example/x?***'],
    ['not an address', '***'],
  ])('the URL %s is shown as %s', (url, shown) => {
    expect(shownUrl(url)).toBe(shown);
  });

  it('an endpoint that echoes requests shows no secret', () => {
    const request = {
      url: 'https://us%40er:pa%20ss@a.example/x?key=query-value',
      headers: {
        authorization: 'Bearer tok"en',
        'content-type': 'application/json',
        'x-webhook-id': 'abc-1',
      },
      body: '',
    };
    const echo = JSON.stringify({
      ...request.headers,
      bare: 'tok"en',
      basic: Buffer.from('us@er:pa ss').toString('base64'),
      url: 'us%40er us@er pa ss pa%20ss query-value',
    });
    const shown = hideSecrets(echo, request);
    expect(shown).not.toMatch(/tok|en"|us@er|us%40er|pa ss|pa%20ss|query-value|dXNA/);
    expect(shown).toContain('application/json');
    expect(hideSecrets('401 unknown key', request)).toBe('401 unknown key');
    expect(hideSecrets('Bearer tok"en', { ...request, url: 'no address' })).toBe('***');
  });
});
