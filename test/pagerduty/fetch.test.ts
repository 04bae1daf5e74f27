import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import pdFetch, { Headers } from '../../src/pagerduty/http/fetch.ts';
import { createTransport } from '../../src/pagerduty/http/transport.ts';

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server that sends raw bytes and closes the connection. */
async function serveRaw(
  answer: (socket: Socket) => void,
): Promise<{ url: string; connections: () => number }> {
  let connections = 0;
  const server = createTcpServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
  };
}

const ask = async (url: string, init?: Parameters<typeof pdFetch>[1]) => (await pdFetch(url, init)).answer;

describe('the fetch below pdjs', () => {
  it('sends its input, and returns the answer', async () => {
    let seen: { method: string | undefined; type: string | undefined; body: string } | undefined;
    const url = await serve(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      seen = {
        method: request.method,
        type: request.headers['content-type'],
        body: Buffer.concat(chunks).toString(),
      };
      response.writeHead(418, { 'X-Request-Id': 'r1', 'content-type': 'text/plain' }).end('ünï');
    });
    const headers = new Headers({ 'Content-Type': 'application/json' });
    const answer = await ask(url, { method: 'post', headers, body: '{"ä":1}' });
    expect(seen).toEqual({ method: 'POST', type: 'application/json', body: '{"ä":1}' });
    expect(answer).toMatchObject({ status: 418, body: { text: 'ünï' } });
    expect(answer.headers.get('x-request-ID')).toBe('r1');
    expect(answer.headers.get('nope')).toBeNull();
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('unpacks %s', async (encoding, pack) => {
    const url = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(pack('{"a":1}')),
    );
    expect((await ask(url)).body).toEqual({ text: '{"a":1}' });
  });

  it('F32: stops at 10 MB, even for a bomb', async () => {
    const bomb = gzipSync(Buffer.alloc(60 * 1024 * 1024));
    const url = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    );
    expect((await ask(url)).body).toEqual({ problem: 'too-big' });
  });

  it('F33: never follows a redirect', async () => {
    const url = await serve((_, response) => response.writeHead(307, { location: '/elsewhere' }).end());
    expect((await ask(url)).status).toBe(307);
  });

  it('F17: notices a body that ended too early', async () => {
    const { url } = await serveRaw((socket) =>
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"a":'),
    );
    expect((await ask(url)).body).toMatchObject({ problem: 'cut' });
  });

  it.each([
    ['with the headers of one', 'connection: upgrade\r\nupgrade: x\r\n'],
    ['without them', ''],
  ])('F18: does not count the switch to another protocol as an answer, %s', async (_, headers) => {
    const { url } = await serveRaw((socket) =>
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers}\r\n`),
    );
    await expect(ask(url, { method: 'DELETE' })).rejects.toMatchObject({
      message: 'fetch failed',
      cause: { code: 'HPE_UNEXPECTED_UPGRADE' },
    });
  });

  it.each(['GET', 'POST', 'PUT', 'DELETE'])(
    'F12: sends a %s once, whatever happens to it',
    async (method) => {
      const { url, connections } = await serveRaw((socket) => socket.resetAndDestroy());
      await expect(ask(url, { method })).rejects.toMatchObject({
        message: 'fetch failed',
        cause: { code: 'ECONNRESET' },
      });
      expect(connections()).toBe(1);
    },
  );

  it('F16: a deadline ends waiting for headers, and for a body that drips', async () => {
    const silent = await serveRaw(() => undefined);
    const soon = AbortSignal.timeout(30);
    await expect(ask(silent.url, { signal: soon })).rejects.toMatchObject({ name: 'TimeoutError' });
    const drip = await serveRaw((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{'));
    const deadline = new AbortController();
    const pass = (): void => void setImmediate(() => deadline.abort(soon.reason));
    // Not by time: on a busy machine it could pass before the head of the answer arrives.
    subscribe('http.client.response.finish', pass);
    onTestFinished(() => void unsubscribe('http.client.response.finish', pass));
    expect((await ask(drip.url, { signal: deadline.signal })).body).toMatchObject({ problem: 'timeout' });
  });

  it('is the transport of pdjs, with its authorization and version', async () => {
    const seen: unknown[] = [];
    const url = await serve((request, response) => {
      const { authorization, accept, 'user-agent': agent } = request.headers;
      seen.push({ url: request.url, authorization, accept, agent });
      response.writeHead(429).end('slow down');
    });
    for (const tokenType of ['token', 'bearer'] as const) {
      const send = createTransport({
        baseUrl: `${url}/base`,
        token: 't0ken',
        tokenType,
        userAgent: 'x/1',
        timeoutMs: 5000,
      });
      const answer = await send({
        method: 'GET',
        path: '/services',
        query: { limit: '1', 'team_ids[]': ['A', 'B'] },
      });
      expect(answer).toMatchObject({ status: 429, body: { text: 'slow down' } });
    }
    const path = '/base/services?limit=1&team_ids%5B%5D=A&team_ids%5B%5D=B';
    const accept = 'application/vnd.pagerduty+json;version=2';
    expect(seen).toEqual([
      { url: path, authorization: 'Token token=t0ken', accept, agent: 'x/1' },
      { url: path, authorization: 'Bearer t0ken', accept, agent: 'x/1' },
    ]);
  });
});
