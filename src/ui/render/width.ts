import { columnsOf } from '../text/columns.ts';

let exact: ((text: string) => number) | undefined;

/** ASCII, and the narrow signs that this program writes itself: measured without a library. */
const NARROW = /^[ -~●○…→·]*$/;

/** The columns that a text takes on a terminal; of other scripts and pictographs exact once `loadWidths` has run, and at most that before. */
export function displayWidth(text: string): number {
  return NARROW.test(text) ? text.length : (exact ?? columnsOf)(text);
}

/** Loads what measures other scripts and pictographs; nothing where none of these texts has any. */
export async function loadWidths(texts?: Iterable<string>): Promise<void> {
  if (exact) return;
  for (const text of texts ?? ['語']) {
    if (NARROW.test(text)) continue;
    exact = (await import('string-width')).default;
    return;
  }
}
