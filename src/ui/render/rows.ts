import type { Io } from '../io.ts';
import { toJson } from '../text/json.ts';
import { type Line, plain } from '../text/text.ts';

/** The formats of commands that show rows (`--format`). */
export const FORMATS = ['table', 'json', 'yaml', 'csv', 'markdown'] as const;
export type Format = (typeof FORMATS)[number];

/** A cell. `null` is empty. Numbers are numbers in every format; styles show in a table on a terminal only. */
export type Cell = string | number | boolean | null | Line;

/** A column, found in each row by its key. */
export interface RowColumn<Key extends string = string> {
  readonly key: Key;
  readonly title: string;
  readonly align?: 'left' | 'right' | undefined;
  readonly maxWidth?: number | undefined;
  readonly flexible?: boolean | 'first' | undefined;
  readonly cut?: 'middle' | undefined;
  readonly optional?: boolean | undefined;
  readonly grouped?: boolean | undefined;
}

/** The same content twice: rows for users and spreadsheets, and the versioned object for programs. */
export interface RowsDocument<Key extends string = string> {
  readonly columns: readonly RowColumn<Key>[];
  readonly rows: readonly Readonly<Record<Key, Cell>>[];
  /** The document for `json` and `yaml`. */
  readonly json: unknown;
}

/** Lines to be written with `io.out`, or a finished document for `io.data`. */
export type Rendered = { readonly lines: readonly Line[] } | { readonly text: string };

/** Writes the rows to stdout in the selected format. @param pager shows the lines and resolves to true, or leaves them to stdout */
export async function writeRows<Key extends string>(
  io: Io,
  format: Format,
  document: RowsDocument<Key>,
  pager?: (lines: readonly Line[]) => Promise<boolean>,
): Promise<void> {
  const view = { terminal: io.terminal.stdout, width: io.width };
  const rendered = await renderRows(document, format, view);
  if ('text' in rendered) return io.data(rendered.text);
  if (pager && (await pager(rendered.lines))) return;
  for (const parts of rendered.lines) io.out(parts);
}

/** The rows in a format. Only the writer of the selected format is loaded. */
export async function renderRows<Key extends string>(
  document: RowsDocument<Key>,
  format: Format,
  view: { readonly terminal: boolean; readonly width: number },
): Promise<Rendered> {
  const { columns } = document;
  switch (format) {
    case 'json':
      return { text: toJson(document.json) };
    case 'yaml': {
      const { toYaml } = await import('./yaml.ts');
      return { text: toYaml(document.json) };
    }
    case 'csv': {
      const { toCsv } = await import('./csv.ts');
      const header = columns.map((column) => column.key);
      return { text: toCsv([header, ...cellsOf(document, toValue)]) };
    }
    case 'markdown': {
      const { toMarkdownTable } = await import('./markdown.ts');
      return { text: toMarkdownTable(columns, cellsOf(document, toValue)) };
    }
    case 'table': {
      const { renderTable } = await import('./table.ts');
      const cells = cellsOf(document, toLine);
      if (cells.length === 0) return { lines: [] };
      if (view.terminal) {
        const { loadWidths } = await import('./width.ts');
        await loadWidths(cells.flat().map(plain));
      }
      return { lines: renderTable(columns, cells, view) };
    }
  }
}

function cellsOf<Key extends string, T>(
  { columns, rows }: RowsDocument<Key>,
  convert: (cell: Cell) => T,
): T[][] {
  return rows.map((row) => columns.map((column) => convert(row[column.key])));
}

function toLine(cell: Cell): Line {
  if (cell === null) return [];
  return typeof cell === 'object' ? cell : [String(cell)];
}

function toValue(cell: Cell): string | number {
  return typeof cell === 'number' ? cell : plain(toLine(cell));
}
