/** Compares endpoints with PagerDuty's versions of them: normalised, and perhaps with parts hidden. */
import { parseUrl, percentDecoded } from '../../parse-url.ts';
import { decodeEntities } from './look-alike.ts';
import { isRedacted } from './redacted.ts';

/**
 * True if two endpoints are the same after normalisation. Host case, default port, a final `/`, the escapes' case and a dropped
 * fragment make no difference. A part that PagerDuty redacts (all of it, the userinfo, a query value) counts as
 * equal by definition.
 */
export function sameUrl(wanted: string, live: string | null): boolean {
  if (live === null) return false;
  return wanted === live || isSame(wanted, live);
}

const isSame = remembering((wanted, live) => {
  if (isRedacted(percentDecoded(live))) return true;
  const a = parseUrl(wanted);
  const b = parseUrl(live);
  if (!a || !b) return false;
  if (canonical(a) === canonical(b)) return true;
  return MAY_HIDE.test(live) && canonical(withoutRedacted(a, b)) === canonical(withoutRedacted(b, b));
});

/** Matches every URL with a redacted part: the word itself, or escapes that may spell it. */
const MAY_HIDE = /%|redacted/i;

/** Reserved characters have another meaning when escaped (RFC 3986, section 2.2). */
const RESERVED: ReadonlySet<string> = new Set("%:/?#[]@!$&'()*+,;=");

/** The URL as requested: without the fragment, which is never sent, and with escapes only where they matter. */
function canonical(url: URL): string {
  const sent = url.href.replace(/#.*/s, '');
  // `href` keeps the `?` of an empty query.
  const asked = url.search === '' ? sent.replace(/\?$/, '') : sent;
  return asked.replace(/%([0-9a-f]{2})/gi, (triplet, hex: string) => {
    const code = Number.parseInt(hex, 16);
    const character = String.fromCharCode(code);
    return code > 0x7f || RESERVED.has(character) ? triplet.toUpperCase() : character;
  });
}

/** The URL with every part blanked that is redacted in `reference`. */
function withoutRedacted(url: URL, reference: URL): URL {
  const copy = new URL(url.href);
  if (isHidden(reference.username)) copy.username = 'x';
  if (isHidden(reference.password)) copy.password = 'x';
  // A userinfo redacted as a whole has lost its colon.
  if (isHidden(reference.username) && reference.password === '') copy.password = '';
  const query = [...copy.searchParams].map(([name, value], index): [string, string] => {
    const other = [...reference.searchParams][index];
    return other && other[0] === name && isHidden(other[1]) ? [name, 'x'] : [name, value];
  });
  if ([...reference.searchParams.values()].some(isHidden))
    copy.search = new URLSearchParams(query).toString();
  return copy;
}

function isHidden(text: string): boolean {
  return isRedacted(percentDecoded(text));
}

/** Columns of databases end at 255 characters and more; shorter beginnings are endpoints of their own. */
const SHORTEST_CUT = 100;

/**
 * True if PagerDuty may have stored the declared endpoint as this one: same origin, and the rest equal except for the case of letters,
 * decoded escapes, HTML entities, repeated or final slashes, Unicode forms, or a cut (fact 53). A server may distinguish such
 * endpoints, so they remain a difference.
 */
export function mayBeStoredAs(wanted: string, stored: string | null): boolean {
  return stored !== null && isStoredForm(wanted, stored);
}

const isStoredForm = remembering((wanted, stored) => {
  const [a, b] = [parseUrl(wanted), parseUrl(stored)];
  if (!a || !b || a.origin !== b.origin) return false;
  const [sent, kept] = [fold(a), fold(b)];
  return sent === kept || (stored.length >= SHORTEST_CUT && sent.startsWith(kept));
});

/** The URL without origin and fragment, and without details that lossy storage may change. */
function fold({ username, password, pathname, search }: URL): string {
  const text = percentDecoded(decodeEntities(`${username}:${password}@${pathname}${search}`));
  return text.normalize('NFC').toLowerCase().replace(/\/+/g, '/').replace(/\/$/, '');
}

/** Comparisons that are remembered: one moved endpoint is compared on thousands of services. */
const MOST_REMEMBERED = 256;

/** The function of two URLs, with its latest answers remembered. */
function remembering(ask: (a: string, b: string) => boolean): (a: string, b: string) => boolean {
  const known = new Map<string, boolean>();
  return (a, b) => {
    const key = `${a}\n${b}`;
    const remembered = known.get(key);
    if (remembered !== undefined) return remembered;
    if (known.size >= MOST_REMEMBERED) known.clear();
    const answer = ask(a, b);
    known.set(key, answer);
    return answer;
  };
}
