/** The URLs of PagerDuty's API, and others that may receive a token. */
import { UsageError } from '../../errors.ts';
import { isLoopback, parseUrl } from '../../parse-url.ts';

/** PagerDuty's own URLs, by region (fact 48). */
export const REGION_HOSTS = { us: 'https://api.pagerduty.com', eu: 'https://api.eu.pagerduty.com' } as const;

export type Region = keyof typeof REGION_HOSTS;

/**
 * A URL that a token may be sent to.
 * @param from the source of the text, for messages
 * @throws UsageError for one that is not a plain URL, or would send the token unencrypted
 */
export function checkApiUrl(text: string, from: string): string {
  const url = parseUrl(text);
  if (!url) {
    throw new UsageError(`${from} is not a URL`, { hint: 'For example https://api.pagerduty.com.' });
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new UsageError(`${from} must begin with https://`);
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new UsageError(`${from} must not contain a login, a query or a fragment`);
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new UsageError(`${from} would send the token unencrypted to ${url.host}`, {
      hint: 'Use https://; http:// is allowed only for this machine.',
    });
  }
  return url.href.replace(/(?<!\/)\/+$/, '');
}
