/** Names the sender of a request, for the log. */
import type { IncomingMessage } from 'node:http';
import { ipVersion } from '../../ip-version.ts';

export interface Peer {
  /** The other end of the connection. */
  readonly peer?: string | undefined;
  /** The address that a trusted proxy has seen. */
  readonly forwarded?: string | undefined;
}

/**
 * The peer, and the last proxy's entry in `X-Forwarded-For`: everything before that comes from the sender.
 * @param trustsProxy without it the header is ignored, because anyone could send it
 */
export function peerOf(req: IncomingMessage, trustsProxy: boolean): Peer {
  const peer = req.socket.remoteAddress;
  if (!trustsProxy) return { peer };
  const hops = req.headersDistinct['x-forwarded-for']?.join(',').split(',') ?? [];
  const last = hops.at(-1)?.trim() ?? '';
  return { peer, ...(ipVersion(last) !== 0 && { forwarded: last }) };
}
