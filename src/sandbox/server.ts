/** The listening socket, and the checks before a request is routed. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UsageError } from '../errors.ts';
import { CONTROL_PATH, serveControl } from './control.ts';
import { codeOf } from './narrow.ts';
import { turnAway } from './page/gatekeeper.ts';
import { isPagePath } from './page/path.ts';
import type { AccountPage } from './page/routes.ts';
import { type ServeOptions, serveApi } from './serve-api.ts';
import { sendWhole } from './wire/body.ts';
import { json } from './wire/http.ts';
import type { World } from './world.ts';

/** Larger than the body of any request. */
const MOST_BODY_BYTES = 1024 * 1024;

/** The ports that `fetch` silently refuses (F09). */
const BLOCKED_PORTS = new Set([
  1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
  109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
  526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
  3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);

export interface ServerOptions extends ServeOptions {
  readonly controlToken: string;
  /** True if requests may name the sandbox by any of its addresses. */
  readonly remote: boolean;
  /** The page served at `/`; null: the API alone. */
  readonly page: AccountPage | null;
}

/** A server that is not listening yet. */
export function createSandboxServer(world: World, options: ServerOptions): Server {
  return createServer((req, res) => {
    serve(world, options, req, res).catch((error: unknown) => fail(res, error));
  });
}

async function serve(
  world: World,
  options: ServerOptions,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  res.setHeader('x-content-type-options', 'nosniff');
  res.setHeader('content-security-policy', "default-src 'none'");
  const { remote, page } = options;
  const refusal = turnAway(req, { port: req.socket.localPort ?? 0, remote, page: page !== null });
  if (refusal) return sendWhole(res, json(refusal.status, { sandbox: { message: refusal.why } }));
  const body = await readBody(req, MOST_BODY_BYTES);
  if (body === null) {
    res.setHeader('connection', 'close');
    return sendWhole(res, json(413, { sandbox: { message: 'the body is larger than 1 MB' } }));
  }
  const path = req.url ?? '/';
  if (page && isPagePath(path)) return sendPage(page, req, res, body);
  if (!path.startsWith(CONTROL_PATH)) return serveApi(world, options, req, res, body);
  const name = path.slice(CONTROL_PATH.length).replace(/\?.*/s, '');
  const request = { method: req.method ?? 'GET', name, headers: req.headers, body };
  sendWhole(res, await serveControl(world, options.controlToken, request));
}

async function sendPage(
  page: AccountPage,
  req: IncomingMessage,
  res: ServerResponse,
  body: string,
): Promise<void> {
  const [path = '', query = ''] = (req.url ?? '').split('?', 2);
  const request = {
    method: req.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers: req.headers,
    body,
    peer: req.socket.remoteAddress,
  };
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  const response = await page.serve(request, gone.signal);
  if (!res.destroyed) sendWhole(res, response);
}

/** A bug of the sandbox, or an unwritable data file: never reported as PagerDuty's answer. */
function fail(res: ServerResponse, error: unknown): void {
  if (res.headersSent || res.destroyed) return void res.destroy();
  const message = error instanceof Error ? error.message : 'unknown error';
  sendWhole(
    res,
    json(500, { error: { message: 'Internal Server Error', code: 2000 }, sandbox: { message } }),
  );
}

/**
 * Listens; port 0 takes any free one.
 * @returns the port
 * @throws UsageError if the port is taken (T50) or unusable; it never takes another one instead
 */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  if (BLOCKED_PORTS.has(port)) {
    throw new UsageError(`web clients block port ${port}`, {
      hint: 'Choose another port with `--port`, for example 4040.',
    });
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(cannotListen(host, port, cause)));
    server.listen({ host, port, exclusive: true }, resolve);
  });
  const actual = (server.address() as AddressInfo).port;
  if (!BLOCKED_PORTS.has(actual)) return actual;
  await new Promise((resolve) => server.close(resolve));
  return listen(server, host, port);
}

function cannotListen(host: string, port: number, cause: Error): UsageError {
  const why = codeOf(cause) === 'EADDRINUSE' ? 'the port is in use' : (codeOf(cause) ?? cause.message);
  return new UsageError(`the sandbox cannot listen on port ${port} of ${host}: ${why}`, {
    hint: 'Choose another port with `--port`; 0 picks a free one.',
    reason: 'local_io',
    cause,
  });
}

/** Reads a body as text; null when it is larger than `most` bytes. */
async function readBody(message: IncomingMessage, most: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
