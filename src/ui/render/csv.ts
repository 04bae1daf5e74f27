import { sanitize } from '../gate/sanitize.ts';

/** Characters that make a spreadsheet parse a cell as a formula; the full-width forms count in some locales. */
const STARTS_FORMULA = /^(?:[\t\r\n]|\s*[=+\-@＝＋－＠])/;

/**
 * The same after separators of other locales: if numbers use a comma, spreadsheets split a line at its semicolons, and ignore
 * quotes that begin in the middle of a cell.
 */
const FORMULA_AFTER_DIVIDER = /(;["\s]*)(?=[=+\-@＝＋－＠])/g;

/**
 * Rows as CSV: commas, quotes doubled, and lines that end in LF alone, because a carriage return would stick to the last cell in
 * `cut` and `awk`. It is made for spreadsheets too, so text is made safe for them and for terminals: control characters become visible, and text that would be taken for a formula gets a leading apostrophe. Numbers are
 * left alone. JSON has the exact values.
 */
export function toCsv(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map(toCell).join(',')}\n`).join('');
}

function toCell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = sanitize(value).replace(FORMULA_AFTER_DIVIDER, "$1'");
  const safe = STARTS_FORMULA.test(value) ? `'${text}` : text;
  return /[",]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
