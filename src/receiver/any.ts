/** `listen --any`: shows every press that arrives, of any action, and runs nothing. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { codeOf } from '../code-of.ts';
import { UsageError } from '../errors.ts';
import { encodingOf, readBody } from './door/body.ts';
import { send } from './door/reply.ts';
import { LIMITS } from './limits.ts';
import { opened, parsedJson } from './press/envelope.ts';
import { type Press, understand } from './press/message.ts';

/** An arrived request. Texts are as received. */
export interface Arrival {
  readonly path: string;
  /** Names only: a value may be a secret. */
  readonly headerNames: readonly string[];
  /** None for a request that is not a press. */
  readonly presses: readonly Press[];
  /** Why it is not a press; undefined for presses. */
  readonly why: string | null;
}

export interface AnyReceiver {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Listens on this machine only, and answers every POST with 202.
 * @throws UsageError if the port is not available
 */
export async function startAny(port: number, show: (arrival: Arrival) => void): Promise<AnyReceiver> {
  const server = createServer({ requestTimeout: LIMITS.requestMs }, (req, res) => {
    answer(req, res, show).catch(() => send(res, { status: 202, text: 'ignored' }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(cannotListen(port, cause)));
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  req: IncomingMessage,
  res: ServerResponse,
  show: (arrival: Arrival) => void,
): Promise<void> {
  if (req.method !== 'POST')
    return send(res, { status: 405, text: 'only POST is allowed', headers: { allow: 'POST' } });
  const read = await readBody(
    req,
    encodingOf(req.headers['content-encoding']) ?? 'identity',
    LIMITS.bodyBytes,
  );
  const about = { path: req.url ?? '/', headerNames: Object.keys(req.headers).sort() };
  show({ ...about, ...(typeof read === 'string' ? { presses: [], why: read } : arrivalOf(read.text, req)) });
  send(res, { status: 202, text: 'accepted', isRead: typeof read !== 'string' });
}

function arrivalOf(text: string, req: IncomingMessage): Pick<Arrival, 'presses' | 'why'> {
  const value = parsedJson(text);
  if (value === undefined) return { presses: [], why: 'the body is not JSON' };
  const { body, headerId } = opened(value);
  const understood = understand(body, req.headersDistinct['x-webhook-id']?.[0] ?? headerId);
  const parts = understood.kind === 'batch' ? understood.parts : [understood];
  const presses = parts.flatMap((part) => ('press' in part ? [part.press] : []));
  const other = parts.find((part) => 'why' in part);
  return { presses, why: presses.length > 0 ? null : (other?.why ?? 'no press') };
}

function cannotListen(port: number, cause: unknown): UsageError {
  return new UsageError(`cannot listen on port ${port} (${codeOf(cause, 'error')})`, {
    hint: 'Choose another port with `--port`; 0 takes any free one.',
    reason: 'local_io',
    cause,
  });
}
