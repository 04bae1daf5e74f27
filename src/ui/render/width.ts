import { columnsOf } from '../text/columns.ts';

let exact: ((text: string) => number) | undefined;

/** ASCII, and the narrow signs of this program: measured without a library. */
const NARROW = /^[ -~●○…→·]*$/;

/** The columns of a text on a terminal; exact for other scripts and pictographs once `loadWidths` has run, and an upper bound before. */
export function displayWidth(text: string): number {
  return NARROW.test(text) ? text.length : (exact ?? columnsOf)(text);
}

/** Loads the library that measures other scripts and pictographs, if one of these texts has any. */
export async function loadWidths(texts?: Iterable<string>): Promise<void> {
  if (exact) return;
  for (const text of texts ?? ['語']) {
    if (NARROW.test(text)) continue;
    exact = (await import('string-width')).default;
    return;
  }
}
