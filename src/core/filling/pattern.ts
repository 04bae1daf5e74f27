/** Patterns of URLs that refer to the service, for matching without knowing the services. */
import { percentDecoded } from '../../parse-url.ts';
import type { Template } from '../action.ts';

/** Parts of a URL end at these characters. A reference matches any text between them, because it is percent-encoded. */
const SEPARATOR = /([/?#&=])/;

/** The parts of a URL, each as the decoded texts around its references; a single text without any. */
export type UrlPattern = readonly (readonly string[])[];

/** The pattern of a URL, or of its path. */
export function urlPattern(template: Template): UrlPattern {
  const parts: string[][] = [['']];
  for (const piece of template) {
    if (typeof piece !== 'string') {
      parts.at(-1)?.push('');
      continue;
    }
    for (const [index, text] of piece.split(SEPARATOR).entries()) {
      if (index % 2 === 1) parts.push([text], ['']);
      else parts.at(-1)?.push((parts.at(-1)?.pop() ?? '') + text);
    }
  }
  return parts.map((texts) => texts.map(percentDecoded));
}

/** True if a URL, percent-encoded as it is sent, has the pattern. Takes time in proportion to the text (T56). */
export function matchesPattern(pattern: UrlPattern, text: string): boolean {
  const parts = text.split(SEPARATOR);
  return parts.length === pattern.length && parts.every((part, index) => fits(pattern[index] ?? [], part));
}

/** True if some URL has both patterns. May be true of patterns that only nearly meet. */
export function patternsMeet(a: UrlPattern, b: UrlPattern): boolean {
  return a.length === b.length && a.every((texts, index) => partsMeet(texts, b[index] ?? []));
}

/** Each reference takes one character at least; the text between two references is found as early as possible. */
function fits(texts: readonly string[], encoded: string): boolean {
  const part = percentDecoded(encoded);
  const [first = '', ...others] = texts;
  const last = others.pop();
  if (last === undefined) return part === first;
  if (!part.startsWith(first)) return false;
  let at = first.length;
  for (const text of others) {
    const next = part.indexOf(text, at + 1);
    if (next === -1) return false;
    at = next + text.length;
  }
  return part.length - last.length > at && part.endsWith(last);
}

function partsMeet(a: readonly string[], b: readonly string[]): boolean {
  const [startA = '', startB = ''] = [a[0], b[0]];
  if (a.length === 1 && b.length === 1) return startA === startB;
  if (b.length === 1) return fits(a, encodeURIComponent(startB));
  if (a.length === 1) return fits(b, encodeURIComponent(startA));
  const [endA = '', endB = ''] = [a.at(-1), b.at(-1)];
  return (
    (startA.startsWith(startB) || startB.startsWith(startA)) && (endA.endsWith(endB) || endB.endsWith(endA))
  );
}
