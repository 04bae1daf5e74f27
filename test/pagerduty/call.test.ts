import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../src/errors.ts';
import { createCaller } from '../../src/pagerduty/http/call.ts';
import { explain } from '../../src/pagerduty/http/explain.ts';
import type { Answer } from '../../src/pagerduty/http/fetch.ts';
import { type Call, LATE_WRITE_MS } from '../../src/pagerduty/http/line.ts';
import type { CallClass } from '../../src/pagerduty/http/retry.ts';
import type { StoreEvent } from '../../src/pagerduty/store.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';
import { fetchFailed, json, raw, scripted } from './answers.ts';

type Steps = readonly (Answer | Error)[];

function setUp(steps: Steps, options: { runTimeoutMs?: number; signal?: AbortSignal } = {}) {
  const clock = createVirtualClock();
  const { transport, sent } = scripted(...steps);
  const events: StoreEvent[] = [];
  const call = createCaller({
    transport,
    host: 'api.example.test',
    hostFrom: 'PAGERDUTY_API_URL',
    clock,
    random: () => 0.5,
    inFlight: 4,
    runTimeoutMs: options.runTimeoutMs ?? 600_000,
    observer: (event) => events.push(event),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const ask = (kind: CallClass, more: Partial<Call<unknown>> = {}) =>
    call<unknown>({
      class: kind,
      request: { method: kind === 'read' ? 'GET' : 'POST', path: '/things' },
      what: 'do a thing',
      decode: (document) => document,
      ...more,
    });
  return { ask, sent, clock, events, call };
}

const OK = json(200, { fine: true });

describe('a call', () => {
  it('F01: waits as long as requested, together with all others, and is sent again', async () => {
    const { ask, sent, clock } = setUp([json(429, {}, { 'ratelimit-reset': '7' }), OK]);
    await expect(ask('create')).resolves.toEqual({ fine: true });
    expect(sent).toHaveLength(2);
    expect(clock.now()).toBeGreaterThanOrEqual(7000);
    expect(clock.now()).toBeLessThanOrEqual(8500);
  });

  it('knows whether the end of the run came before the first attempt', async () => {
    const unsent = setUp([OK], { runTimeoutMs: 0 });
    await expect(unsent.ask('create')).rejects.toMatchObject({
      reason: 'timeout',
      unsent: true,
      certain: true,
    });
    expect(unsent.sent).toHaveLength(0);
    const refused = setUp([json(429, {}, { 'ratelimit-reset': '7' }), OK], { runTimeoutMs: 5_000 });
    await expect(refused.ask('create')).rejects.toMatchObject({ reason: 'timeout', unsent: false });
    expect(refused.sent).toHaveLength(1);
  });

  it('F01: gives up after ten in a row', async () => {
    const { ask, sent } = setUp([json(429, {}, { 'ratelimit-reset': '1' })]);
    await expect(ask('read')).rejects.toMatchObject({ reason: 'rate_limited' });
    expect(sent).toHaveLength(11);
  });

  it.each<[string, CallClass, number]>([
    ['F05', 'read', 5],
    ['F05', 'create', 1],
    ['F05', 'update', 4],
    ['F05', 'delete', 4],
  ])('%s: a %s that always fails with 500 is sent %i times', async (_, kind, times) => {
    const { ask, sent } = setUp([json(500, { error: { code: 2000, message: 'Internal Error' } })]);
    await expect(ask(kind)).rejects.toMatchObject({
      reason: 'server_error',
      aftermath: kind === 'read' ? 'skip' : 'verify',
      http: { status: 500, code: 2000, path: '/things', host: 'api.example.test' },
    });
    expect(sent).toHaveLength(times);
  });

  it('F11: a TLS error is never retried, and its hint never weakens TLS', async () => {
    const { ask, sent } = setUp([fetchFailed('DEPTH_ZERO_SELF_SIGNED_CERT')]);
    await expect(ask('read')).rejects.toMatchObject({
      reason: 'tls',
      hint: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    });
    expect(sent).toHaveLength(1);
  });

  it('F20: a refused token is an AuthError at once', async () => {
    const { ask, sent } = setUp([raw(401, 'no', { 'content-type': 'text/html' })]);
    await expect(ask('read')).rejects.toMatchObject({
      kind: 'auth',
      reason: 'unauthorized',
      hint: expect.stringContaining('a valid REST API key'),
    });
    expect(sent).toHaveLength(1);
  });

  it.each([
    ['127.0.0.1:4040', true],
    ['localhost:4040', true],
    ['[::1]:4040', true],
    ['127.0.0.1.example.com', false],
    ['api.pagerduty.com', false],
  ])('at %s, messages name the sandbox: %s', (host, here) => {
    const call = { method: 'GET', path: '/services', host, what: 'read' };
    const hintOf = (kind: 'unauthorized' | 'unreachable') => explain(call, { kind }, 'stop').hint ?? '';
    expect(hintOf('unauthorized').includes('sandbox')).toBe(here);
    expect(hintOf('unreachable').includes('sandbox start')).toBe(here);
  });

  it('F17: a write whose success was cut off is looked up', async () => {
    const { ask, sent } = setUp([raw(200, '{"a":', { 'content-type': 'application/json' })]);
    const look = async (answered: boolean) => (answered ? 'seen' : undefined);
    await expect(ask('update', { look })).resolves.toBe('seen');
    expect(sent).toHaveLength(1);
  });

  it('F51: a request refused by the account lock is sent again, even a create, without a look', async () => {
    const locked = json(400, {
      error: { code: 2001, message: 'Unable to perform request at this time. account could not be locked' },
    });
    for (const refusal of [json(409, {}), locked]) {
      const { ask, sent } = setUp([refusal, refusal, OK]);
      const look = async (): Promise<never> => Promise.reject(new Error('looked'));
      await expect(ask('create', { look })).resolves.toEqual({ fine: true });
      expect(sent).toHaveLength(3);
      const always = setUp([refusal]);
      const failed = always.ask('create').catch((error: unknown) => error);
      expect(await failed).toMatchObject({ reason: 'conflict', aftermath: 'skip' });
      expect((await failed) as Error).toMatchObject({ message: expect.stringContaining('rejected') });
      expect(always.sent).toHaveLength(6);
    }
  });

  it('F51: a lock after a lost answer leaves the lost attempt open', async () => {
    const { ask } = setUp([fetchFailed('ECONNRESET'), json(409, {})]);
    await expect(ask('update')).rejects.toMatchObject({ reason: 'conflict', aftermath: 'verify' });
  });

  it('F13: a resend that is refused leaves the lost attempt open', async () => {
    const { ask } = setUp([fetchFailed('ECONNRESET'), json(400, {})]);
    await expect(ask('update')).rejects.toMatchObject({ reason: 'invalid', aftermath: 'verify' });
    const there = setUp([fetchFailed('ECONNRESET'), json(400, {})]);
    await expect(there.ask('update', { look: async () => 'there' })).resolves.toBe('there');
    const gone = setUp([fetchFailed('ECONNRESET'), json(404, {})]);
    await expect(gone.ask('update')).rejects.toMatchObject({ reason: 'gone', aftermath: 'skip' });
  });

  it('F20: no call sends anything after the token was refused', async () => {
    const { ask, sent } = setUp([raw(401, 'no')]);
    const all = Array.from({ length: 9 }, () => ask('read').catch((error: unknown) => error));
    for (const error of await Promise.all(all)) expect(error).toMatchObject({ reason: 'unauthorized' });
    // Four were in flight together.
    expect(sent).toHaveLength(4);
  });

  it('F34: interrupted while a create waits before it is looked up, that create is open', async () => {
    const stop = new AbortController();
    const { ask } = setUp([json(503, {}, { 'retry-after': '60' })], { signal: stop.signal });
    const created = ask('create');
    setImmediate(() => stop.abort(new CancelledError()));
    await expect(created).rejects.toMatchObject({ reason: 'interrupted', aftermath: 'stop' });
  });

  it('spends no more retries in a run than the quota', async () => {
    const { ask, sent } = setUp([fetchFailed('ECONNREFUSED')]);
    for (let index = 0; index < 30; index += 1) await ask('read').catch(() => undefined);
    expect(sent).toHaveLength(30 + 20);
  });

  it('ends with the time of the run', async () => {
    const { ask } = setUp([json(429, {}, { 'ratelimit-reset': '60' })], { runTimeoutMs: 100_000 });
    await expect(ask('read')).rejects.toMatchObject({
      reason: 'timeout',
      hint: expect.stringContaining('--timeout'),
      // The request and status of the last attempt (I10).
      http: { method: 'GET', path: '/things', host: 'api.example.test', status: 429 },
    });
  });

  it('ends with the time of the run before it is sent, and says so', async () => {
    const { ask, sent, clock } = setUp([OK], { runTimeoutMs: 1_000 });
    await clock.sleep(2_000);
    await expect(ask('create')).rejects.toMatchObject({
      certain: true,
      aftermath: 'stop',
      http: { method: 'POST', path: '/things' },
    });
    expect(sent).toEqual([]);
  });

  it('ends with the time of the run: after a 429 nothing was done, after a lost answer that is open', async () => {
    const { ask } = setUp([json(429, {}, { 'ratelimit-reset': '60' })], { runTimeoutMs: 50_000 });
    await expect(ask('create')).rejects.toMatchObject({ reason: 'timeout', certain: true });
    const steps = [json(500, {}), json(429, {}, { 'ratelimit-reset': '60' })];
    const lost = setUp(steps, { runTimeoutMs: 50_000 });
    await expect(lost.ask('update')).rejects.toMatchObject({ certain: false, aftermath: 'verify' });
  });

  it.each(['read', 'create', 'update', 'delete', 'enable'] as const)(
    'F16: no answer to a %s ends with the time of the run, and with a little more for a write under way',
    async (kind) => {
      const clock = createVirtualClock();
      const allowed: number[] = [];
      const call = createCaller({
        host: 'api.example.test',
        clock,
        random: () => 0.5,
        inFlight: 4,
        runTimeoutMs: 3_000,
        async transport(_, signal, withinMs = Number.POSITIVE_INFINITY) {
          allowed.push(withinMs);
          await clock.sleep(Math.min(30_000, withinMs), signal);
          throw new DOMException('no answer in time', 'TimeoutError');
        },
      });
      const request = { method: 'GET', path: '/things' } as const;
      const look = (): Promise<undefined> =>
        call({ class: 'read', request, what: 'look', decode: () => undefined });
      const asked = call({ class: kind, request, what: 'do a thing', decode: () => 1, look });
      await expect(asked).rejects.toMatchObject({ reason: 'timeout' });
      expect(allowed).toEqual([kind === 'read' ? 3_000 : 3_000 + LATE_WRITE_MS]);
      expect(clock.now()).toBe(allowed[0]);
    },
  );

  it('gives up at once if the gate stays closed for longer than the run has left', async () => {
    const { ask, sent, clock } = setUp([json(429, {}, { 'ratelimit-reset': '60' }), OK], {
      runTimeoutMs: 50_000,
    });
    await expect(ask('read')).rejects.toMatchObject({ reason: 'timeout' });
    await expect(ask('create')).rejects.toMatchObject({ reason: 'timeout', certain: true });
    expect(sent).toHaveLength(1);
    expect(clock.now()).toBe(0);
  });

  it('F10: names the host and its source', async () => {
    const { ask } = setUp([fetchFailed('ENOTFOUND')]);
    await expect(ask('read')).rejects.toThrow('api.example.test (from PAGERDUTY_API_URL)');
  });

  it.each([
    ['F11', 'EPROTO', 'does not speak TLS'],
    ['F11', 'ERR_SSL_WRONG_VERSION_NUMBER', 'does not speak TLS'],
    ['F11', 'CERT_HAS_EXPIRED', 'failed TLS verification'],
    ['F17', 'HPE_INVALID_CONSTANT', 'did not respond with HTTP'],
  ])('%s: %s in words', async (_, code, words) => {
    const { ask } = setUp([fetchFailed(code)]);
    await expect(ask('read')).rejects.toThrow(words);
  });

  it('F23: a create that gets a 404 names the service as missing', async () => {
    const { ask } = setUp([json(404, { error: { code: 5002, message: 'Service not found' } })]);
    const request = { method: 'POST', path: '/extensions' } as const;
    await expect(ask('create', { request })).rejects.toThrow('cannot find the service');
  });

  it('F34: is interrupted while it waits; a write that may have happened stays open', async () => {
    const reason = new CancelledError();
    const stop = new AbortController();
    const { call } = setUp([fetchFailed('ECONNRESET')], { signal: stop.signal });
    const update = call({
      class: 'update',
      request: { method: 'PUT', path: '/things/P1' },
      what: 'update',
      decode: String,
    });
    setImmediate(() => stop.abort(reason));
    await expect(update).rejects.toMatchObject({ reason: 'interrupted', aftermath: 'stop' });

    const again = new AbortController();
    const limited = setUp([json(429, {}, { 'ratelimit-reset': '60' })], { signal: again.signal });
    setImmediate(() => again.abort(reason));
    await expect(limited.ask('create')).rejects.toBe(reason);
  });

  it('passes a bug on unchanged', async () => {
    const { ask, sent } = setUp([new Error('bug')]);
    await expect(ask('read')).rejects.toThrow('bug');
    expect(sent).toHaveLength(1);
  });

  it('reports to the observer, without headers or bodies', async () => {
    const { ask, events } = setUp([json(500, {}), OK]);
    await ask('read');
    expect(events.map(({ type }) => type)).toEqual([
      'limit',
      'request',
      'response',
      'wait',
      'request',
      'response',
    ]);
  });
});
