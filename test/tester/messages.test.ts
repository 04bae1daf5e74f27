import { describe, expect, it } from 'vitest';
import type { EndpointCheck } from '../../src/tester/check.ts';
import { explainConsequence } from '../../src/tester/check.ts';
import { judgeEndpoint } from '../../src/tester/judge.ts';
import { WHOLE_BYTES } from '../../src/tester/payload.ts';
import { endpoint, targetAt, wishFor, worldOf } from './endpoints.ts';

const judge = (url: string, ...checks: EndpointCheck[]) =>
  judgeEndpoint(targetAt(url), wishFor(...checks), worldOf());

describe('the message', () => {
  it('is that of a press: shape, headers, the login of the URL', async () => {
    const { url, received } = await endpoint();
    const withLogin = url.replace('//', '//sam:p%40ss@');
    const target = targetAt(withLogin, [{ name: 'X-Key', value: 'canary' }]);
    await judgeEndpoint(target, wishFor('press'), worldOf());
    expect(received).toHaveLength(1);
    expect(received[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      accept: 'application/json',
      'user-agent': 'PagerDuty-Webhook/V2.0',
      'x-webhook-id': 'id-1',
      'x-key': 'canary',
      authorization: `Basic ${Buffer.from('sam:p@ss').toString('base64')}`,
    });
    const { messages } = JSON.parse(received[0]?.body ?? '');
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatchObject({
      event: 'incident.custom',
      id: 'id-1',
      created_on: '2026-01-01T00:00:00Z',
      log_entries: [
        {
          type: 'custom_log_entry',
          summary: "Custom action 'Restart Server' triggered by pdactions test",
          agent: { type: 'user_reference' },
          channel: { type: 'custom_web_trigger', name: 'Restart Server', details_omitted: false },
          event_details: {},
        },
      ],
      webhook: {
        endpoint_url: withLogin,
        name: 'Restart Server',
        description: null,
        config: { headers: [{ name: 'X-Key', value: 'canary' }] },
      },
      incident: { type: 'incident', title: 'Test by pdactions: nothing is wrong', status: 'triggered' },
    });
  });

  it.each([
    [200, 'pass', 'delivered', 'documented'],
    [299, 'pass', 'delivered', 'documented'],
    [302, 'fail', 'unknown', 'inferred'],
    [400, 'fail', 'dropped', 'documented'],
    [401, 'fail', 'dropped', 'documented'],
    [404, 'fail', 'dropped', 'documented'],
    [429, 'fail', 'retried', 'documented'],
    [500, 'fail', 'retried', 'documented'],
    [503, 'fail', 'retried', 'documented'],
  ])('answered with %i: %s, %s, %s', async (status, verdict, consequence, basis) => {
    const { url, received } = await endpoint((res) => res.writeHead(status, { location: '/' }).end());
    const [press] = await judge(url, 'press');
    expect(press).toMatchObject({ check: 'press', verdict, consequence, basis });
    expect(received).toHaveLength(1);
  });

  it('reports each check as it begins', async () => {
    const { url } = await endpoint((res, _, count) => res.writeHead(202).end(String(count)));
    const begun: string[] = [];
    await judgeEndpoint(targetAt(url), { ...wishFor(), onCheck: (check) => begun.push(check) }, worldOf());
    expect(begun).toEqual(['dns', 'tls', 'press', 'duplicate', 'large', 'omitted']);
  });

  it('answered with the switch to another protocol: unknown, and it fails', async () => {
    const { url } = await endpoint((res) =>
      res.socket?.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
    );
    const [press] = await judge(url, 'press');
    expect(press).toMatchObject({ verdict: 'fail', consequence: 'unknown', basis: 'inferred' });
  });

  it('without an answer within 16 s: retried', async () => {
    let arrived = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const slept: number[] = [];
    const { url } = await endpoint(() => arrived());
    const clock = {
      now: () => 0,
      sleep: (ms: number): Promise<void> => {
        slept.push(ms);
        return asked;
      },
    };
    const [press] = await judgeEndpoint(targetAt(url), wishFor('press'), worldOf({ clock }));
    expect(press).toMatchObject({ verdict: 'fail', consequence: 'retried', text: 'no answer within 16 s' });
    expect(slept).toEqual([16_000]);
  });

  it('with half an answer within 16 s: retried', async () => {
    let arrived = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const { url } = await endpoint((res) => {
      res.writeHead(200, { 'content-length': 10 }).write('half', () => arrived());
    });
    const clock = { now: () => 0, sleep: (): Promise<void> => asked };
    const [press] = await judgeEndpoint(targetAt(url), wishFor('press'), worldOf({ clock }));
    expect(press).toMatchObject({ verdict: 'fail', consequence: 'retried' });
  });

  it('with an answer after 5 s: a warning', async () => {
    let now = 0;
    const { url } = await endpoint((res) => {
      now = 5_500;
      res.writeHead(202).end();
    });
    const until = (_: number, signal?: AbortSignal): Promise<void> =>
      new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    const clock = { now: () => now, sleep: until };
    const [press] = await judgeEndpoint(targetAt(url), wishFor('press'), worldOf({ clock }));
    expect(press).toMatchObject({ verdict: 'warn', text: 'answered 202 after 5.5 s' });
    expect(press?.hint).toContain('Answer 202 immediately');
  });

  it('over a connection that breaks: retried', async () => {
    const { url } = await endpoint((res) => res.socket?.destroy());
    const [press] = await judge(url, 'press');
    expect(press).toMatchObject({
      verdict: 'fail',
      consequence: 'retried',
      text: 'no connection, or it was closed early (ECONNRESET)',
    });
  });

  it('ends with the signal of the run', async () => {
    const stop = new AbortController();
    const { url } = await endpoint(() => stop.abort(new Error('stop')));
    const world = worldOf({ signal: stop.signal });
    await expect(judgeEndpoint(targetAt(url), wishFor('press'), world)).rejects.toThrow('stop');
  });
});

