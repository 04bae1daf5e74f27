import { fstatSync, writeSync } from 'node:fs';

/** A stream for text, as far as this program uses it: one of Node's, or a file descriptor. */
export interface TextStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly destroyed?: boolean;
  readonly writableEnded?: boolean;
  /** Node's streams for files may also throw. */
  write(text: string | Uint8Array, done?: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/**
 * Standard output (1) or standard error (2) of this process. For a pipe or a file, Node's stream would load its modules for networks, and
 * takes a partial write to a full disk for a complete one. So these are written to directly; as with Node's stream, a slow reader holds the
 * program up.
 * @param stream opens Node's
 */
export function openOutput(fd: number, stream: () => TextStream): TextStream {
  return isWrittenDirectly(fd) ? new Descriptor(fd, stream) : stream();
}

/** False for terminals, other devices, and pipes of Windows, which Node writes in the background. */
function isWrittenDirectly(fd: number): boolean {
  try {
    const stats = fstatSync(fd);
    return stats.isFile() || (process.platform !== 'win32' && (stats.isFIFO() || stats.isSocket()));
  } catch {
    return false;
  }
}

/** Text is written at the end of the current turn of the event loop, or as soon as it is this long. */
const LONG = 65_536;

/** Gathers the rows of a table or a page into few writes. Both descriptors may lead to one log, so only one has text waiting at a time. */
class Descriptor implements TextStream {
  static #waiting: Descriptor | undefined;
  readonly #fd: number;
  readonly #open: () => TextStream;
  readonly #listeners: ((error: Error) => void)[] = [];
  #text = '';
  /** Node's stream, from when it is needed. */
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
      // A pipe that another process made non-blocking is full. Node's stream waits for it.
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
