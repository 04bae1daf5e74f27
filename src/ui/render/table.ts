import { cutOff, withoutCuts } from '../../cut.ts';
import { sanitize } from '../gate/sanitize.ts';
import { cutSign } from '../text/signs.ts';
import { type Line, plain, type Span, styled, TAB, withText } from '../text/text.ts';
import { displayWidth } from './width.ts';

/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right' | undefined;
  /** At most this many columns wide; longer text ends in `…`. Terminals only. */
  readonly maxWidth?: number | undefined;
  /** May be cut below `maxWidth` if the terminal is too narrow for the whole table; `first`: before the others. */
  readonly flexible?: boolean | 'first' | undefined;
  /** Cut in the middle, because the end matters most. Only for redacted text: a secret across the cut would not be found. */
  readonly cut?: 'middle' | undefined;
  /** Omitted if every row is empty in it. Terminals only. */
  readonly optional?: boolean | undefined;
  /** Omits a value equal to the one in the row above, if the columns to its left are equal too. Terminals only. */
  readonly grouped?: boolean | undefined;
}

/** The target of a table: a terminal of some width, or a pipe. */
export interface TableView {
  readonly terminal: boolean;
  readonly width: number;
}

const GAP = '  ';
/** A flexible column is not cut below this: less would be meaningless. */
const NARROWEST = 8;

/**
 * The lines of a table. On a terminal: aligned, with a muted header, each line cut to fit. In a pipe: the rows alone, complete,
 * their cells separated by tabs.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Line[])[],
  view: TableView,
): readonly Line[] {
  if (!view.terminal) return rows.map(toTabs);
  if (rows.length === 0) return [];
  const kept = columns.map(
    (column, at) => !column.optional || rows.some((row) => plain(row[at] ?? []) !== ''),
  );
  const shown = columns.filter((_, at) => kept[at]);
  const cells = rows.map((row) => row.filter((_, at) => kept[at]).map(cleanLine));
  const header = shown.map((column) => [styled('muted', column.title)]);
  const body = withoutRepeats(shown, cells);
  const widths = fitWidths(shown, [header, ...body], view.width);
  return [header, ...body].map((row) => alignRow(shown, row, widths));
}

/** The line, cut to `width` columns; a cut one ends in `…`. */
export function truncateLine(parts: Line, width: number): Line {
  const spans = cleanLine(parts);
  if (lineWidth(spans) <= width) return spans;
  let left = width - 1;
  const kept: Span[] = [];
  for (const span of spans) {
    const text = takeWidth(span.text, left);
    kept.push(withText(span, text));
    left -= displayWidth(text);
    if (text !== span.text) return [...kept, withText(span, cutOff(restOf(spans, kept)))];
  }
  return kept;
}

/** The line as one span, cut in the middle to `width` columns. */
function truncateMiddle(parts: Line, width: number): Line {
  const spans = cleanLine(parts);
  if (lineWidth(spans) <= width) return spans;
  const text = plain(spans);
  const end = takeWidth([...text].reverse().join(''), Math.ceil((width - 1) / 2));
  const start = takeWidth(text, width - 1 - displayWidth(end));
  const style = spans[0]?.style;
  return [{ text: start, style }, cutSign(style), { text: [...end].reverse().join(''), style }];
}

function toTabs(row: readonly Line[]): Line {
  return row.flatMap((cell, index) => (index === 0 ? cell : [TAB, ...cell]));
}

/** Sanitised here already, although the writer does it again: an escape is wider than its character. */
function cleanLine(parts: Line): readonly Span[] {
  return parts.map((part) =>
    typeof part === 'string' ? { text: sanitize(part) } : withText(part, sanitize(part.text)),
  );
}

function lineWidth(spans: readonly Span[]): number {
  return displayWidth(withoutCuts(spans.map((span) => span.text).join('')));
}

/** The dropped text of the spans. */
function restOf(spans: readonly Span[], kept: readonly Span[]): string {
  const text = (some: readonly Span[]): string => some.map((span) => span.text).join('');
  return text(spans).slice(text(kept).length);
}

function takeWidth(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    used += displayWidth(segment);
    if (used > width) break;
    kept += segment;
  }
  return kept;
}

function withoutRepeats(
  columns: readonly Column[],
  rows: readonly (readonly (readonly Span[])[])[],
): readonly (readonly (readonly Span[])[])[] {
  const text = (cell: readonly Span[] | undefined): string => (cell ?? []).map((span) => span.text).join('');
  return rows.map((row, index) => {
    const above = rows[index - 1];
    let same = above !== undefined;
    return row.map((cell, at) => {
      same &&= text(cell) === text(above?.[at]);
      return same && columns[at]?.grouped ? [] : cell;
    });
  });
}

function fitWidths(
  columns: readonly Column[],
  rows: readonly (readonly (readonly Span[])[])[],
  available: number,
): number[] {
  const widths = columns.map((column, at) => {
    const widest = rows.reduce((most, row) => Math.max(most, lineWidth(row[at] ?? [])), 0);
    return Math.min(widest, column.maxWidth ?? widest);
  });
  const room = available - GAP.length * (columns.length - 1);
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    const first = widestFlexible(columns, widths, ['first']);
    const at = first === -1 ? widestFlexible(columns, widths, ['first', true]) : first;
    if (at === -1) break;
    widths[at] = (widths[at] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

function widestFlexible(
  columns: readonly Column[],
  widths: readonly number[],
  kinds: readonly Column['flexible'][],
): number {
  let widest = -1;
  for (const [at, width] of widths.entries()) {
    if (kinds.includes(columns[at]?.flexible) && width > Math.max(NARROWEST, widths[widest] ?? 0))
      widest = at;
  }
  return widest;
}

function alignRow(columns: readonly Column[], row: readonly Line[], widths: readonly number[]): Line {
  // No text follows the last cell with content, not even spaces.
  const filled = row.findLastIndex((cell) => cell.length > 0 && plain(cell) !== '');
  return columns.flatMap((column, at) => {
    const shorten = column.cut === 'middle' ? truncateMiddle : truncateLine;
    const cell = shorten(row[at] ?? [], widths[at] ?? 0);
    const padding = ' '.repeat(Math.max(0, (widths[at] ?? 0) - lineWidth(cleanLine(cell))));
    const gap = at === 0 ? '' : GAP;
    if (column.align === 'right') return [gap + padding, ...cell];
    return at > filled ? [] : at === filled ? [gap, ...cell] : [gap, ...cell, padding];
  });
}
