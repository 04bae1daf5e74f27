import { describe, expect, it } from 'vitest';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { type Answer, call, create, type Json, list, sandboxFor } from './client.ts';
import { endpoint } from './endpoint.ts';
import { manualClock } from './manual-clock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function press(sandbox: Sandbox, id: string, headers: Record<string, string> = {}): Promise<Answer> {
  const body = { custom_action: { webhook: { id, type: 'webhook_reference' } } };
  return call(sandbox, 'POST', '/incidents/PINC001/custom_action', { body, headers });
}

interface Setup {
  readonly url: string;
  readonly options?: SandboxOptions;
  readonly more?: Record<string, unknown>;
}

/** A sandbox with one button on Checkout API. */
async function button({ url, options = {}, more = {} }: Setup): Promise<{ sandbox: Sandbox; id: string }> {
  const sandbox = await sandboxFor({ clock: manualClock(), random: () => 0.5, ...options });
  return { sandbox, id: await create(sandbox, 'PCHKOUT', 'Restart Server', { endpoint_url: url, ...more }) };
}

describe('a press', () => {
  it('delivers the real-shaped message with the real headers (facts 15, 32–36)', async () => {
    const target = await endpoint();
    const url = target.url.replace('http://', 'http://user:p%40ss@');
    const config = { headers: [{ name: 'X-Secret', value: 'hush' }] };
    const { sandbox, id } = await button({ url: `${url}run?x=1`, more: { config } });
    expect((await press(sandbox, id)).status).toBe(200);
    await sandbox.settled();
    const [received] = target.received;
    expect(received?.method).toBe('POST');
    expect(received?.path).toBe('/run?x=1');
    expect(received?.headers).toMatchObject({
      'content-type': 'application/json',
      accept: 'application/json',
      'user-agent': 'PagerDuty-Webhook/V2.0',
      'x-secret': 'hush',
      authorization: `Basic ${Buffer.from('user:p@ss').toString('base64')}`,
    });
    const { messages }: { messages: Json[] } = JSON.parse(received?.body ?? '');
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatchObject({
      event: 'incident.custom',
      id: received?.headers['x-webhook-id'],
      log_entries: [
        {
          type: 'custom_log_entry',
          summary: "Custom action 'Restart Server' triggered by Sam Sandbox",
          agent: { type: 'user_reference', summary: 'Sam Sandbox' },
          channel: { type: 'custom_web_trigger', name: 'Restart Server', details_omitted: false },
          event_details: {},
        },
      ],
      webhook: {
        id,
        name: 'Restart Server',
        description: null,
        endpoint_url: `${url}run?x=1`,
        webhook_object: { id: 'PCHKOUT', type: 'service_reference' },
        config: { headers: [{ name: 'X-Secret', value: 'hush' }] },
      },
      incident: { id: 'PINC001', service: { summary: 'Checkout API' } },
    });
  });

  it('is logged with request and answer', async () => {
    const target = await endpoint();
    const { sandbox, id } = await button({ url: target.url });
    await press(sandbox, id);
    await sandbox.settled();
    expect(sandbox.deliveries()).toMatchObject([
      {
        extensionId: id,
        incidentId: 'PINC001',
        name: 'Restart Server',
        status: 'delivered',
        reason: null,
        attempts: [
          {
            at: '2026-01-01T00:00:00.000Z',
            request: { url: target.url },
            answer: { status: 202, body: 'answer 202' },
            error: null,
            verdict: 'delivered',
          },
        ],
      },
    ]);
  });

  it('with a real clock goes out at once', async () => {
    const target = await endpoint();
    const sandbox = await sandboxFor();
    await press(sandbox, await create(sandbox, 'PCHKOUT', 'x', { endpoint_url: target.url }));
    await target.arrived(1);
  });

  it.each([
    ['an unknown incident', '/incidents/PNOBODY/custom_action', 'PVENDOR', 404, 2100],
    ['an unknown extension', '/incidents/PINC001/custom_action', 'PNOBODY', 404, 5001],
    ['a webhook instead of a button', '/incidents/PINC001/custom_action', 'PGENERI', 400, 2001],
    ['a button of another service', '/incidents/PINC001/custom_action', 'PVENDOR', 400, 2001],
  ])('is refused for %s', async (_title, path, id, status, code) => {
    const sandbox = await sandboxFor();
    const body = { custom_action: { webhook: { id, type: 'webhook_reference' } } };
    const answer = await call(sandbox, 'POST', path, { body });
    expect([answer.status, answer.json.error?.code]).toEqual([status, code]);
    expect(sandbox.deliveries()).toEqual([]);
  });

  it('requires a webhook_reference (fact 31)', async () => {
    const sandbox = await sandboxFor();
    const body = { custom_action: { webhook: { id: 'PVENDOR', type: 'webhook' } } };
    expect((await call(sandbox, 'POST', '/incidents/PINC001/custom_action', { body })).status).toBe(400);
  });
});

