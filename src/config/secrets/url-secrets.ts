import { parseUrl, percentDecoded } from '../../parse-url.ts';
import { isLoopbackHost } from '../check/internal-hosts.ts';
import { authorityOf } from '../check/url.ts';
import type { Piece } from './interpolate.ts';
import { querySecrets } from './query-secrets.ts';

/** The ends of the parts of an expanded URL, as offsets into its text. */
interface Layout {
  readonly userinfoStart: number;
  /** Equal to the start without one. */
  readonly userinfoEnd: number;
  readonly authorityEnd: number;
}

/**
 * The secrets in an expanded URL: values from the environment, in any part (T53), the whole userinfo (T07), and parameters that
 * look like keys.
 */
export function secretsOfUrl(url: string, pieces: readonly Piece[]): string[] {
  const layout = layoutOf(url);
  const secrets = new Set<string>();
  const host = hasVariableHost(url, pieces) ? (parseUrl(url)?.hostname ?? '') : '';
  // This machine has the same name everywhere, and a receiver prints it as its address.
  const isHere = isLoopbackHost(host);
  for (const { text, start } of fromEnvironment(pieces)) {
    if (isHere && isInOrigin(text, start, layout)) continue;
    for (const part of [text, ...partsOf(text), ...partsOf(percentDecoded(text))]) secrets.add(part);
    // A whole URL with a capability in its path reveals it even without its beginning.
    if (start < layout.authorityEnd) secrets.add(url.slice(layout.authorityEnd, start + text.length));
    // Hosts come back in lower case.
    if (start + text.length <= layout.authorityEnd) secrets.add(text.toLowerCase());
  }
  if (!isHere) secrets.add(host);
  const userinfo = url.slice(layout.userinfoStart, layout.userinfoEnd);
  for (const secret of [...userinfoSecrets(userinfo), ...querySecrets(url)]) secrets.add(secret);
  secrets.delete('');
  return [...secrets];
}

/** Shorter parts are words that occur anywhere. */
const SHORTEST_PART = 8;

/** The pieces of a value that masking a URL would leave: it cuts at these characters, and keeps the names of parameters. */
function partsOf(text: string): string[] {
  return text.split(/[?#&=]/).filter((part) => part.length >= SHORTEST_PART);
}

/**
 * True if an expanded URL contains a secret after its origin: then it must not be sent in the clear (T08). An origin from a variable is
 * not sent, but called.
 */
export function sendsSecret(url: string, pieces: readonly Piece[]): boolean {
  const layout = layoutOf(url);
  const beyond = fromEnvironment(pieces).some(({ text, start }) => !isInOrigin(text, start, layout));
  return beyond || layout.userinfoEnd > layout.userinfoStart || querySecrets(url).length > 0;
}

/** True if the password of a URL, or its user name without a password, is written in the file itself (T07). */
export function hasLiteralUserinfo(url: string, pieces: readonly Piece[]): boolean {
  const { userinfoStart, userinfoEnd } = layoutOf(url);
  if (userinfoEnd === userinfoStart) return authorityOf(url).includes('@');
  const colon = url.slice(userinfoStart, userinfoEnd).indexOf(':');
  const passwordStart = userinfoStart + colon + 1;
  return !fromEnvironment(pieces).some(({ text, start }) => {
    const end = start + text.length;
    // A password may be empty: then it came from the environment with the name before it.
    return start < userinfoEnd && (end > passwordStart || end === userinfoEnd);
  });
}

/** True if part of the host came from the environment, so that no message may show it. */
export function hasVariableHost(url: string, pieces: readonly Piece[]): boolean {
  const { userinfoEnd, authorityEnd } = layoutOf(url);
  return fromEnvironment(pieces).some(
    ({ text, start }) => start < authorityEnd && start + text.length > userinfoEnd,
  );
}

function layoutOf(url: string): Layout {
  const authority = authorityOf(url);
  const userinfoStart = url.indexOf('//') + 2;
  const userinfoEnd = userinfoStart + Math.max(0, authority.lastIndexOf('@'));
  return { userinfoStart, userinfoEnd, authorityEnd: userinfoStart + authority.length };
}

function fromEnvironment(pieces: readonly Piece[]): { readonly text: string; readonly start: number }[] {
  const parts: { readonly text: string; readonly start: number }[] = [];
  let start = 0;
  for (const { text, variable } of pieces) {
    if (variable !== undefined) parts.push({ text, start });
    start += text.length;
  }
  return parts;
}

/** True for a stretch that only decides the destination, and contains no credential. */
function isInOrigin(text: string, start: number, layout: Layout): boolean {
  const end = start + text.length;
  return end <= layout.authorityEnd + (text.endsWith('/') ? 1 : 0) && !touches(start, end, layout);
}

function touches(start: number, end: number, { userinfoStart, userinfoEnd }: Layout): boolean {
  return userinfoEnd > userinfoStart && start < userinfoEnd && end > userinfoStart;
}

function userinfoSecrets(userinfo: string): string[] {
  const password = userinfo.slice(userinfo.indexOf(':') + 1);
  return [userinfo, password].flatMap((text) => [text, percentDecoded(text)]);
}
