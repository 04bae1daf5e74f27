import { distance } from 'fastest-levenshtein';

/** True if one word of a longer name matches the text except for a slip: `chekout` in `checkout api`. */
function hasWordLike(wanted: string, name: string): boolean {
  const slips = wanted.length / 4;
  // A word cannot be longer than its name, and each character too many or too few is a slip.
  if (name.length < wanted.length - slips) return false;
  return name
    .split(/[^\p{L}\p{N}]+/u)
    .some((word) => Math.abs(word.length - wanted.length) <= slips && distance(wanted, word) <= slips);
}

/**
 * The candidates that the user most likely meant, nearest first: for "did you mean".
 * @param text as written
 * @param candidates the existing names; order breaks ties
 * @param limit how many at most
 */
export function nearest(text: string, candidates: Iterable<string>, limit = 3): string[] {
  const wanted = text.toLowerCase();
  const scored: { readonly candidate: string; readonly score: number }[] = [];
  for (const candidate of new Set(candidates)) {
    const lower = candidate.toLowerCase();
    const score =
      lower.includes(wanted) || wanted.includes(lower)
        ? Math.abs(lower.length - wanted.length) / 100
        : distance(wanted, lower);
    if (score <= Math.max(2, Math.ceil(wanted.length * 0.4))) scored.push({ candidate, score });
    else if (hasWordLike(wanted, lower)) scored.push({ candidate, score: wanted.length });
  }
  scored.sort((a, b) => a.score - b.score);
  return scored.slice(0, limit).map((entry) => entry.candidate);
}
