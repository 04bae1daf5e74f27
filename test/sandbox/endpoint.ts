import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';

interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Endpoint {
  /** With a slash at the end. */
  readonly url: string;
  readonly received: readonly Received[];
  /** Resolves when the n-th message has come. */
  arrived(count: number): Promise<void>;
}

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

/**
 * An endpoint on this machine that ends with the test.
 * @param respond gives the status for the n-th message, from 1; `hang` gives none; a string redirects
 */
export async function endpoint(
  respond: (count: number) => number | string | 'hang' = () => 202,
): Promise<Endpoint> {
  const received: Received[] = [];
  let watchers: { readonly count: number; readonly tell: () => void }[] = [];
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      received.push({ method: req.method ?? '', path: req.url ?? '', headers: req.headers, body });
      answer(res, respond(received.length));
      const told = watchers.filter(({ count }) => count <= received.length);
      watchers = watchers.filter((watcher) => !told.includes(watcher));
      for (const { tell } of told) tell();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    received,
    arrived: (count) =>
      new Promise((tell) => {
        if (received.length >= count) tell();
        else watchers.push({ count, tell });
      }),
  };
}

function answer(res: ServerResponse, what: number | string): void {
  if (what === 'hang') return;
  if (typeof what === 'number') res.writeHead(what, { 'content-type': 'text/plain' }).end(`answer ${what}`);
  else res.writeHead(302, { location: what }).end();
}
