import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { message, PATH, raw, receive, request, SECRET, send, statusOf, type World } from './world.ts';

const AUTH = `Authorization: ${SECRET}`;
const [ONE] = JSON.parse(message()).messages;

/** Posts bytes with only these headers. */
async function post(world: World, body: Buffer | string, lines: readonly string[]): Promise<number> {
  const head = ['POST /hooks/restart HTTP/1.1', 'Host: x', AUTH, 'Connection: close', ...lines];
  const bytes = Buffer.from(body);
  const text = [...head, `Content-Length: ${bytes.length}`, '', ''].join('\r\n');
  return statusOf(await raw(world.port, Buffer.concat([Buffer.from(text), bytes]), true));
}

/** The ids of the executed presses, once there are `count`. */
async function ran(world: World, count: number): Promise<readonly (string | undefined)[]> {
  return (await world.told('succeeded', count)).map(({ id }) => id);
}

describe('T60: presses that are authentic but odd', () => {
  const gateway = (isBase64Encoded: boolean): string => {
    const body = isBase64Encoded ? Buffer.from(message()).toString('base64') : message();
    return JSON.stringify({ httpMethod: 'POST', headers: { 'X-Webhook-Id': 'w-1' }, body, isBase64Encoded });
  };

  it.each<[string, Buffer | string, readonly string[], string]>([
    ['a byte order mark', `\ufeff${message()}`, ['Content-Type: application/json'], 'm-1'],
    ['the encoding identity', message(), ['Content-Encoding: identity'], 'm-1'],
    ['gzip', gzipSync(message()), ['Content-Encoding: gzip', 'Content-Type: application/json'], 'm-1'],
    ['no content type', message(), [], 'm-1'],
    ['plain text', message(), ['Content-Type: text/plain'], 'm-1'],
    ['a vendor type', message(), ['Content-Type: application/vnd.pd+json; charset=utf-8'], 'm-1'],
    ['the event of a gateway', gateway(false), [], 'w-1'],
    ['the event of a gateway in Base64', gateway(true), [], 'w-1'],
  ])('T60: %s: runs once', async (_, body, lines, id) => {
    const world = await receive();
    expect(await post(world, body, lines)).toBe(202);
    expect(await post(world, body, lines)).toBe(200);
    expect(await ran(world, 1)).toEqual([id]);
  });

  it('T60: each press of a batch runs once, and other entries are ignored with the reason', async () => {
    const world = await receive();
    const body = JSON.stringify({
      messages: [ONE, { event: 'incident.trigger' }, null, { ...ONE, id: 'm-2' }],
    });
    expect((await world.press({ body, id: 'w-1' })).status).toBe(202);
    expect(await ran(world, 2)).toEqual(['m-1', 'm-2']);
    expect((await world.press({ id: null, body: message() })).status).toBe(200);
    expect(await world.told('ignored')).toMatchObject([
      { detail: expect.stringMatching(/^2 of 4 messages/) },
    ]);
  });

  it('T60: a batch that does not fit is sent again as a whole, and nothing in it runs twice', async () => {
    const world = await receive({
      limits: { running: 1, waiting: 1 },
      script: `setInterval(() => require('fs').existsSync('go') && process.exit(), 5)`,
    });
    const body = JSON.stringify({ messages: [1, 2, 3].map((n) => ({ ...ONE, id: `m-${n}` })) });
    expect((await world.press({ body })).status).toBe(503);
    (await import('node:fs')).writeFileSync(`${world.folder}/go`, '');
    await world.told('succeeded', 2);
    expect((await world.press({ body })).status).toBe(202);
    expect(await ran(world, 3)).toEqual(['m-1', 'm-2', 'm-3']);
  });

  it('T60: no batch fills the log', async () => {
    const world = await receive();
    const body = JSON.stringify({ messages: Array.from({ length: 50_000 }, () => ({})) });
    expect(await world.press({ body })).toMatchObject({
      status: 202,
      text: expect.stringContaining('50000 of'),
    });
    expect(world.events).toHaveLength(1);
  });

  it('T38: gzip counts by its inflated size', async () => {
    const world = await receive();
    const bomb = gzipSync(Buffer.alloc(300 * 1024, ' '));
    expect(await post(world, bomb, ['Content-Encoding: gzip'])).toBe(413);
  });

  it.each([
    ['no messages', '{"messages": []}', /empty/],
    ['Event Orchestration', '{"__pd_metadata": {}}', /Event Orchestration/],
    ['a list', '[]', /not a JSON object/],
  ])('T60: %s: 202, ignored with the reason', async (_, body, why) => {
    const world = await receive();
    const answer = await world.press({ body });
    expect(answer.status).toBe(202);
    expect(answer.text).toMatch(why);
    expect(world.events).toMatchObject([{ event: 'ignored', level: 'warn', peer: '127.0.0.1' }]);
  });
});

describe('a refusal', () => {
  it('names the query as the reason', async () => {
    const plain = await receive();
    expect(await plain.press({ path: `${PATH}?key=x` })).toMatchObject({
      status: 404,
      text: expect.stringContaining('no query in its URL'),
    });
    const keyed = await receive({ url: `https://hooks.example.com${PATH}?key=abc` });
    expect((await keyed.press({ path: `${PATH}?key=x` })).text).toContain('the query of the URL is');
    const headers = { authorization: 'Bearer wrong' };
    expect((await keyed.press({ path: `${PATH}?key=abc`, headers })).text).toContain(
      'a header of the action is',
    );
  });

  it.each([
    [true, '203.0.113.9', '203.0.113.9'],
    [true, '198.51.100.1, 203.0.113.9', '203.0.113.9'],
    [true, 'evil, unknown', undefined],
    [false, '203.0.113.9', undefined],
  ])(
    'names the peer, and with trust %s of %j the forwarded address %s',
    async (trustsProxy, sent, forwarded) => {
      const world = await receive({ receiver: { trustsProxy } });
      const lines = ['Authorization: Bearer x', `X-Forwarded-For: ${sent}`];
      expect(statusOf(await raw(world.port, request(lines)))).toBe(401);
      expect(world.events).toMatchObject([{ event: 'refused', status: 401, peer: '127.0.0.1' }]);
      expect(world.events[0]?.forwarded).toBe(forwarded);
    },
  );

  it('of an unknown path names the peer, too', async () => {
    const world = await receive();
    expect((await send(world.url, { path: '/other' })).status).toBe(404);
    expect(world.events).toMatchObject([{ status: 404, peer: '127.0.0.1' }]);
  });
});
