/**
 * Text for users, as data: renderers set the meaning of a span, `io.ts` alone decides on colour and makes each span safe to print.
 * Untrusted text (labels, service names, API messages) is put into a span unchanged; the last writer sanitises it.
 */

export type Style = 'strong' | 'muted' | 'added' | 'changed' | 'removed' | 'ok' | 'warn' | 'error' | 'accent';

export interface Span {
  readonly text: string;
  readonly style?: Style | undefined;
  /** The replacement on a terminal that shows only ASCII; `signs.ts` sets it. Outside text has none. */
  readonly ascii?: string | undefined;
}

/** One line, without its line break. */
export type Line = readonly (string | Span)[];

/**
 * The column separator of output for machines. Recognised by identity, so that a tab in a label stays a tab in a label
 * and never becomes a column.
 */
export const TAB: Span = Object.freeze({ text: '\t' });

/** A styled piece of text. */
export function styled(style: Style, text: string): Span {
  return { text, style };
}

/** The span with another text, without its ASCII twin, which would not match. */
export function withText(span: Span, text: string): Span {
  return text === span.text ? span : { text, style: span.style };
}

/** A line from plain strings and spans. */
export function line(...parts: readonly (string | Span)[]): Line {
  return parts;
}

/** The text of a line without its styles; not sanitised. */
export function plain(parts: Line): string {
  return parts.map((part) => (typeof part === 'string' ? part : part.text)).join('');
}
