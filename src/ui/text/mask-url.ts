import { parseUrl } from '../../parse-url.ts';

const MASK = '***';

/**
 * A URL for display: user information, the values of the query and the fragment become `***`, the rest stays as written
 * (T07). Works on the text and never throws, because the text may be a malformed URL.
 */
export function maskUrl(url: string): string {
  const [, beforeFragment = '', fragment = ''] = /^([^#]*)(#[\s\S]*)?$/.exec(maskUserInfo(url)) ?? [];
  const [, beforeQuery = '', query = ''] = /^([^?]*)(\?[\s\S]*)?$/.exec(beforeFragment) ?? [];
  return beforeQuery + maskQuery(query) + (fragment.length > 1 ? `#${MASK}` : fragment);
}

function maskUserInfo(url: string): string {
  if (!url.includes('@')) return url;
  const parsed = parseUrl(url);
  const hasUserInfo = Boolean(parsed?.username || parsed?.password);
  if (parsed?.host && !hasUserInfo) return url;
  if (hasUserInfo && /^https?:$/.test(parsed?.protocol ?? '')) {
    // URLs in browsers and in Node treat backslashes as slashes, any number of them, with line breaks in between.
    return url.replace(/^([^:\\/@]*:[\\/\s]*)(?:[^\\/?#\s][^\\/?#]*)?@/, `$1${MASK}@`);
  }
  // The start of the host is unknown here: everything up to the last @ may be a password.
  return url.replace(/^((?:[a-z][a-z0-9+.-]*:[\\/]+|[\\/]*))(?![\\/])[\s\S]*@/i, `$1${MASK}@`);
}

/** Keys stay; a part without `=` may be a token by itself, so it counts as a value. */
function maskQuery(query: string): string {
  if (query.length <= 1) return query;
  return `?${query.slice(1).split('&').map(maskParameter).join('&')}`;
}

function maskParameter(parameter: string): string {
  const equals = parameter.indexOf('=');
  return equals === -1 ? MASK : `${parameter.slice(0, equals)}=${MASK}`;
}

/**
 * A declared URL for display: as the config writes it if it contains variables, so that nothing depends on their values.
 * @param written the text before `${…}` was expanded; absent without variables
 */
export function shownUrl(url: string, written?: string): string {
  return written === undefined ? maskUrl(url) : maskWritten(written);
}

/** `$${`, or a variable with its default. */
const REFERENCE = /\$\$\{|\$\{[^}]*\}/g;
/** Replaces a reference while the structure is parsed: the default of a variable may contain any character. No URL contains a space. */
const PLACE = / (\d+) /g;

/** Masks the literal parts of the userinfo, the query and the fragment, and keeps the names of variables. */
function maskWritten(written: string): string {
  const references: string[] = [];
  const text = written
    .replaceAll(' ', '')
    .replace(REFERENCE, (reference) => ` ${references.push(reference) - 1} `);
  const restore = (part: string, of: (reference: string) => string): string =>
    part.replace(PLACE, (_, index: string) => of(references[Number(index)] ?? ''));
  const hide = (part: string): string =>
    part.replace(PLACE, '').replaceAll(':', '') === '' ? restore(part, withoutDefault) : MASK;
  const [, start = '', userinfo, place = '', query, fragment] =
    /^([a-z][a-z0-9+.-]*:\/\/|(?= ))?(?:([^/?#]*)@)?([^?#]*)(?:\?([^#]*))?(?:#(.*))?/is.exec(text) ?? [];
  return [
    start,
    userinfo === undefined ? '' : `${hide(userinfo)}@`,
    restore(place, withoutOddDefault),
    query === undefined ? '' : `?${maskWrittenQuery(query, hide)}`,
    fragment ? `#${hide(fragment)}` : '',
  ].join('');
}

function maskWrittenQuery(query: string, hide: (part: string) => string): string {
  return query
    .split('&')
    .map((parameter) => {
      const [, name, value] = /^([^=]*)=(.*)$/s.exec(parameter) ?? [];
      if (name === undefined || value === undefined) return hide(parameter);
      return `${name.includes(' ') ? hide(name) : name}=${hide(value)}`;
    })
    .join('&');
}

/** The name alone, because a default in a place for credentials is a credential. */
function withoutDefault(reference: string): string {
  return reference.replace(/:-[^}]+\}$/, `:-${MASK}}`);
}

/** A default in the host or the path is shown like literal text there, unless it adds a place for credentials. */
function withoutOddDefault(reference: string): string {
  return /:-.*[@?#]/.test(reference) ? withoutDefault(reference) : reference;
}
