/** How a live action differs from what is wanted. Only what the config mentions is compared; header values never are (fact 14). */
import type { ActionSpec, LiveAction } from './action.ts';
import { isRedacted } from './redacted.ts';

/** One difference. Values of headers are not here: they are write-only. */
export type FieldDiff =
  | { readonly field: 'label'; readonly before: string; readonly after: string }
  | { readonly field: 'url'; readonly before: string | null; readonly after: string }
  | {
      readonly field: 'headers';
      readonly added: readonly string[];
      readonly removed: readonly string[];
      readonly kept: readonly string[];
    }
  /** Nothing visible differs; `--rotate-secrets` sends the values of these headers again. */
  | { readonly field: 'secrets'; readonly names: readonly string[] };

/** The differences in reading order; empty when PagerDuty has what is wanted, as far as it can be seen. */
export function diffAction(wanted: ActionSpec, live: LiveAction): FieldDiff[] {
  const fields: FieldDiff[] = [];
  if (wanted.label !== live.label) fields.push({ field: 'label', before: live.label, after: wanted.label });
  if (!sameUrl(wanted.url, live.url)) fields.push({ field: 'url', before: live.url, after: wanted.url });
  const headers = diffHeaderNames(wanted, live);
  if (headers) fields.push(headers);
  return fields;
}

function diffHeaderNames({ headers }: ActionSpec, live: LiveAction): FieldDiff | undefined {
  // Not mentioned in the config, or not told by PagerDuty (U5): there is nothing to compare.
  if (headers === null || live.headerNames === null) return undefined;
  const wanted = headers.map((header) => header.name);
  const added = without(wanted, live.headerNames);
  const removed = without(live.headerNames, wanted);
  if (added.length === 0 && removed.length === 0) return undefined;
  return { field: 'headers', added, removed, kept: without(wanted, added) };
}

/** Header names are compared as HTTP does, without regard to case. */
function without(names: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others.map((name) => name.toLowerCase()));
  return names.filter((name) => !known.has(name.toLowerCase()));
}

/**
 * Whether two endpoints are the same after normalisation. A part that PagerDuty redacts (all of it, the userinfo, a query value)
 * is equal by definition.
 */
export function sameUrl(wanted: string, live: string | null): boolean {
  if (live === null) return false;
  if (wanted === live || isRedacted(decode(live))) return true;
  const a = parse(wanted);
  const b = parse(live);
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
  return isRedacted(decode(text));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parse(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
