/** Sends answers: whole ones, and those broken by faults. */
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { ApiResponse } from './http.ts';

const MEGABYTE = 1024 * 1024;

/** Sends a complete answer. */
export function sendWhole(res: ServerResponse, response: ApiResponse): void {
  const length = response.status === 204 ? {} : { 'content-length': Buffer.byteLength(response.body) };
  res.writeHead(response.status, { ...response.headers, ...length });
  res.end(response.body);
}

/** Sends the head and half of the body, resolves when that is sent, and returns the rest. */
export async function sendHalf(res: ServerResponse, response: ApiResponse): Promise<Buffer> {
  const body = Buffer.from(response.body);
  const half = Math.floor(body.length / 2);
  // Without a length, so that anything may follow, even spaces forever.
  res.writeHead(response.status, response.headers);
  await written(res, body.subarray(0, half));
  return body.subarray(half);
}

function written(res: ServerResponse, chunk: Buffer): Promise<void> {
  return new Promise((resolve) => {
    // Also if the client is gone, so that a waiting request continues.
    res.once('close', resolve);
    res.flushHeaders();
    res.write(chunk, () => resolve());
  });
}

/** Breaks the connection with RST. */
export function reset(res: ServerResponse): void {
  res.socket?.resetAndDestroy();
}

/** Sends spaces forever: a JSON body that never begins. */
export function drip(res: ServerResponse, everyMs: number): void {
  if (!res.headersSent) res.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => res.write(' '), everyMs);
  timer.unref();
  res.once('close', () => clearInterval(timer));
}

/** Sends half of the body and ends the connection in one of three ways. */
export function truncate(
  res: ServerResponse,
  response: ApiResponse,
  cut: 'length' | 'close' | 'chunk',
): void {
  const { socket } = res;
  if (!socket) return;
  const body = Buffer.from(response.body);
  const half = body.subarray(0, Math.floor(body.length / 2));
  const framing = {
    length: [`content-length: ${body.length}`],
    close: [],
    chunk: ['transfer-encoding: chunked'],
  };
  const headers = Object.entries(response.headers).map(([name, value]) => `${name}: ${value}`);
  const head = [`HTTP/1.1 ${response.status} Cut`, ...headers, ...framing[cut], 'connection: close', '', ''];
  const start = cut === 'chunk' ? `${body.length.toString(16)}\r\n` : '';
  socket.end(Buffer.concat([Buffer.from(head.join('\r\n') + start), half]));
}

/** A small compressed body that becomes large: the same compressed megabyte of spaces again and again. */
export function sendBomb(res: ServerResponse, megabytes: number): void {
  const member = gzipSync(Buffer.alloc(MEGABYTE, ' '));
  const body = Buffer.concat(Array.from({ length: megabytes }, () => member));
  res.writeHead(200, {
    'content-type': 'application/json',
    'content-encoding': 'gzip',
    'content-length': body.length,
  });
  res.end(body);
}
