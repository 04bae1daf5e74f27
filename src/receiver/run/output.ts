/** The end of a script's output: reads all of it, so that the script never blocks, and keeps little (T43). */
export interface Output {
  add(chunk: Buffer): void;
  /** Bytes written, kept or not. */
  readonly bytes: number;
  /** The kept text. If the beginning is missing, so is the first line, because half a secret would be unrecognisable. */
  text(): string;
}

const MOST_PIECES = 1024;

/** @param most bytes that are kept at the end */
export function createOutput(most: number): Output {
  let kept: Buffer[] = [];
  let size = 0;
  let bytes = 0;
  return {
    add(chunk) {
      const part = chunk.length > most ? chunk.subarray(chunk.length - most) : chunk;
      kept.push(part);
      size += part.length;
      bytes += chunk.length;
      // Many small chunks cost more than their contents.
      if (size < most * 2 && kept.length < MOST_PIECES) return;
      kept = [lastOf(kept, most)];
      size = Math.min(size, most);
    },
    get bytes() {
      return bytes;
    },
    text() {
      const text = lastOf(kept, most).toString('utf8');
      if (bytes <= most) return text;
      const firstBreak = text.indexOf('\n');
      return firstBreak === -1 ? text.slice(1024) : text.slice(firstBreak + 1);
    },
  };
}

function lastOf(chunks: readonly Buffer[], most: number): Buffer {
  const all = Buffer.concat(chunks);
  return all.length > most ? Buffer.from(all.subarray(all.length - most)) : all;
}
