/** The signs that this program draws, each with its replacement on a terminal that shows only ASCII. */
import type { Span, Style } from './text.ts';

const WHEEL = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'];

/** The frames of a spinner. */
export const FRAMES: readonly string[] = WHEEL;

const TWINS: ReadonlyMap<string, string> = new Map([
  ['⏎', 'enter'],
  ['✓', 'v'],
  ['✔', 'v'],
  ['✗', 'x'],
  ['≠', '!='],
  ['↻', '^'],
  ['→', '->'],
  ['←', '<-'],
  ['●', '*'],
  ['○', 'o'],
  ['◉', '*'],
  ['◯', 'o'],
  ['❯', '>'],
  ['·', '-'],
  ['–', '-'],
  ['…', '...'],
  ['█', '#'],
  ['░', '.'],
  ...WHEEL.map((frame, at) => [frame, '|/-\\'[at % 4] ?? ''] as const),
]);

/** The text with a twin in ASCII for each sign. */
export function toAscii(text: string): string {
  return [...text.replaceAll('↑↓', 'arrows')].map((sign) => TWINS.get(sign) ?? sign).join('');
}

/** A text of this program with signs in it: never an outside text, which must not be rewritten. */
export function signed(style: Style | undefined, text: string): Span {
  return { text, style, ascii: toAscii(text) };
}

/** The span for a terminal that shows only ASCII. */
export function inAscii(span: Span): Span {
  return span.ascii === undefined ? span : { ...span, text: span.ascii };
}

/** The mark of a cut. Its twin takes one column as well, so that tables fit on every terminal. */
export function cutSign(style?: Style): Span {
  return { text: '…', style, ascii: '~' };
}
