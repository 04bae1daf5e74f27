import { hasCut, stretchesOf } from '../../cut.ts';
import { encodingsOf, spellingsOf } from './encodings.ts';
import { createIndex, type Finder, literalFinder, type Range, SHORTEST, spelledFinder } from './finders.ts';

/** The replacement of a secret. */
export const REDACTED = '[redacted]';

/**
 * Values shorter than `SHORTEST` cannot be hidden: they occur everywhere, and redacting them would shred the output without
 * protecting anything. No credential is that short; the same goes for a few words that are values in any kind of document.
 */
const EVERYDAY_WORDS = new Set(['true', 'false', 'null', 'none', 'undefined', 'http', 'https']);

/** A stretch of text, and its replacement. */
export interface Replacement extends Range {
  readonly text: string;
}

/** Knows the secrets of this run and finds them in text, in any usual encoding (I8, P10). */
export interface Redactor {
  /** Registers a secret, and the credentials inside it (`Bearer …`, `Basic …`). Values too short to hide are ignored. */
  add(secret: string): void;
  /** The text without any known secret. Idempotent; text without a secret comes back unchanged. */
  redact(text: string): string;
  /** The places of secrets, and of our own cuts: in order, not overlapping. */
  find(text: string): readonly Replacement[];
}

/** A redactor without secrets. */
export function createRedactor(): Redactor {
  const known = new Set<string>();
  let knowledge: Knowledge | undefined;

  const current = (): Knowledge => {
    knowledge ??= learn(known);
    return knowledge;
  };
  return {
    add(secret) {
      for (const value of [secret, secret.trim(), ...credentialsIn(secret.trim())]) {
        if (value.length < SHORTEST || EVERYDAY_WORDS.has(value.toLowerCase()) || known.has(value)) continue;
        known.add(value);
        knowledge = undefined;
      }
    },
    find: (text) => findReplacements(text, current()),
    redact: (text) => replaceAll(text, findReplacements(text, current())),
  };
}

/** Finds all forms of all secrets in a text. */
type Knowledge = (text: string) => Range[];

function learn(secrets: ReadonlySet<string>): Knowledge {
  const literals = new Map<string, Finder>();
  for (const needle of [...secrets].flatMap(encodingsOf)) {
    if (needle.text.length < SHORTEST) continue;
    literals.set(`${needle.left} ${needle.right} ${needle.text}`, literalFinder(needle));
  }
  const spelled = [...secrets].map((secret) => spelledFinder(spellingsOf(secret)));
  return createIndex([...spelled, ...literals.values()]);
}

/** `Bearer x` reveals `x`; `Basic x` also the text encoded in `x`, and the password in it. */
function credentialsIn(value: string): string[] {
  // Most secrets have no space, and the expression takes longer to prepare.
  if (!/\s/.test(value)) return [];
  const match = /^(bearer|basic|token|apikey|key)\s+(?:token=)?"?([^\s"]+)"?$/i.exec(value);
  const credentials = match?.[2];
  if (credentials === undefined) return [];
  if (match?.[1]?.toLowerCase() !== 'basic') return [credentials];
  const decoded = Buffer.from(credentials, 'base64').toString();
  const password = decoded.slice(decoded.indexOf(':') + 1);
  return [credentials, ...(decoded.includes('\ufffd') ? [] : [decoded, password])];
}

/**
 * All matches of any form of any secret, as one set of ranges: where secrets overlap, no part of either may stay. Marks
 * left by an earlier redaction are walls, which is what makes redaction idempotent even for a secret that resembles the mark.
 */
function findRanges(text: string, search: Knowledge): Range[] {
  const ranges: Range[] = [];
  let from = 0;
  while (from <= text.length) {
    const mark = text.indexOf(REDACTED, from);
    const to = mark === -1 ? text.length : mark;
    for (const { start, end } of search(text.slice(from, to))) {
      ranges.push({ start: start + from, end: end + from });
    }
    from = to + REDACTED.length;
  }
  return merge(ranges);
}

/**
 * Finds the replacements. Searches the text from before a cut, so that the place of the cut makes no difference; then removes the
 * rest.
 */
function findReplacements(text: string, knowledge: Knowledge): Replacement[] {
  if (!hasCut(text)) return findRanges(text, knowledge).map((range) => ({ ...range, text: REDACTED }));
  return stretchesOf(text).flatMap(({ whole, start, end, next, isCut }) => {
    const secrets = findRanges(whole, knowledge)
      .map((range) => ({ start: range.start + start, end: Math.min(range.end + start, end), text: REDACTED }))
      .filter((range) => range.start < end);
    return isCut ? [...secrets, { start: end, end: next, text: '…' }] : secrets;
  });
}

function merge(ranges: Range[]): Range[] {
  ranges.sort((a, b) => a.start - b.start || b.end - a.end);
  const merged: Range[] = [];
  for (const range of ranges) {
    const last = merged.at(-1);
    if (last === undefined || range.start >= last.end) merged.push(range);
    else if (range.end > last.end) merged[merged.length - 1] = { start: last.start, end: range.end };
  }
  return merged;
}

function replaceAll(text: string, replacements: readonly Replacement[]): string {
  let result = '';
  let from = 0;
  for (const { start, end, text: shown } of replacements) {
    result += text.slice(from, start) + shown;
    from = end;
  }
  return result + text.slice(from);
}
