import type { Readable } from 'node:stream';

/**
 * All bytes of a stream, unless there are more than `most`: then it is paused, and the rest is never kept. Rejects if the stream
 * breaks early. Uses events: an iterator costs each short command a millisecond.
 */
export function readBytes(stream: Readable, most: number): Promise<Buffer | 'too-large'> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    stream.on('data', (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size <= most) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      stream.pause();
      resolve('too-large');
    });
    stream.once('end', () => resolve(Buffer.concat(chunks)));
    stream.on('error', reject);
    // A close without end or error: the connection broke.
    stream.once('close', () => reject(new Error('closed before its end')));
  });
}

/** The bytes as UTF-8, without a byte order mark, which JSON must not begin with. */
export function utf8Of(bytes: Buffer): string {
  const text = bytes.toString();
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
