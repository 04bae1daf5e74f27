/** The public part of a URL or a header value, for digests: the rest goes through a slow hash (`digest.ts`). */
import { parseUrl } from '../parse-url.ts';
import type { ActionSpec, HeaderSpec } from './action.ts';

/** The canonical form of a text, and its public part. */
export interface Seen {
  readonly whole: string;
  readonly seen: string;
}

/** `$${`, or a variable with its default. */
const REFERENCE = /\$\$\{|\$\{[^}]*\}/g;

/**
 * The URL of a declared action: as written, with the literal host and scheme in lower case; and with the expanded origin,
 * which decides the destination.
 */
export function seenUrl({ url, urlSource }: Pick<ActionSpec, 'url' | 'urlSource'>): Seen {
  if (urlSource === undefined) return seenLiteral(url);
  const written = canonicalWritten(urlSource);
  const origin = /^[^/?#]*:\/\/[^/?#]*/.exec(written)?.[0] ?? written;
  const brought = origin.includes('${') ? `${parseUrl(url)?.origin ?? ''} ` : '';
  const seen = written
    .replace(/:-[^}]*\}/g, ':-}')
    .replace(/([?&][^=&#?]*=)([^&#]*)/g, (_, name: string, value: string) => name + literalHidden(value))
    .replace(/#.*/s, '#-')
    .replace(
      /^([^/?#]*:\/\/)([^/?#]*)@/,
      (_, start: string, login: string) => `${start}${literalHidden(login)}@`,
    );
  return { whole: brought + written, seen };
}

/** A URL without variables, declared or live. */
export function seenLiteral(text: string): Seen {
  const url = parseUrl(text);
  if (!url) return { whole: text, seen: text };
  const whole = url.href;
  url.username = url.username && '-';
  url.password = url.password && '-';
  url.hash = url.hash && '-';
  url.search = new URLSearchParams(
    [...url.searchParams.keys()].map((name): [string, string] => [name, '-']),
  ).toString();
  return { whole, seen: url.href };
}

/** The written form of a header value. A scheme before the variable is public; any other literal text may be secret. */
export function seenHeader({ source }: HeaderSpec): Seen {
  const literal = source.replace(REFERENCE, (reference) => (reference.startsWith('$$') ? 'x' : ''));
  const isPlain = /^(?:(?:bearer|basic|token) ?)?$/i.test(literal) && !source.includes(':-');
  return { whole: source, seen: isPlain ? source : `-${namesIn(source).join()}` };
}

/** The names of the variables in a text, each as a reference. */
function namesIn(text: string): string[] {
  return (text.match(REFERENCE) ?? []).map((reference) => reference.replace(/:-.*\}$/s, ':-}'));
}

/** Text with variables keeps only their names; literal text is dropped. */
function literalHidden(text: string): string {
  return text.replace(REFERENCE, '').replaceAll(':', '') === '' ? text : `-${namesIn(text).join('')}`;
}

/** Parsed like a URL, with a placeholder for each variable. */
function canonicalWritten(written: string): string {
  const references = written.match(REFERENCE) ?? [];
  let index = 0;
  const text = written.replace(REFERENCE, () => `x0v${(index++).toString().padStart(4, '0')}`);
  const href = parseUrl(text)?.href ?? text;
  return href.replace(/x0v(\d{4})/g, (word, at: string) => references[Number(at)] ?? word);
}
