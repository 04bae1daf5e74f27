import { parseUrl, percentDecoded } from '../../parse-url.ts';

/** The forms in which PagerDuty hides a value when it is read (fact 14). */
const REDACTED = /^-*\s*redacted\s*-*$/i;

/** True for a text that PagerDuty shows in place of a hidden value; such text must never be written back. */
export function isRedacted(text: string): boolean {
  return REDACTED.test(text);
}

/** True if PagerDuty has redacted any part of a URL: the whole, its login, or a value of its query. */
export function hidesSomething(url: string): boolean {
  if (isRedacted(percentDecoded(url))) return true;
  const parsed = parseUrl(url);
  if (!parsed) return false;
  const { username, password, searchParams } = parsed;
  return [username, password, ...searchParams.values()].some((part) => isRedacted(percentDecoded(part)));
}
