import { parseUrl } from '../../parse-url.ts';

const MASK = '***';

/**
 * A URL as it may be shown: user information, the values of the query and the fragment become `***`, the rest stays as written
 * (T07). Works on the text and never throws, for what is shown may well be a URL that somebody got wrong.
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
    // Browsers' URLs, and Node's, take backslashes for slashes, any number of them, with line breaks in between.
    return url.replace(/^([^:\\/@]*:[\\/\s]*)[^\\/?#]*@/, `$1${MASK}@`);
  }
  // Nobody can say where the host of this begins: everything up to the last @ may be somebody's password.
  return url.replace(/^((?:[a-z][a-z0-9+.-]*:[\\/]+|[\\/]*))[\s\S]*@/i, `$1${MASK}@`);
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