describe('closing', () => {
  it('cancels running requests, so that nothing keeps the process alive', async () => {
    let signal: AbortSignal | undefined;
    const deliver: NonNullable<SandboxOptions['deliver']> = (_request, given) => {
      signal = given;
      return new Promise(() => {});
    };
    const { sandbox, id } = await button({ url: 'http://127.0.0.1:9/', options: { deliver } });
    await press(sandbox, id);
    expect(signal?.aborted).toBe(false);
    await sandbox.close();
    expect(signal?.aborted).toBe(true);
  });
});

describe('the destination of deliveries', () => {
  it('is this machine only, by default', async () => {
    const sent: string[] = [];
    const deliver = async ({ url }: { readonly url: string }) => {
      sent.push(url);
      return { status: 200, headers: {}, body: '' };
    };
    const url = 'https://automation.example.com/run';
    const near = await button({ url, options: { deliver } });
    await press(near.sandbox, near.id);
    expect(near.sandbox.deliveries()).toMatchObject([
      { status: 'held', reason: 'the endpoint is not on this machine', attempts: [] },
    ]);
    const far = await button({ url, options: { deliver, deliverAnywhere: true } });
    await press(far.sandbox, far.id);
    await far.sandbox.settled();
    expect(sent).toEqual([url]);
  });

  it.each([
    'http://localhost.evil.example/',
    'http://127.0.0.1.nip.io/',
    'http://10.0.0.1/',
    'http://0.0.0.0/',
  ])('is not %s', async (url) => {
    const { sandbox, id } = await button({ url });
    await press(sandbox, id);
    expect(sandbox.deliveries()).toMatchObject([{ status: 'held' }]);
  });

  it('does not exist if deliveries are off', async () => {
    const { sandbox, id } = await button({ url: 'http://127.0.0.1:9/', options: { deliver: false } });
    await press(sandbox, id);
    expect(sandbox.deliveries()).toMatchObject([{ status: 'held', reason: 'deliveries are turned off' }]);
  });
});

