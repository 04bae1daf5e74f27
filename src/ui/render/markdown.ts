import { sanitize } from '../gate/sanitize.ts';
import { fencedSpan } from './code-span.ts';

/** A larger comment or job summary is refused, or makes its page unusable (T32). */
const MOST_BYTES = 60_000;

/** A column of a Markdown table. */
export interface MarkdownColumn {
  readonly title: string;
  readonly align?: 'left' | 'right' | undefined;
}

/**
 * A table in GitHub's Markdown. Text cells are code spans, in which no image, link, HTML or mention has an effect (T32). Cut at
 * 60 KB, with the number of omitted rows.
 */
export function toMarkdownTable(
  columns: readonly MarkdownColumn[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const head = [
    row(columns.map((column) => escapeMarkdown(column.title))),
    row(columns.map((column) => (column.align === 'right' ? '---:' : '---'))),
  ].join('');
  let body = '';
  let size = Buffer.byteLength(head);
  for (const [index, cells] of rows.entries()) {
    const next = row(cells.map((cell) => (typeof cell === 'number' ? String(cell) : codeSpan(cell))));
    size += Buffer.byteLength(next);
    if (size > MOST_BYTES) return `${head}${body}\n… and ${rows.length - index} more rows\n`;
    body += next;
  }
  return head + body;
}

/** Untrusted text as a code span that also works inside a table. Empty text stays empty. */
export function codeSpan(text: string): string {
  const safe = sanitize(text)
    // In a table, a pipe ends the cell even inside a code span unless escaped, and whether a backslash before it escapes the
    // escape depends on the renderer, so there the pipe becomes its broken twin.
    .replace(/(?<!\\)\\+\|/g, (all) => `${all.slice(0, -1)}¦`)
    .replaceAll('|', '\\|');
  return safe.trim() === '' ? '' : fencedSpan(safe);
}

/** Text as plain Markdown without markup. For our own texts; outside text belongs in a code span. */
export function escapeMarkdown(text: string): string {
  return sanitize(text).replace(/[\\`*_{}[\]()<>#+!|~@&]/g, (char) => `&#${char.charCodeAt(0)};`);
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}
