/**
 * Sends all requests to PagerDuty. It replaces `cross-fetch` below pdjs (recipe B of the domain notes), so pdjs never
 * sees a status, a redirect or a body: its own retries and its parser have nothing to act on, and this room classifies all answers.
 *
 * Over `node:http`, not Node's `fetch`: loading that one costs more than everything else that a short command does.
 * It follows no redirect (a followed 307 would carry the body with its secrets to another host) and sends nothing twice.
 */

import type { IncomingMessage, RequestOptions } from 'node:http';
import type { Readable } from 'node:stream';
import { readBytes, utf8Of } from '../../read-bytes.ts';
import type { NetworkRoute } from './route/route.ts';

/** Larger than any answer of PagerDuty; a longer one comes from another server (F32). */
const MOST_BYTES = 10 * 1024 * 1024;

/** The headers of an answer. */
export interface AnswerHeaders {
  /** The value of a header, several joined with a comma; null if absent. The case of the name does not matter. */
  get(name: string): string | null;
}

/** The raw answer. */
export interface Answer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** The decoded body, or the reason why it could not be read to its end. */
  readonly body:
    | { readonly text: string }
    | { readonly problem: 'cut' | 'too-big' | 'timeout'; readonly cause?: unknown };
}

/** The response for pdjs: always a success with an empty document, and the real answer beside it. */
export interface ShieldedResponse {
  readonly status: 200;
  readonly answer: Answer;
  json(): Promise<Record<string, never>>;
}

/** The request of pdjs. */
export interface FetchInit {
  readonly method?: string | undefined;
  readonly headers?: Iterable<readonly [string, string]> | undefined;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Node's own route by default. */
  readonly route?: NetworkRoute | undefined;
}

/** The part of a Headers class that pdjs needs. */
class SimpleHeaders implements Iterable<readonly [string, string]> {
  readonly #entries: ReadonlyMap<string, string>;

  constructor(init: Readonly<Record<string, string>>) {
    this.#entries = new Map(Object.entries(init).map(([name, value]) => [name.toLowerCase(), value]));
  }

  [Symbol.iterator](): Iterator<readonly [string, string]> {
    return this.#entries[Symbol.iterator]();
  }
}

/**
 * Sends one request, once.
 * @throws TypeError with the system's error as its cause without an answer; the signal's reason if it aborted
 */
async function pdFetch(url: string, init: FetchInit = {}): Promise<ShieldedResponse> {
  const response = await send(new URL(url), init);
  const { statusCode: status = 0, headers } = response;
  const get = (name: string): string | null => {
    const value = headers[name.toLowerCase()];
    return value === undefined ? null : String(value);
  };
  const answer = { status, headers: { get }, body: await readBody(response, init.signal) };
  return { status: 200, answer, json: () => Promise.resolve({}) };
}

async function send(url: URL, { method, headers, body, signal, route }: FetchInit): Promise<IncomingMessage> {
  // Loaded on demand: commands that stay on this machine need neither.
  const { request } = await (url.protocol === 'https:' ? import('node:https') : import('node:http'));
  signal?.throwIfAborted();
  const options: RequestOptions = {
    ...route,
    method: method?.toUpperCase() ?? 'GET',
    headers: {
      ...Object.fromEntries(headers ?? []),
      'accept-encoding': 'gzip, deflate, br',
      ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    },
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, options);
    const answered = (response: IncomingMessage): void => {
      const { statusCode = 0 } = response;
      if (statusCode >= 200) {
        resolve(response);
        return;
      }
      sent.destroy();
      reject(new TypeError('fetch failed', { cause: notHttp(statusCode) }));
    };
    sent.on('response', answered);
    // Without a listener Node silently drops such a request, and the process would end as a success.
    sent.on('upgrade', answered);
    const abort = (): void => {
      sent.destroy();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    sent.on('close', () => signal?.removeEventListener('abort', abort));
    sent.on('error', (cause) => reject(new TypeError('fetch failed', { cause })));
    sent.end(body);
  });
}

/** The error for a switch of protocols that the request did not ask for (F18). */
function notHttp(status: number): Error {
  return Object.assign(new Error(`the answer was ${status}`), { code: 'HPE_UNEXPECTED_UPGRADE' });
}

async function readBody(response: IncomingMessage, signal: AbortSignal | undefined): Promise<Answer['body']> {
  try {
    const body = await readBytes(await decoded(response), MOST_BYTES);
    if (body !== 'too-large') return { text: utf8Of(body) };
    response.destroy();
    return { problem: 'too-big' };
  } catch (cause) {
    const reason: unknown = signal?.aborted ? signal.reason : undefined;
    return { problem: reason instanceof Error && reason.name === 'TimeoutError' ? 'timeout' : 'cut', cause };
  }
}

/** Unpacks the body. An error of the connection ends the unpacking, too. */
async function decoded(response: IncomingMessage): Promise<Readable> {
  const encoding = response.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return response;
  const { createBrotliDecompress, createGunzip, createInflate } = await import('node:zlib');
  const { pipeline } = await import('node:stream');
  const unpack = {
    gzip: createGunzip,
    'x-gzip': createGunzip,
    deflate: createInflate,
    br: createBrotliDecompress,
  }[encoding];
  if (!unpack) return response;
  return pipeline(response, unpack(), () => undefined);
}

export { pdFetch as default, SimpleHeaders as Headers };
