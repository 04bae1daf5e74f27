/** Finds values in a URL that may be credentials although no name reveals it: random words, capability paths, fragments. */
import { percentDecoded } from '../../parse-url.ts';
import { looksSecret } from '../check/header.ts';
import { looksRandom } from '../secrets/query-secrets.ts';

/** Hosts whose paths are the credential: anyone who knows one may post. The last part of the path is the secret one. */
const CAPABILITIES: readonly (readonly [host: RegExp, path: RegExp])[] = [
  [/(?:^|\.)slack(?:-gov)?\.com$/i, /^\/(?:services|workflows|triggers)\//i],
  [/^discord(?:app)?\.com$/i, /^\/api\/webhooks\//i],
  [/(?:^|\.)zapier\.com$/i, /^\/hooks\//i],
  [/^hook\.(?:[\w-]+\.)?(?:make|integromat)\.com$/i, /^\//],
  [/(?:^|\.)webhook\.office\.com$/i, /^\/webhookb2\//i],
];

/** True for a value that looks like a credential. */
export function mayBeSecret(value: string): boolean {
  const text = percentDecoded(value);
  return (looksRandom(text) && !isReadable(text)) || isToken(text);
}

/** The segments of a path, by index, that may be credentials. */
export function suspectSegments(host: string, path: string): ReadonlySet<number> {
  const segments = path.split('/');
  const suspects = new Set<number>();
  for (const [index, segment] of segments.entries()) {
    const before = segments[index - 1] ?? '';
    const isNamed = looksSecret(before) && segment.length >= SHORTEST && !looksSecret(segment);
    if (isNamed || mayBeSecret(segment)) suspects.add(index);
  }
  if (CAPABILITIES.some(([hosts, paths]) => hosts.test(host) && paths.test(path))) {
    const last = segments.findLastIndex((segment) => segment !== '');
    if (last > 0) suspects.add(last);
  }
  return suspects;
}

/** Shorter values after a telling name are words: `/token/new`. */
const SHORTEST = 6;
/** Joined words change their kind of letter less often than this; random text changes at about every second letter. */
const READABLE_CHANGES = 0.3;
const SHORTEST_TOKEN = 20;
const TOKEN_CHANGES = 4;

/** `RestartServerV2` looks random by its kinds of letters, but is words. Hashes and UUIDs are not. */
function isReadable(text: string): boolean {
  if (/^[0-9A-Fa-f-]{20,}$/.test(text)) return false;
  return (
    countOf(text, /(?<=[a-z0-9])[A-Z]|(?<=[0-9])[a-z]|(?<=[A-Za-z])[0-9]/g) / text.length < READABLE_CHANGES
  );
}

/** Small letters and digits in turn, as in `k3jd8s0fj2l4m6n8p0q2`. */
function isToken(text: string): boolean {
  if (text.length < SHORTEST_TOKEN || /\s/.test(text)) return false;
  return countOf(text, /(?<=[0-9])[A-Za-z]|(?<=[A-Za-z])[0-9]/g) >= TOKEN_CHANGES;
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
