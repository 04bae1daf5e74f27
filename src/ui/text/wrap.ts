/** Breaks long lines on a terminal between words; a terminal by itself breaks them anywhere. */
import { columnsOf } from './columns.ts';
import { type Line, plain, type Span } from './text.ts';

/**
 * A command or a name in backticks stays in one piece, for copying. Columns, separated by two spaces, stay together, and an arrow with its
 * target.
 */
const BREAKS = /`[^`]*`|(?<=[^\s→])(?<!->) (?=\S)/g;

/**
 * Breaks a line into rows of at most `width` columns.
 * @param parts sanitised and redacted: nothing may be joined or split after this
 */
export function wrapLine(parts: Line, width: number): readonly (readonly Span[])[] {
  const spans = parts.map((part) => (typeof part === 'string' ? { text: part } : part));
  const text = plain(spans);
  if (columnsOf(text) <= width) return [spans];
  const hanging = beginningOf(text, spans[0]).length;
  const indent = hanging > width / 2 ? 0 : hanging;
  return rowsOf(text, hanging, { first: width, next: width - indent }).map(([from, to], row) => {
    const content = cut(spans, from, to);
    return row === 0 || indent === 0 ? content : [{ text: ' '.repeat(indent) }, ...content];
  });
}

/** Returns the indent, mark or field name at the start of a line. Its length is the indent of the following rows. */
function beginningOf(text: string, first: Span | undefined): string {
  // In ASCII a sign may be a letter.
  const mark = first?.ascii === undefined ? /^\s*(?:[^\p{L}\p{N}\s`"'([]+ |\p{L}+ {2,})?/u : /^\s*\S{1,3} /;
  return mark.exec(text)?.[0] ?? '';
}

/** The start and end of each row. A word longer than a row is left to the terminal. */
function rowsOf(text: string, start: number, room: { readonly first: number; readonly next: number }) {
  const rows: [from: number, to: number][] = [];
  let from = 0;
  let last = 0;
  for (const end of [...breaksIn(text, start), text.length]) {
    const most = rows.length === 0 ? room.first : room.next;
    if (last > from && columnsOf(text.slice(from, end)) > most) {
      rows.push([from, last]);
      from = last + 1;
    }
    last = end;
  }
  return [...rows, [from, text.length] as const];
}

function breaksIn(text: string, start: number): number[] {
  return [...text.matchAll(BREAKS)].flatMap(({ index, 0: space }) =>
    space === ' ' && index >= start ? [index] : [],
  );
}

function cut(spans: readonly Span[], from: number, to: number): Span[] {
  let at = 0;
  return spans.flatMap((span) => {
    const text = span.text.slice(Math.max(0, from - at), Math.max(0, to - at));
    at += span.text.length;
    return text === '' ? [] : [{ ...span, text }];
  });
}
