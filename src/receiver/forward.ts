/** Forwards a press to a developer's server on the same machine, instead of running a command. */

import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Clock } from '../clock.ts';
import { codeOf } from '../code-of.ts';
import type { Delivery } from './press-worker.ts';
import type { RunOutcome } from './run/script.ts';

export interface ForwardOptions {
  /** Without a path of its own, that of the request is added. */
  readonly target: string;
  readonly clock: Clock;
  /** The same time limit as PagerDuty (fact 38). */
  readonly timeoutMs: number;
}

/** Never rejects. Classifies the answer like PagerDuty: anything except 2xx is a failure. */
export async function forward(
  { route, body, headers }: Delivery,
  { target, clock, timeoutMs }: ForwardOptions,
  stop: AbortSignal,
): Promise<RunOutcome> {
  const began = clock.now();
  const url = new URL(target);
  if (url.pathname === '/') url.pathname = encodeURI(route.path);
  const outcome = (kind: RunOutcome['kind'], how: string): RunOutcome => ({
    kind,
    how,
    ms: Math.round(clock.now() - began),
    output: '',
  });
  const limit = new AbortController();
  const answered = new AbortController();
  clock.sleep(timeoutMs, AbortSignal.any([answered.signal, stop])).then(
    () => limit.abort(),
    () => undefined,
  );
  try {
    const status = await post(url, { headers, signal: AbortSignal.any([limit.signal, stop]) }, body);
    const isGood = status >= 200 && status < 300;
    return outcome(isGood ? 'succeeded' : 'failed', `was forwarded to ${url.host}, which answered ${status}`);
  } catch (error) {
    if (stop.aborted) return outcome('stopped', 'was cut off because the receiver had to stop');
    if (limit.signal.aborted) {
      return outcome(
        'timed-out',
        `was forwarded to ${url.host}, which took longer than ${timeoutMs / 1000} s`,
      );
    }
    return outcome('failed', `could not be forwarded to ${url.host}: ${codeOf(error, 'no response')}`);
  } finally {
    answered.abort();
  }
}

/** The status of the answer; a redirect is an answer like any other (U9). */
export function post(url: URL, options: RequestOptions, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const headers = { ...options.headers, 'content-length': Buffer.byteLength(body) };
    const outgoing = send(url, { agent: false, ...options, method: 'POST', headers });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      incoming.resume();
      incoming.on('error', reject);
      incoming.on('end', () => resolve(incoming.statusCode ?? 0));
    });
    // An answer like any other. Without this Node drops it silently, and the press would never finish.
    outgoing.on('upgrade', (incoming, socket) => {
      socket.destroy();
      resolve(incoming.statusCode ?? 0);
    });
    outgoing.end(body);
  });
}
