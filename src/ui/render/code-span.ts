/** Code spans of Markdown that end in the right place, whatever their contents. */

/**
 * Renderers give up on fences that are too long: cmark, on which GitHub's is based, at 80 backticks. The contents of a longer fence
 * would be rendered.
 */
const LONGEST_RUN = 20;

/** Text whose runs of backticks are short enough for a longer fence around them. */
export function shortenRuns(text: string): string {
  return text.replace(/`+/g, (run) =>
    run.length > LONGEST_RUN ? `${run.slice(0, LONGEST_RUN)}…(${run.length - LONGEST_RUN} more)` : run,
  );
}

/** A code span's fence is longer than any run of backticks inside, so nothing inside can end it. */
export function fencedSpan(text: string): string {
  const short = shortenRuns(text);
  const fence = '`'.repeat(longestRun(short) + 1);
  const pad = /^[` ]|[` ]$/.test(short) ? ' ' : '';
  return fence + pad + short + pad + fence;
}

/** The length of the longest run of backticks. */
export function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}
