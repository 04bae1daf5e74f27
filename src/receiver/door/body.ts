/** Reads the body of a request, up to a limit (T38). */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

const inflated = promisify(gunzip);

/** The content encodings that are read. PagerDuty sends none; a proxy may add one (T60). */
export type Encoding = 'identity' | 'gzip';

/** The encoding that a request names; undefined for one that is not read. */
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
  const bytes = await readBytes(req, most);
  if (!Buffer.isBuffer(bytes)) return bytes;
  if (encoding === 'identity') return { text: textOf(bytes) };
  try {
    return { text: textOf(await inflated(bytes, { maxOutputLength: most })) };
  } catch (error) {
    return error instanceof RangeError ? 'too-large' : 'damaged';
  }
}

function textOf(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/^\ufeff/, '');
}

function readBytes(req: IncomingMessage, most: number): Promise<Buffer | 'too-large' | 'gone'> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((tell) => {
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= most) chunks.push(chunk);
      else {
        chunks.length = 0;
        req.pause();
        tell('too-large');
      }
    });
    req.on('end', () => tell(Buffer.concat(chunks)));
    req.on('error', () => tell('gone'));
    req.on('close', () => tell('gone'));
  });
}
