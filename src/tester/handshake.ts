/**
 * A TLS 1.2 handshake with one server: its success, OpenSSL's verdict on the certificate, and the received certificates in their
 * order. Node sorts a chain before it exposes it, so the order is read from the wire: up to TLS 1.2 certificates are sent
 * in the clear.
 */

import { connect as connectTcp, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { Clock } from '../clock.ts';
import { codeOf } from '../code-of.ts';
import { ipVersion } from '../ip-version.ts';
import type { Detour } from './target.ts';

export interface HandshakeOptions {
  readonly roots: readonly string[];
  readonly clock: Clock;
  readonly withinMs: number;
  readonly signal: AbortSignal;
  readonly detour?: Detour | undefined;
}

export type Handshake =
  | {
      /** In the order in which they were sent, in DER. */
      readonly sent: readonly Buffer[];
      /** OpenSSL's objection, as its own code; null without one. */
      readonly objection: string | null;
      readonly cipher: string;
      /** True if the server requests a client certificate. */
      readonly asksBack: boolean;
    }
  | { readonly code: string };

/** Connects and disconnects. Sends only the handshake. */
export async function shakeHands(url: URL, options: HandshakeOptions): Promise<Handshake> {
  const { clock, withinMs, signal, detour } = options;
  const over = new AbortController();
  const deadline = new AbortController();
  const timer = clock.sleep(withinMs, AbortSignal.any([over.signal, signal])).then(
    () => deadline.abort(),
    () => undefined,
  );
  try {
    const dialled = await detour?.dial(url);
    return await attempt(url, options.roots, AbortSignal.any([deadline.signal, signal]), dialled);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (detour?.isItsOwn(error)) throw error;
    return { code: deadline.signal.aborted ? 'TIMEOUT' : codeOf(error, 'no code') };
  } finally {
    over.abort();
    await timer;
  }
}

/** @param dialled an established connection */
function attempt(
  url: URL,
  roots: readonly string[],
  signal: AbortSignal,
  dialled: Socket | undefined,
): Promise<Handshake> {
  return new Promise((resolve, reject) => {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const tcp = dialled ?? connectTcp({ host, port: Number(url.port || 443), autoSelectFamily: true });
    const tap = tapOf(tcp);
    const leave = (): void => {
      tap.stream.destroy();
      tcp.destroy();
      signal.removeEventListener('abort', abort);
    };
    const fail = (error: unknown): void => {
      leave();
      reject(error);
    };
    const abort = (): void => fail(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort);
    tcp.once('error', fail);
    const greet = (): void => {
      const tls = connectTls({
        socket: tap.stream,
        host,
        // An address is no server name (RFC 6066).
        ...(ipVersion(host) === 0 ? { servername: host } : {}),
        ca: [...roots],
        minVersion: 'TLSv1.2',
        maxVersion: 'TLSv1.2',
        // Verification happens here and does not stop the handshake, because nothing secret is sent over this connection.
        rejectUnauthorized: false,
      });
      tls.once('error', fail);
      tls.once('secureConnect', () => {
        const objection = tls.authorized ? null : String(tls.authorizationError);
        const handshake = { ...seenIn(tap.received()), objection, cipher: tls.getCipher().name };
        tls.once('error', () => undefined);
        tls.destroy();
        leave();
        resolve(handshake);
      });
    };
    if (dialled) greet();
    else tcp.once('connect', greet);
  });
}

/** Longer than any chain; the rest is dropped. */
const KEPT_BYTES = 256 * 1024;

/** A stream in front of a socket that records the received bytes. TLS over a socket itself would bypass every listener. */
function tapOf(socket: Socket): { readonly stream: Duplex; received(): Buffer } {
  const chunks: Buffer[] = [];
  let size = 0;
  const stream = new Duplex({
    read: () => void socket.resume(),
    write: (chunk: Buffer, _encoding, done) => void socket.write(chunk, done),
    final: (done) => void socket.end(done),
  });
  // The socket reports it to the waiting handshake.
  stream.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    if (size < KEPT_BYTES) chunks.push(chunk);
    size += chunk.length;
    if (!stream.push(chunk)) socket.pause();
  });
  socket.on('end', () => void stream.push(null));
  socket.on('error', (error) => void stream.destroy(error));
  socket.on('close', () => void stream.destroy());
  return { stream, received: () => Buffer.concat(chunks) };
}

const RECORD_HANDSHAKE = 22;
const MESSAGE_CERTIFICATE = 11;
const MESSAGE_CERTIFICATE_REQUEST = 13;

/** The messages that a TLS 1.2 server sends in the clear (RFC 5246, 6.2.1 and 7.4). */
function seenIn(bytes: Buffer): { readonly sent: readonly Buffer[]; readonly asksBack: boolean } {
  const messages = handshakeBytes(bytes);
  let sent: readonly Buffer[] = [];
  let asksBack = false;
  for (let at = 0; at + 4 <= messages.length; ) {
    const length = messages.readUIntBE(at + 1, 3);
    if (messages[at] === MESSAGE_CERTIFICATE) sent = listIn(messages.subarray(at + 4, at + 4 + length));
    if (messages[at] === MESSAGE_CERTIFICATE_REQUEST) asksBack = true;
    at += 4 + length;
  }
  return { sent, asksBack };
}

/** Handshake messages may be cut over several records, up to the first record of another kind. */
function handshakeBytes(bytes: Buffer): Buffer {
  const fragments: Buffer[] = [];
  for (let at = 0; at + 5 <= bytes.length && bytes[at] === RECORD_HANDSHAKE; ) {
    const length = bytes.readUInt16BE(at + 3);
    fragments.push(bytes.subarray(at + 5, at + 5 + length));
    at += 5 + length;
  }
  return Buffer.concat(fragments);
}

function listIn(body: Buffer): Buffer[] {
  const certificates: Buffer[] = [];
  for (let at = 3; at + 3 <= body.length; ) {
    const length = body.readUIntBE(at, 3);
    certificates.push(body.subarray(at + 3, at + 3 + length));
    at += 3 + length;
  }
  return certificates;
}
