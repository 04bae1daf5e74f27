/** The answer to a request. */
import type { ServerResponse } from 'node:http';

export interface DoorReply {
  readonly status: number;
  /** Sent as `{"status": text}`, or unchanged with a content type of its own. */
  readonly text: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** By default the connection is closed: the rest of the request is not read. */
  readonly isRead?: boolean;
}

/** With a 503: PagerDuty sends it again in any case, and proxies and users see the reason. */
export const RETRY = { 'retry-after': '10' };

/** Sends it, unless the connection has gone or something was sent already. */
export function send(
  res: ServerResponse,
  { status, text, contentType, headers, isRead = false }: DoorReply,
): void {
  if (res.headersSent || res.destroyed) return;
  const body = contentType === undefined ? `${JSON.stringify({ status: text })}\n` : text;
  res.writeHead(status, {
    ...headers,
    'content-type': contentType ?? 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    ...(!isRead && { connection: 'close' }),
  });
  res.end(body);
}