describe('retries (facts 38 and 39)', () => {
  it.each([500, 503, 429])('come after %s, with the same id, until it works', async (status) => {
    const target = await endpoint((count) => (count < 3 ? status : 200));
    const { sandbox, id } = await button({ url: target.url });
    await press(sandbox, id);
    await sandbox.advance(3 * MINUTE);
    expect(target.received).toHaveLength(3);
    expect(new Set(target.received.map(({ headers }) => headers['x-webhook-id'])).size).toBe(1);
    const [delivery] = sandbox.deliveries();
    expect(delivery).toMatchObject({ status: 'delivered' });
    expect(delivery?.attempts.map(({ at }) => at.slice(11, 19))).toEqual([
      '00:00:00',
      '00:01:00',
      '00:03:00',
    ]);
  });

  it('come after 16 seconds without an answer', async () => {
    const target = await endpoint((count) => (count === 1 ? 'hang' : 200));
    const { sandbox, id } = await button({ url: target.url });
    await press(sandbox, id);
    await target.arrived(1);
    await sandbox.advance(15_999);
    expect(sandbox.deliveries()).toMatchObject([{ status: 'waiting', attempts: [] }]);
    await sandbox.advance(1);
    expect(sandbox.deliveries()).toMatchObject([{ status: 'waiting', attempts: [{ error: 'timeout' }] }]);
    await sandbox.advance(MINUTE);
    expect(sandbox.deliveries()).toMatchObject([{ status: 'delivered' }]);
  });

  it('come after a refused connection, and end after 48 hours', async () => {
    let attempts = 0;
    const deliver = async () => {
      attempts += 1;
      throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    };
    const { sandbox, id } = await button({ url: 'http://127.0.0.1:9/', options: { deliver } });
    await press(sandbox, id);
    await sandbox.advance(47 * HOUR);
    expect(sandbox.deliveries()).toMatchObject([{ status: 'waiting', reason: 'ECONNREFUSED' }]);
    const before = attempts;
    await sandbox.advance(10 * HOUR);
    expect(sandbox.deliveries()).toMatchObject([{ status: 'expired' }]);
    expect(attempts - before).toBeLessThanOrEqual(1);
  });

  it.each([
    ['CERT_HAS_EXPIRED', 'waiting'],
    ['ENOTFOUND', 'waiting'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'dropped'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'dropped'],
  ])('%s: %s', async (code, status) => {
    const deliver = () => Promise.reject(Object.assign(new Error(code), { code }));
    const { sandbox, id } = await button({ url: 'https://127.0.0.1:9/', options: { deliver } });
    await press(sandbox, id);
    await sandbox.settled();
    expect(sandbox.deliveries()).toMatchObject([{ status }]);
  });

  it('do not come if the endpoint speaks no TLS', async () => {
    const target = await endpoint();
    const { sandbox, id } = await button({ url: target.url.replace('http:', 'https:') });
    await press(sandbox, id);
    await sandbox.settled();
    expect(sandbox.deliveries()).toMatchObject([{ status: 'dropped', attempts: [{ answer: null }] }]);
  });

  it('come if the sender breaks', async () => {
    const deliver = () => {
      throw new Error('broken');
    };
    const { sandbox, id } = await button({ url: 'http://127.0.0.1:9/', options: { deliver } });
    await press(sandbox, id);
    await sandbox.settled();
    expect(sandbox.deliveries()).toMatchObject([{ status: 'waiting', attempts: [{ error: 'ERROR' }] }]);
  });

  it('delay later presses of the same button and incident, and nothing else (fact 40)', async () => {
    const target = await endpoint((count) => (count === 1 ? 500 : 200));
    const { sandbox, id } = await button({ url: target.url });
    const other = await create(sandbox, 'PCHKOUT', 'Other', { endpoint_url: `${target.url}other` });
    await press(sandbox, id);
    await sandbox.settled();
    await press(sandbox, id);
    await press(sandbox, other);
    await sandbox.settled();
    expect(target.received.map(({ path }) => path)).toEqual(['/', '/other']);
    expect(sandbox.deliveries().map(({ status }) => status)).toEqual(['waiting', 'waiting', 'delivered']);
    await sandbox.advance(MINUTE);
    const order = sandbox.deliveries().map(({ webhookId }) => webhookId);
    expect(sandbox.deliveries().map(({ status }) => status)).toEqual(['delivered', 'delivered', 'delivered']);
    expect(target.received.slice(2).map(({ headers }) => headers['x-webhook-id'])).toEqual(order.slice(0, 2));
  });
});

