import { percentDecoded } from '../../parse-url.ts';
import { authorityOf } from '../check/url.ts';
import type { Piece } from './interpolate.ts';
import { querySecrets } from './query-secrets.ts';

/** Where the parts of an expanded URL end, as offsets into its text. */
interface Layout {
  readonly userinfoStart: number;
  /** Equal to the start when there is none. */
  readonly userinfoEnd: number;
  readonly authorityEnd: number;
}

/**
 * The secrets in an expanded URL: what came from the environment, the whole userinfo (T07), and parameters that look like keys. The scheme, the host and the port
 * are none, or every line that names the endpoint would be blanked.
 */
export function secretsOfUrl(url: string, pieces: readonly Piece[]): string[] {
  const layout = layoutOf(url);
  const secrets = new Set<string>();
  for (const { text, start } of fromEnvironment(pieces)) {
    const end = start + text.length;
    const isPublic = end <= layout.authorityEnd + (text.endsWith('/') ? 1 : 0);
    if (isPublic && !touches(start, end, layout)) continue;
    secrets.add(text);
    // A whole address that holds a capability in its path betrays it without its beginning, too.
    if (start < layout.authorityEnd) secrets.add(url.slice(layout.authorityEnd, end));
  }
  const userinfo = url.slice(layout.userinfoStart, layout.userinfoEnd);
  for (const secret of [...userinfoSecrets(userinfo), ...querySecrets(url)]) secrets.add(secret);
  secrets.delete('');
  return [...secrets];
}

/** True when the password of a URL, or its user name when there is no password, is written in the file itself (T07). */
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

/** True when part of the host came from the environment: it may be shown in no message. */
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
  const found: { readonly text: string; readonly start: number }[] = [];
  let start = 0;
  for (const { text, variable } of pieces) {
    if (variable !== undefined) found.push({ text, start });
    start += text.length;
  }
  return found;
}

function touches(start: number, end: number, { userinfoStart, userinfoEnd }: Layout): boolean {
  return userinfoEnd > userinfoStart && start < userinfoEnd && end > userinfoStart;
}

function userinfoSecrets(userinfo: string): string[] {
  const password = userinfo.slice(userinfo.indexOf(':') + 1);
  return [userinfo, password].flatMap((text) => [text, percentDecoded(text)]);
}
