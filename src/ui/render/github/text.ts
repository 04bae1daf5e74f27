/** Outside text in Markdown that GitHub shows verbatim, without any effect (T32). */
import { sanitize } from '../../gate/sanitize.ts';
import { type Line, plain } from '../../text/text.ts';
import { fencedSpan, longestRun, shortenRuns } from '../code-span.ts';

/** A longer name or URL is unreadable, and only pushes other text out of sight. */
const LONGEST = 1000;

/** Makes text harmless. The redactor comes from the caller. */
export interface Quoter {
  /** A code span: no image, link, HTML, mention or reference in it has an effect. */
  code(text: string): string;
  /** The same as HTML, for places without Markdown, such as `<summary>`. */
  html(text: string): string;
  /** A line for a fenced block. */
  line(parts: Line): string;
}

/** @param redact removes the secrets; before any cut, because half a secret would not be found */
export function createQuoter(redact: (text: string) => string): Quoter {
  // Cut twice: the first makes the text small enough to process, and it may have grown before the second.
  const clean = (text: string): string => cut(redact(sanitize(cut(redact(text)))));
  return {
    code: (text) => codeOf(clean(text)),
    html: (text) => `<code>${escapeHtml(clean(text))}</code>`,
    line: (parts) => shortenRuns(clean(plain(parts))),
  };
}

/** Lines as one block, exactly like a terminal shows them. */
export function fenceOf(lines: readonly string[]): string {
  return '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
}

function codeOf(text: string): string {
  return text.trim() === '' ? '(empty)' : fencedSpan(text);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

function cut(text: string): string {
  if (text.length <= LONGEST) return text;
  // Not between the halves of one character.
  const end = /[\ud800-\udbff]/.test(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
  return `${text.slice(0, end)}… (${text.length - end} more characters)`;
}
