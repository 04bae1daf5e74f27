import { isRedacted } from '../../core/same/redacted.ts';
import { parseUrl, percentDecoded } from '../../parse-url.ts';
import { isPrintableAscii } from '../../printable-ascii.ts';
import { accept, type CheckedText, codePoint, refuse } from './check.ts';
import { checkHost } from './host.ts';
import { isInternalName, isLoopbackHost, isOtherAddress } from './internal-hosts.ts';
import { unreachableHost } from './unreachable.ts';

const LONGEST_URL = 2048;
const EXAMPLE = 'for example "https://automation.example.com/restart"';

export interface UrlOptions {
  /** Accepts user information: it came from the environment (T07). */
  readonly allowUserinfo?: boolean | undefined;
  /** Accepts `http://` if nothing secret is sent (T08). */
  readonly allowInsecureUrl?: boolean | undefined;
  /** Headers with credentials go to this URL (T08). */
  readonly sendsSecrets?: boolean | undefined;
  /** Accepts a host name that mixes scripts (T11). */
  readonly allowIdn?: boolean | undefined;
  /** A host that PagerDuty cannot reach is an error instead of a warning (T12). */
  readonly strict?: boolean | undefined;
  /** Classifies addresses too (`isInternalHost`). If absent, only names are checked, see `needsAddresses`. */
  readonly isInternal?: ((hostname: string) => boolean) | undefined;
  /** This machine does not count as a private network: presses come from it. */
  readonly pressedHere?: boolean | undefined;
  /**
   * Part of the host came from the environment: no message shows it, and no warning depends on it (T53). A value that cannot be used at all
   * is refused nevertheless.
   */
  readonly hidesHost?: boolean | undefined;
  /** Part of the text came from the environment, so no message names a character of it. */
  readonly hidesText?: boolean | undefined;
  /** The text has a `#` that is written in the file. By default any `#` counts. */
  readonly hasFragment?: boolean | undefined;
}

/**
 * Checks that an action can have this endpoint. All checks are on the text itself before `URL` parses it, because `URL` repairs
 * input that must be refused, and repeats the whole text in its error (T09, T10).
 * @param text as written, after `${…}` was expanded
 */
export function checkUrl(text: string, options: UrlOptions = {}): CheckedText {
  return checkText(text, options) ?? checkParsed(text, new URL(text), options);
}

/** The checks before parsing; `undefined` if all pass. */
function checkText(text: string, { hidesText = false }: UrlOptions): CheckedText | undefined {
  if (text === '') return refuse('the URL is empty', `Write the full URL, ${EXAMPLE}.`);
  if (text.length > LONGEST_URL)
    return refuse(`the URL is longer than ${LONGEST_URL} characters`, 'Use a shorter URL.');
  const forbidden = forbiddenIn(text);
  if (forbidden !== undefined) {
    return refuse(`the URL contains ${nameOf(forbidden, hidesText)}`, 'Remove it, or percent-encode it.');
  }
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text)) {
    return refuse('the URL is not absolute', `Write the full URL with https://, ${EXAMPLE}.`);
  }
  if (!/^https?:/i.test(text))
    return refuse('the URL is neither https nor http', `Start it with https://, ${EXAMPLE}.`);
  if (!/^https?:\/\/[^/?#]/i.test(text)) {
    return refuse('the URL has no host after https://', `Write two slashes and a host, ${EXAMPLE}.`);
  }
  if (!parseUrl(text)) {
    return refuse('the URL is not valid: its host or port cannot be read', `Write a full URL, ${EXAMPLE}.`);
  }
  return undefined;
}

/** Returns the first forbidden character of a URL: a control or invisible character, a blank, or a backslash. */
function forbiddenIn(text: string): string | undefined {
  const forbidden = isPrintableAscii(text) ? /[ \\]/ : /[\p{Cc}\p{Cf}\p{Cs}\p{Z}\\]/u;
  return forbidden.exec(text)?.[0];
}

function checkParsed(text: string, url: URL, options: UrlOptions): CheckedText {
  return (
    checkUserinfo(text, options) ??
    checkRedacted(url) ??
    checkTransport(url, options) ??
    finish(text, url, options)
  );
}

function checkUserinfo(text: string, { allowUserinfo = false }: UrlOptions): CheckedText | undefined {
  if (allowUserinfo || !authorityOf(text).includes('@')) return undefined;
  return refuse(
    'the URL contains a user name or password in plain text',
    'Put them in an environment variable ("https://${NAME}@host/..."), or use a header.',
  );
}

function checkRedacted(url: URL): CheckedText | undefined {
  const parts = [url.username, url.password, ...url.pathname.split('/'), ...url.searchParams.values()];
  if (!parts.some((part) => isRedacted(percentDecoded(part)))) return undefined;
  return refuse(
    'the URL contains the placeholder that PagerDuty shows for a hidden value, not the value itself',
    'Use the real value, preferably from an environment variable: ${NAME}.',
  );
}

function checkTransport(
  url: URL,
  { allowInsecureUrl = false, sendsSecrets = false }: UrlOptions,
): CheckedText | undefined {
  // A request to this machine does not leave it.
  if (url.protocol === 'https:' || isLoopbackHost(url.hostname)) return undefined;
  if (sendsSecrets || url.username !== '' || url.password !== '') {
    return refuse(
      'secrets would be sent unencrypted over http://',
      'Use https://, or remove the credentials. This check cannot be turned off.',
    );
  }
  if (allowInsecureUrl) return undefined;
  return refuse(
    'the URL uses http://: incidents would be sent unencrypted',
    'Use https://, or set "allowInsecureUrl": true on this action.',
  );
}

function finish(text: string, url: URL, options: UrlOptions): CheckedText {
  const host = checkHost(authorityOf(text), url.hostname, options);
  if (!host.ok) return host;
  const warnings = [...host.warnings];
  if (options.hasFragment ?? url.hash !== '') warnings.push('the part of the URL after # is never sent');
  if (isUnreachable(url.hostname, options)) {
    const message = unreachableHost(url.hostname);
    if (options.strict) return refuse(message, 'Use a public address, or run without `--strict`.');
    warnings.push(message);
  }
  return accept(text, warnings);
}

function isUnreachable(
  host: string,
  { strict = false, pressedHere = false, hidesHost = false, isInternal = isInternalName }: UrlOptions,
): boolean {
  return !hidesHost && isInternal(host) && (strict || !pressedHere || !isLoopbackHost(host));
}

/** True if only `isInternalHost` can tell whether PagerDuty reaches the host of this URL: it is an address, not a name. */
export function needsAddresses(text: string): boolean {
  const url = parseUrl(text);
  return url !== undefined && isOtherAddress(url.hostname);
}

/** The part between `//` and the path, as written. */
export function authorityOf(text: string): string {
  return /^https?:\/\/([^/?#]*)/i.exec(text)?.[1] ?? '';
}

function nameOf(character: string, isHidden: boolean): string {
  if (character === '\\') return 'a backslash';
  if (/[\r\n\u2028\u2029]/.test(character)) return 'a line break';
  if (character === ' ') return 'a space';
  if (character === '\t') return 'a tab';
  return isHidden ? 'a character that is not allowed in a URL' : `the character ${codePoint(character)}`;
}
