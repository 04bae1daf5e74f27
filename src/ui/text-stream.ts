import { fstatSync, writeSync } from 'node:fs';

/** A text stream: one of Node's, or a file descriptor. Lists only the members that this program uses. */
export interface TextStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly destroyed?: boolean;
  readonly writableEnded?: boolean;
  /** Can also throw: Node's streams for files write synchronously. */
  write(text: string | Uint8Array, done?: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/**
 * Opens standard output (1) or standard error (2) of this process. Writes to pipes and files directly: Node's stream would load the network
 * modules, and it treats a partial write to a full disk as complete. A slow reader blocks the program, as it does with Node's stream.
 * @param stream opens Node's stream
 */
export function openOutput(fd: number, stream: () => TextStream): TextStream {
  return isWrittenDirectly(fd) ? new Descriptor(fd, stream) : stream();
}

/** False for terminals, other devices, and pipes on Windows, to which Node writes asynchronously. */
function isWrittenDirectly(fd: number): boolean {
  try {
    const stats = fstatSync(fd);
    return stats.isFile() || (process.platform !== 'win32' && (stats.isFIFO() || stats.isSocket()));
  } catch {
    return false;
  }
}

/** Buffered text of this length, in UTF-16 code units, is written without waiting for the end of the current turn. */
const LONG = 65_536;

/** Combines many rows into few writes. Only one descriptor buffers text at a time, because both can point to the same log. */
class Descriptor implements TextStream {
  static #waiting: Descriptor | undefined;
  readonly #fd: number;
  readonly #open: () => TextStream;
  readonly #listeners: ((error: Error) => void)[] = [];
  #text = '';
  /** Node's stream; undefined until a pipe is full. */
  #stream: TextStream | undefined;

  constructor(fd: number, open: () => TextStream) {
    this.#fd = fd;
    this.#open = open;
  }

  on(event: 'error', listener: (error: Error) => void): void {
    if (this.#stream) this.#stream.on(event, listener);
    else this.#listeners.push(listener);
  }

  write(text: string, done?: () => void): void {
    const waiting = Descriptor.#waiting;
    if (waiting !== this) {
      if (waiting) waiting.#writeNow();
      Descriptor.#waiting = this;
      queueMicrotask(() => {
        if (this.#text !== '') this.#writeNow();
      });
    }
    this.#text += text;
    if (done || this.#text.length >= LONG) this.#writeNow(done);
  }

  #writeNow(done?: () => void): void {
    if (Descriptor.#waiting === this) Descriptor.#waiting = undefined;
    const text = this.#text;
    this.#text = '';
    if (this.#stream) {
      this.#stream.write(text, done);
      return;
    }
    const bytes = Buffer.from(text);
    let at = 0;
    try {
      while (at < bytes.length) at += writeSync(this.#fd, bytes, at);
    } catch (error) {
      // The pipe is full, and another process made it non-blocking. Node's stream waits for the reader.
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') {
        this.#openStream().write(bytes.subarray(at), done);
        return;
      }
      for (const listener of this.#listeners) listener(error as Error);
    }
    done?.();
  }

  #openStream(): TextStream {
    this.#stream = this.#open();
    for (const listener of this.#listeners) this.#stream.on('error', listener);
    return this.#stream;
  }
}
