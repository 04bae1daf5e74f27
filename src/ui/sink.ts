import type { Writable } from 'node:stream';

/** A stream that can fail without taking the program with it (F37). */
export interface Sink {
  write(text: string): void;
  /** Resolves when everything written so far was taken, or never will be. */
  flush(): Promise<void>;
  /** True once the reader went away; from then on nothing is written. */
  readonly closed: boolean;
  /** The first failure that was not the reader going away. */
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
        stream.write(text);
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
    get closed() {
      return closed;
    },
    get error() {
      return error;
    },
  };
}
