/** Sends one delivery as PagerDuty does (facts 32, 38, 45). */

import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { percentDecoded } from '../../parse-url.ts';

export interface DeliveryRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface DeliveryAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The first 4 kB. */
  readonly body: string;
}

/** Sends one message. @throws an error without an answer, if possible with a `code` like Node's */
export type Deliver = (request: DeliveryRequest, signal: AbortSignal) => Promise<DeliveryAnswer>;

const KEPT_BYTES = 4096;

/** Over HTTP or HTTPS; the latter with TLS 1.2 only (fact 45). A redirect is an answer like any other. */
export const deliverByHttp: Deliver = (message, signal) =>
  new Promise((resolve, reject) => {
    const url = new URL(message.url);
    const secure = url.protocol === 'https:';
    const options: RequestOptions = {
      method: 'POST',
      headers: { ...message.headers, 'content-length': Buffer.byteLength(message.body) },
      signal,
      agent: false,
      // The URL may contain basic auth, percent-encoded (fact 32).
      ...(url.username !== '' && { auth: `${percentDecoded(url.username)}:${percentDecoded(url.password)}` }),
    };
    url.username = '';
    url.password = '';
    const outgoing = secure
      ? httpsRequest(url, { ...options, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' })
      : httpRequest(url, options);
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => readAnswer(incoming).then(resolve, reject));
    outgoing.end(message.body);
  });

async function readAnswer(incoming: IncomingMessage): Promise<DeliveryAnswer> {
  const kept: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    if (size < KEPT_BYTES) kept.push(chunk.subarray(0, KEPT_BYTES - size));
    size += chunk.length;
  }
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  return {
    status: incoming.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    body: Buffer.concat(kept).toString('utf8'),
  };
}
