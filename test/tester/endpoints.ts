/** Endpoints of the tests' own, and a world without waits. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { SecureVersion } from 'node:tls';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { CHECKS, type EndpointCheck } from '../../src/tester/check.ts';
import { messageOf } from '../../src/tester/payload.ts';
import type { TestPlan, TestTarget, TestWorld } from '../../src/tester/target.ts';

/** A certificate or key of the fixtures. */
export const pem = (name: string): string =>
  readFileSync(join(import.meta.dirname, 'fixtures', `${name}.pem`), 'utf8');

/** The root of all these certificates. */
export const ROOT = pem('root');

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Endpoint {
  readonly url: string;
  readonly received: readonly Received[];
}

type Respond = (res: ServerResponse, message: Received, count: number) => void;

/** An endpoint that ends with the test. */
export async function endpoint(respond: Respond = (res) => res.writeHead(202).end()): Promise<Endpoint> {
  const received: Received[] = [];
  const port = await listen(createServer(), received, respond);
  return { url: `http://127.0.0.1:${port}/hook`, received };
}

/** An endpoint over TLS with this certificate chain. `askedFor`: the server names that clients sent (SNI), or false. */
export async function secureEndpoint(
  chain: readonly string[],
  options: {
    readonly maxVersion?: SecureVersion;
    readonly minVersion?: SecureVersion;
    readonly requestCert?: boolean;
    /** Another address of this machine; the certificates are for `localhost` and 127.0.0.1. */
    readonly address?: string;
  } = {},
): Promise<Endpoint & { readonly askedFor: readonly (string | false)[] }> {
  const received: Received[] = [];
  const askedFor: (string | false)[] = [];
  const server = createTlsServer({
    rejectUnauthorized: false,
    ...options,
    key: pem('server-key'),
    cert: chain.map(pem).join(''),
  });
  server.on('secureConnection', ({ servername }) => askedFor.push(servername || false));
  const { address = '127.0.0.1' } = options;
  const port = await listen(server, received, (res) => res.writeHead(202).end(), address);
  return { url: `https://${options.address ?? 'localhost'}:${port}/hook`, received, askedFor };
}

async function listen(
  server: Server,
  received: Received[],
  respond: Respond,
  address = '127.0.0.1',
): Promise<number> {
  server.on('request', (req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const message = { headers: req.headers, body: Buffer.concat(chunks).toString() };
      received.push(message);
      respond(res, message, received.length);
    });
  });
  // Ignores clients that leave during a handshake.
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** 1 January 2026. */
export const NOW = Date.UTC(2026, 0, 1);

/** A world on this machine, with the root of these tests and ids that count. */
export function worldOf(changes: Partial<TestWorld> = {}): TestWorld {
  let ids = 0;
  return {
    roots: [ROOT],
    clock: systemClock,
    now: () => NOW,
    newId: () => `id-${++ids}`,
    resolve: async () => ['203.0.113.7'],
    isInternal: () => false,
    signal: new AbortController().signal,
    ...changes,
  };
}

export function targetAt(url: string, headers: TestTarget['headers'] = []): TestTarget {
  return { label: 'Restart Server', url, headers };
}

/** A request for these checks, with the message that `pdactions test` makes up. */
export function wishFor(...checks: readonly EndpointCheck[]): TestPlan {
  return {
    checks: checks.length === 0 ? CHECKS : checks,
    message: ({ label, url, headers }, webhookId) =>
      messageOf({ label, url, headers, webhookId, at: new Date(NOW).toISOString() }),
  };
}
