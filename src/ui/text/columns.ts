/** The columns that a text certainly fits into; characters that look wide count as wide, so that no library is needed. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const char of text) columns += NARROW.test(char) ? 1 : 2;
  return columns;
}

/** Blocks in which no character is wide. */
const NARROW = /[ -\u10ff\u2000-\u22ff\u2500-\u25fc\u2800-\u28ff]/;