describe('the same message twice', () => {
  it('has one id, and passes if the second answer mentions the duplicate', async () => {
    const { url, received } = await endpoint((res, _, count) =>
      res.writeHead(count === 1 ? 202 : 200).end(count === 1 ? '' : 'duplicate'),
    );
    const findings = await judge(url, 'press', 'duplicate');
    expect(findings).toMatchObject([
      { check: 'press', verdict: 'pass' },
      { check: 'duplicate', verdict: 'pass', basis: 'inferred' },
    ]);
    expect(received.map(({ headers }) => headers['x-webhook-id'])).toEqual(['id-1', 'id-1']);
    expect(received[1]?.body).toBe(received[0]?.body);
  });

  it('passes when only the status differs', async () => {
    const { url } = await endpoint((res, _, count) => res.writeHead(count === 1 ? 202 : 200).end());
    expect(await judge(url, 'duplicate')).toMatchObject([{ verdict: 'pass', basis: 'inferred' }]);
  });

  it('compares the beginnings of the answers: text after 4 KB is not kept', async () => {
    const { url } = await endpoint((res, _, count) => res.writeHead(202).end(`${'x'.repeat(4096)}${count}`));
    expect(await judge(url, 'duplicate')).toMatchObject([{ verdict: 'warn' }]);
  });

  it('warns if both answers are the same, because that proves nothing', async () => {
    const { url } = await endpoint();
    const [duplicate] = await judge(url, 'duplicate');
    expect(duplicate).toMatchObject({ verdict: 'warn', basis: 'inferred' });
    expect(duplicate?.hint).toContain('X-Webhook-Id');
  });

  it('fails if the second is refused, because PagerDuty counts that as a drop', async () => {
    const { url } = await endpoint((res, _, count) => res.writeHead(count === 1 ? 202 : 409).end());
    const [duplicate] = await judge(url, 'duplicate');
    expect(duplicate).toMatchObject({ verdict: 'fail', consequence: 'dropped' });
  });

  it('fails by itself if even the first is refused', async () => {
    const { url, received } = await endpoint((res) => res.writeHead(401).end());
    expect(await judge(url, 'duplicate')).toMatchObject([{ check: 'duplicate', verdict: 'fail' }]);
    expect(received).toHaveLength(1);
  });
});

