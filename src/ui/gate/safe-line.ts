import { cutSign } from '../text/signs.ts';
import { type Line, plain, type Span, TAB, withText } from '../text/text.ts';
import type { Redactor, Replacement } from './redact.ts';
import { sanitize } from './sanitize.ts';

/**
 * The line in a printable form: no control characters, no secret, even one that is spread over several spans. Redacted before
 * sanitising, for the exact secret, and after it, for text that sanitising might have joined.
 */
export function safeLine(parts: Line, redactor: Redactor): readonly Span[] {
  const spans = parts.map((part) => (typeof part === 'string' ? { text: part } : part));
  const redacted = redactSpans(spans, redactor);
  const safe = redacted.map(sanitizeSpan);
  // In the same text, a second search would find nothing either.
  const isSame = redacted === spans && safe.every(({ text }, index) => text === spans[index]?.text);
  return isSame ? safe : redactSpans(safe, redactor);
}

/**
 * The same line, without commands that a CI system would execute in a log: `::` at the start of a line, `##[…` and
 * similar forms anywhere (T31). A backslash makes each harmless.
 */
export function withoutWorkflowCommands(spans: readonly Span[]): readonly Span[] {
  const text = plain(spans);
  const starts = [...text.matchAll(/^\s*(?=::)|##\w*(?=\[)/g)];
  return replace(
    spans,
    starts.map((match) => {
      const at = match.index + match[0].length;
      return { start: at, end: at, text: '\\' };
    }),
  );
}

function redactSpans(spans: readonly Span[], redactor: Redactor): readonly Span[] {
  return replace(spans, redactor.find(plain(spans)));
}

function sanitizeSpan(span: Span): Span {
  if (span === TAB) return span;
  return withText(span, sanitize(span.text));
}

/** Applies replacements (nothing is removed where `start` is `end`), given in order, to the joined text of the spans; each takes the style of the span it begins in. */
function replace(spans: readonly Span[], replacements: readonly Replacement[]): readonly Span[] {
  if (replacements.length === 0) return spans;
  const result: Span[] = [];
  const pending = [...replacements];
  let offset = 0;
  let skipTo = 0;
  for (const span of spans) {
    const end = offset + span.text.length;
    let from = Math.max(offset, skipTo);
    for (let next = pending[0]; next && next.start < end; next = pending[0]) {
      push(result, span, span.text.slice(from - offset, next.start - offset));
      pushMark(result, span, next.text);
      skipTo = next.end;
      from = Math.max(from, next.end);
      pending.shift();
    }
    if (from < end) push(result, span, span.text.slice(from - offset));
    offset = end;
  }
  return result;
}

/** The replacement of a piece, `…` for one cut off, is this program's own text. */
function pushMark(result: Span[], like: Span, text: string): void {
  const cut = cutSign(like.style);
  result.push(text === cut.text ? cut : withText(like, text));
}

function push(result: Span[], like: Span, text: string): void {
  if (text === like.text) result.push(like);
  else if (text !== '') result.push(withText(like, text));
}