describe('drops', () => {
  it('three in a row disable the button for a day (fact 41)', async () => {
    const target = await endpoint(() => 404);
    const { sandbox, id } = await button({ url: target.url });
    for (let count = 0; count < 4; count += 1) {
      await press(sandbox, id);
      await sandbox.settled();
    }
    expect(target.received).toHaveLength(3);
    expect(sandbox.deliveries().map(({ reason }) => reason)).toEqual([
      'the endpoint answered 404',
      'the endpoint answered 404',
      'the endpoint answered 404',
      'the extension is temporarily disabled',
    ]);
    expect(await disabled(sandbox, id)).toBe(true);
    expect(sandbox.log().commits.filter(({ by }) => by === 'delivery')).toMatchObject([
      { verb: 'disable', id },
    ]);
    await sandbox.advance(24 * HOUR - 1);
    expect(await disabled(sandbox, id)).toBe(true);
    await sandbox.advance(1);
    expect(await disabled(sandbox, id)).toBe(false);
  });

  it('not in a row do not', async () => {
    const target = await endpoint((count) => (count === 3 ? 200 : 401));
    const { sandbox, id } = await button({ url: target.url });
    for (let count = 0; count < 5; count += 1) {
      await press(sandbox, id);
      await sandbox.settled();
    }
    expect(await disabled(sandbox, id)).toBe(false);
  });

  it('are forgotten when the button is enabled', async () => {
    const target = await endpoint(() => 400);
    const { sandbox, id } = await button({ url: target.url });
    for (let count = 0; count < 3; count += 1) {
      await press(sandbox, id);
      await sandbox.settled();
    }
    await call(sandbox, 'POST', `/extensions/${id}/enable`);
    await press(sandbox, id);
    await sandbox.settled();
    expect(target.received).toHaveLength(4);
    expect(await disabled(sandbox, id)).toBe(false);
  });

  it('happen if the button is gone before its retry', async () => {
    const target = await endpoint(() => 500);
    const { sandbox, id } = await button({ url: target.url });
    await press(sandbox, id);
    await sandbox.settled();
    await call(sandbox, 'DELETE', `/extensions/${id}`);
    await sandbox.advance(HOUR);
    expect(sandbox.deliveries()).toMatchObject([
      { status: 'dropped', reason: 'the extension no longer exists' },
    ]);
    expect(target.received).toHaveLength(1);
  });
});

async function disabled(sandbox: Sandbox, id: string): Promise<unknown> {
  const { json } = await call(sandbox, 'GET', `/extensions/${id}?include[]=temporarily_disabled`);
  return json.extension?.temporarily_disabled;
}

describe('the size of a message (fact 43)', () => {
  const pressed = async (kilobytes: number) => {
    const target = await endpoint();
    const { sandbox, id } = await button({ url: target.url });
    const alerts = Array.from({ length: kilobytes }, (_, at) => ({
      id: `PA${at}`,
      summary: 'It is slow',
      key: String(at).padEnd(1000, 'x'),
      details: 'y'.repeat(1000),
    }));
    const incident = { id: 'PLARGE1', service: 'PCHKOUT', title: 'Large', alerts };
    await sandbox.edit({ insert: { incidents: [incident] } });
    await call(sandbox, 'POST', '/incidents/PLARGE1/custom_action', {
      body: { custom_action: { webhook: { id, type: 'webhook_reference' } } },
    });
    await sandbox.settled();
    const text = target.received[0]?.body;
    const message: Json | null = text === undefined ? null : JSON.parse(text).messages[0];
    return { message, status: sandbox.deliveries()[0]?.status };
  };

  it('is that of an incident with many alerts, of which it contains the keys alone (fact 33)', async () => {
    const { message } = await pressed(50);
    expect(list(message?.incident?.alerts)).toHaveLength(50);
    expect(message?.incident?.alerts?.[7]).toEqual({ alert_key: '7'.padEnd(1000, 'x') });
    expect(message?.log_entries?.[0]?.channel).toMatchObject({ details_omitted: false });
  });

  it('above 55 KB marks the omitted details', async () => {
    const { message } = await pressed(60);
    expect(message?.log_entries?.[0]?.channel).toMatchObject({ details_omitted: true, body_omitted: true });
  });

  it('above 256 KB drops it', async () => {
    expect(await pressed(300)).toEqual({ message: null, status: 'dropped' });
  });

  it('above 256 KB drops it, and does not affect the one before it', async () => {
    const target = await endpoint(() => 500);
    const { sandbox, id } = await button({ url: target.url });
    await press(sandbox, id);
    await sandbox.settled();
    const incident = { id: 'PINC001', service: 'PCHKOUT', title: 'x'.repeat(300 * 1024) };
    await sandbox.edit({ insert: { incidents: [incident] } });
    await press(sandbox, id);
    await sandbox.settled();
    expect(sandbox.deliveries().map(({ status }) => status)).toEqual(['waiting', 'dropped']);
    // Dropping the second press does not bring forward the next attempt of the first, which is due in a minute.
    expect(target.received).toHaveLength(1);
  });
});
