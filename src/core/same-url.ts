/** Endpoints, compared as PagerDuty gives them back: normalised, and perhaps with parts hidden. */
import { parseUrl, percentDecoded } from '../parse-url.ts';
import { isRedacted } from './redacted.ts';

/**
 * Whether two endpoints are the same after normalisation. A part that PagerDuty redacts (all of it, the userinfo, a query value)
 * is equal by definition.
 */
export function sameUrl(wanted: string, live: string | null): boolean {
  if (live === null) return false;
  if (wanted === live || isRedacted(percentDecoded(live))) return true;
  const a = parseUrl(wanted);
  const b = parseUrl(live);
  if (!a || !b) return false;
  return a.href === b.href || withoutRedacted(a, b) === withoutRedacted(b, b);
}

/** The URL with every part blanked that `reference` has redacted. */
function withoutRedacted(url: URL, reference: URL): string {
  const copy = new URL(url.href);
  if (isHidden(reference.username)) copy.username = 'x';
  if (isHidden(reference.password)) copy.password = 'x';
  // A userinfo that is redacted as a whole has lost its colon.
  if (isHidden(reference.username) && reference.password === '') copy.password = '';
  const query = [...copy.searchParams].map(([name, value], index): [string, string] => {
    const other = [...reference.searchParams][index];
    return other && other[0] === name && isHidden(other[1]) ? [name, 'x'] : [name, value];
  });
  if ([...reference.searchParams.values()].some(isHidden))
    copy.search = new URLSearchParams(query).toString();
  return copy.href;
}

function isHidden(text: string): boolean {
  return isRedacted(percentDecoded(text));
}
