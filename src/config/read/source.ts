import type { Place } from '../config.ts';

/** The text of a configuration file, with positions. */
export interface Source {
  /** The file as named in messages. */
  readonly file: string;
  readonly text: string;
  /** The position of an offset into the text; lines and columns count from 1, columns in UTF-16 units like in editors. */
  placeAt(offset: number): Place;
}

/**
 * @param file as named in messages
 * @param text without a byte order mark
 */
export function createSource(file: string, text: string): Source {
  let starts: number[] | undefined;
  return {
    file,
    text,
    placeAt(offset) {
      starts ??= lineStarts(text);
      const line = countUpTo(starts, offset);
      return { file, line, column: offset - (starts[line - 1] ?? 0) + 1 };
    },
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** Counts the sorted numbers up to the limit. */
function countUpTo(sorted: readonly number[], limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
