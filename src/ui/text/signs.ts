/** The signs that this program draws, and what stands for each on a terminal that shows ASCII only. */
import type { Span, Style } from './text.ts';

const WHEEL = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'];

/** The frames of a turning wheel. */
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

/** A text of this program with signs in it: never one from outside, which nothing may rewrite. */
export function signed(style: Style | undefined, text: string): Span {
  return { text, style, ascii: toAscii(text) };
}

/** The span as a terminal shows it that knows ASCII only. */
export function inAscii(span: Span): Span {
  return span.ascii === undefined ? span : { ...span, text: span.ascii };
}

/** The mark of a cut. Its twin takes one column as well, so that tables fit on every terminal. */
export function cutSign(style?: Style): Span {
  return { text: '…', style, ascii: '~' };
}
