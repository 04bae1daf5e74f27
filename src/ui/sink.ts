import type { TextStream } from './text-stream.ts';

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
export function createSink(stream: TextStream): Sink {
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
        // A synchronous write throws instead of emitting an error.
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
