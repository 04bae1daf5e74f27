/** Sends one message as PagerDuty does (facts 32, 38, 45). */

import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest, type RequestOptions as TlsOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Clock } from '../clock.ts';
import { codeOf } from '../code-of.ts';
import type { Header } from '../core/action.ts';
import { percentDecoded } from '../parse-url.ts';
import type { Detour } from './target.ts';

export interface TestDelivery {
  readonly url: string;
  readonly headers: readonly Header[];
  readonly webhookId: string;
  readonly body: string;
}

/** An answer, or the system's code without one; `TIMEOUT` for our own deadline. */
export type Reply =
  | { readonly status: number; readonly ms: number; readonly body: string }
  | { readonly code: string; readonly ms: number };

export interface DeliverOptions {
  /** The trusted certificates, in PEM. */
  readonly roots: readonly string[];
  readonly clock: Clock;
  readonly withinMs: number;
  /** Ends it early, and throws the signal's reason. */
  readonly signal: AbortSignal;
  readonly detour?: Detour | undefined;
}

/** The kept part of an answer, to compare two of them. */
const KEPT_BYTES = 4096;

/** Posts the message once. A redirect is an answer like any other; the deadline includes the body. */
export async function deliver(message: TestDelivery, options: DeliverOptions): Promise<Reply> {
  const { clock, withinMs, signal } = options;
  const began = clock.now();
  const over = new AbortController();
  const deadline = new AbortController();
  const until = AbortSignal.any([over.signal, signal]);
  const timer = clock.sleep(withinMs, until).then(
    () => deadline.abort(),
    () => undefined,
  );
  try {
    const { status, body } = await post(message, options, AbortSignal.any([deadline.signal, signal]));
    return { status, body, ms: clock.now() - began };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (options.detour?.isItsOwn(error)) throw error;
    return { code: deadline.signal.aborted ? 'TIMEOUT' : codeOf(error, 'no code'), ms: clock.now() - began };
  } finally {
    over.abort();
    await timer;
  }
}

function post(
  { url: address, headers, webhookId, body }: TestDelivery,
  { roots, detour }: DeliverOptions,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const url = new URL(address);
    const { username, password } = url;
    url.username = '';
    url.password = '';
    const options: RequestOptions = {
      method: 'POST',
      signal,
      agent: detour?.agent(url) ?? false,
      headers: {
        // The URL may contain basic auth, percent-encoded (fact 32).
        ...(username === '' ? {} : { authorization: basic(username, password) }),
        ...Object.fromEntries(headers.map(({ name, value }) => [name.toLowerCase(), value])),
        'content-type': 'application/json',
        accept: 'application/json',
        'user-agent': 'PagerDuty-Webhook/V2.0',
        'x-webhook-id': webhookId,
        'content-length': Buffer.byteLength(body),
      },
    };
    // TLS 1.2 only, and no environment variable changes the trusted roots (fact 45).
    const tls: TlsOptions = {
      ca: [...roots],
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.2',
      rejectUnauthorized: true,
    };
    const outgoing =
      url.protocol === 'https:' ? httpsRequest(url, { ...options, ...tls }) : httpRequest(url, options);
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      readBody(incoming).then((text) => resolve({ status: incoming.statusCode ?? 0, body: text }), reject);
    });
    // A switch of protocols that was not requested. Without this Node gives up silently, and nothing would be left to wait for.
    outgoing.on('upgrade', ({ statusCode = 0 }: IncomingMessage, socket: Duplex) => {
      socket.destroy();
      resolve({ status: statusCode, body: '' });
    });
    outgoing.end(body);
  });
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const kept: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    if (size < KEPT_BYTES) kept.push(chunk.subarray(0, KEPT_BYTES - size));
    size += chunk.length;
  }
  return Buffer.concat(kept).toString('utf8');
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${percentDecoded(username)}:${percentDecoded(password)}`).toString('base64')}`;
}
