import { sanitize } from '../../ui/gate/sanitize.ts';

/** Colours are useless in a note. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape begins a colour.
const COLOURS = /\u001b\[[\d;]*m/g;

/** Text of several lines, each safe for a terminal: redacted before and after (T28). */
export function cleaned(text: string, redact: (text: string) => string): string {
  const lines = redact(text.replace(COLOURS, '')).split(/\r?\n/);
  return redact(lines.map((row) => sanitize(row.replaceAll('\t', '    '))).join('\n'));
}