describe('sizes', () => {
  it('sends the largest size guaranteed to arrive whole, and a message without its details', async () => {
    const { url, received } = await endpoint();
    const findings = await judge(url, 'large', 'omitted');
    expect(findings).toMatchObject([
      { check: 'large', verdict: 'pass', text: expect.stringMatching(/^55 KB: answered 202/) },
      {
        check: 'omitted',
        verdict: 'pass',
        text: expect.stringMatching(/^without its details: answered 202/),
      },
    ]);
    expect(Buffer.byteLength(received[0]?.body ?? '')).toBe(WHOLE_BYTES);
    const [message] = JSON.parse(received[1]?.body ?? '').messages;
    expect(message.log_entries[0].channel).toEqual({
      type: 'custom_web_trigger',
      name: 'Restart Server',
      details_omitted: true,
      body_omitted: true,
    });
    expect(JSON.parse(received[0]?.body ?? '').messages[0].incident.alerts.length).toBeGreaterThan(1000);
    expect(new Set(received.map(({ headers }) => headers['x-webhook-id'])).size).toBe(2);
  });

  it('fails for an endpoint that accepts less', async () => {
    const { url } = await endpoint((res, { body }) => res.writeHead(body.length > 10_000 ? 413 : 202).end());
    const findings = await judge(url, 'press', 'large', 'omitted');
    expect(findings.map(({ verdict }) => verdict)).toEqual(['pass', 'fail', 'pass']);
    expect(findings[1]).toMatchObject({ consequence: 'dropped', hint: expect.stringContaining('55 KB') });
  });
});

describe('a refused message', () => {
  it('is the last one', async () => {
    const { url, received } = await endpoint((res) => res.writeHead(404).end());
    const findings = await judge(url, 'press', 'duplicate', 'large', 'omitted');
    expect(findings.map(({ verdict }) => verdict)).toEqual(['fail', 'skipped', 'skipped', 'skipped']);
    expect(received).toHaveLength(1);
  });
});

describe('names', () => {
  it.each([
    ['resolves', async () => ['203.0.113.7', '2001:db8::1'], 'pass', '203.0.113.7, 2001:db8::1'],
    [
      'has many addresses',
      async () => ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'],
      'pass',
      '192.0.2.1, 192.0.2.2, 192.0.2.3, ...',
    ],
    ['has no address', async () => [], 'fail', 'the name has no address'],
    [
      'cannot be resolved',
      async () => Promise.reject(new Error('ENOTFOUND')),
      'fail',
      'the name has no address',
    ],
    [
      'resolves to a private address',
      async () => ['10.0.0.1', '203.0.113.7'],
      'warn',
      '10.0.0.1 is inside a private network',
    ],
  ])('that %s', async (_, resolve, verdict, text) => {
    const world = worldOf({ resolve, isInternal: (host) => host.startsWith('10.') });
    const target = targetAt('https://automation.example.com/');
    const [dns] = await judgeEndpoint(target, wishFor('dns'), world);
    expect(dns).toMatchObject({ check: 'dns', verdict, text: expect.stringContaining(text) });
  });

  it('are not resolved if the URL has an address', async () => {
    const world = worldOf({ resolve: () => Promise.reject(new Error('asked')) });
    const [dns] = await judgeEndpoint(targetAt('http://[::1]:1/'), wishFor('dns'), world);
    expect(dns).toMatchObject({ verdict: 'pass', text: '::1' });
  });
});

it('explains each consequence', () => {
  expect(explainConsequence('delivered')).toBeNull();
  expect(explainConsequence('retried')).toContain('48 h');
  expect(explainConsequence('dropped')).toContain(
    'after 3 such presses in a row the button is disabled for 24 h',
  );
  expect(explainConsequence('unknown')).toContain('does not say');
});
