/** Reads the body of a request, up to a limit (T38). */

import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { readBytes, utf8Of } from '../../read-bytes.ts';

const inflated = promisify(gunzip);

/** The supported content encodings. PagerDuty sends none; a proxy may add one (T60). */
export type Encoding = 'identity' | 'gzip';

/** The encoding of a request; undefined for an unsupported one. */
export function encodingOf(header: string | undefined): Encoding | undefined {
  const name = header?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') return 'identity';
  return name === 'gzip' || name === 'x-gzip' ? 'gzip' : undefined;
}

/** The text, without a byte order mark; `too-large` also once inflated; `damaged`: not gzip; `gone`: the sender left. */
export async function readBody(
  req: IncomingMessage,
  encoding: Encoding,
  most: number,
): Promise<{ readonly text: string } | 'too-large' | 'damaged' | 'gone'> {
  const bytes = await readBytes(req, most).catch(() => 'gone' as const);
  if (!Buffer.isBuffer(bytes)) return bytes;
  if (encoding === 'identity') return { text: utf8Of(bytes) };
  try {
    return { text: utf8Of(await inflated(bytes, { maxOutputLength: most })) };
  } catch (error) {
    return error instanceof RangeError ? 'too-large' : 'damaged';
  }
}
