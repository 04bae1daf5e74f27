import { parseUrl, percentDecoded } from '../parse-url.ts';

/** The forms in which PagerDuty hides a value when it is read (fact 14). */
const REDACTED = /^-*\s*redacted\s*-*$/i;

/** True for text that stands in the place of a value that PagerDuty does not show; such text must never be written back. */
export function isRedacted(text: string): boolean {
  return REDACTED.test(text);
}

/** True when a URL has any part that PagerDuty has redacted: the whole, its login, or a value of its query. */
export function hidesSomething(url: string): boolean {
  if (isRedacted(percentDecoded(url))) return true;
  const parsed = parseUrl(url);
  if (!parsed) return false;
  const { username, password, searchParams } = parsed;
  return [username, password, ...searchParams.values()].some((part) => isRedacted(percentDecoded(part)));
}
