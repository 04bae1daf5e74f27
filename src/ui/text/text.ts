/**
 * Text for people, as data: renderers say what a piece means, `io.ts` alone decides colour and makes each piece safe to print.
 * Untrusted text (labels, service names, API messages) goes into a span as it is; sanitising happens at the last writer.
 */

export type Style = 'strong' | 'muted' | 'added' | 'changed' | 'removed' | 'ok' | 'warn' | 'error' | 'accent';

export interface Span {
  readonly text: string;
  readonly style?: Style | undefined;
  /** What stands for the text on a terminal that shows ASCII only; `signs.ts` knows it. Text from outside has none. */
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

/** The span with another text, which its twin in ASCII does not stand for. */
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
