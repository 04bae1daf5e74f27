import { writeSync } from 'node:fs';
import type { Writable } from 'node:stream';

/** A stream that can fail without ending the program (F37). */
export interface Sink {
  write(text: string): void;
  /** Resolves when everything written so far was taken, or never will be. */
  flush(): Promise<void>;
  /** The first failure other than a reader that went away. */
  readonly error: Error | undefined;
}

const READER_GONE = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END']);

/** Wraps a stream; from here on its errors are remembered, not thrown. */
export function createSink(stream: Writable): Sink {
  let closed = false;
  let error: Error | undefined;

  const fail = (reason: NodeJS.ErrnoException): void => {
    if (READER_GONE.has(reason.code ?? '')) closed = true;
    else error ??= reason;
  };
  const usable = (): boolean => !closed && error === undefined;

  stream.on('error', fail);
  return {
    write(text) {
      if (!usable()) return;
      try {
        if (isFile(stream)) writeWhole(stream.fd, text);
        else stream.write(text);
      } catch (reason) {
        // Some releases of Node write to files synchronously and throw from `write` itself.
        fail(reason as NodeJS.ErrnoException);
      }
    },
    flush: () =>
      new Promise((resolve) => {
        if (!usable() || stream.destroyed || stream.writableEnded) resolve();
        else stream.write('', () => resolve());
      }),
    get error() {
      return error;
    },
  };
}

/** Node's own stream for a standard output that is a file: it treats a partial write as a complete one. */
function isFile(stream: Writable): stream is Writable & { readonly fd: number } {
  return '_type' in stream && stream._type === 'fs' && 'fd' in stream && typeof stream.fd === 'number';
}

/** On a disk that becomes full, the last write is cut short without an error; the next one fails. */
function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}
