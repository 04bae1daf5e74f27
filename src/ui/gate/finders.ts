import type { Needle } from './encodings.ts';

/** A stretch of text, end exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The minimum length of a form, so every match begins with this many of its characters. */
export const SHORTEST = 4;

/** Matches one form of one secret, or all spellings of one. */
export interface Finder {
  /** The possible first `SHORTEST` characters of a match. */
  readonly beginnings: readonly string[];
  /** The range of the form if it begins here. */
  at(text: string, start: number): Range | undefined;
}

/** Finds a form that is one text. */
export function literalFinder({ text: needle, left, right }: Needle): Finder {
  return {
    beginnings: [needle.slice(0, SHORTEST)],
    at(text, start) {
      if (!text.startsWith(needle, start)) return undefined;
      const end = start + needle.length;
      const overhang = right > 0 && BASE64.test(text.charAt(end)) ? 1 : 0;
      return { start: leftReach(text, start, left), end: end + overhang };
    },
  };
}

const BASE64 = /[A-Za-z0-9+/_-]/;

/** The start of the base64 characters before `at` that carry bits of the secret. */
function leftReach(text: string, at: number, left: number): number {
  let start = at;
  while (at - start < left && start > 0 && BASE64.test(text.charAt(start - 1))) start -= 1;
  return start;
}

/** Finds a form in which each character may be written in several ways. */
export function spelledFinder(units: readonly (readonly string[])[]): Finder {
  return {
    beginnings: [...beginningsOf(units)],
    at(text, start) {
      const end = longestReading(text, start, units);
      return end > start ? { start, end } : undefined;
    },
  };
}

/** Unit by unit and not reading by reading: there are thousands of readings, most with the same beginning, and every start costs time. */
function beginningsOf(units: readonly (readonly string[])[]): Set<string> {
  const starts = new Set<string>();
  let short = new Set(['']);
  for (const unit of units) {
    const next = new Set<string>();
    for (const begun of short) {
      for (const spelling of unit) {
        const text = (begun + spelling).slice(0, SHORTEST);
        (text.length < SHORTEST ? next : starts).add(text);
      }
    }
    short = next;
    if (short.size === 0) break;
  }
  for (const text of short) starts.add(text);
  return starts;
}

/**
 * The end of the longest reading, or 0. Follows all readings in parallel, because one text can be read in several ways (`%25` is
 * one escape or three characters).
 */
function longestReading(text: string, start: number, units: readonly (readonly string[])[]): number {
  let ends: number[] = [start];
  for (const unit of units) {
    const next = new Set<number>();
    for (const at of ends) {
      for (const spelling of unit) {
        if (text.startsWith(spelling, at)) next.add(at + spelling.length);
      }
    }
    if (next.size === 0) return 0;
    ends = [...next];
  }
  return Math.max(...ends);
}

/** Finds all matches of any finder in one pass over the text, whatever their number. */
export function createIndex(finders: readonly Finder[]): (text: string) => Range[] {
  if (finders.length === 0) return () => [];
  const byBeginning = new Map<string, Finder[]>();
  const possible = new Uint8Array(4_096);
  for (const finder of finders) {
    for (const beginning of finder.beginnings) {
      const known = byBeginning.get(beginning);
      if (known) known.push(finder);
      else byBeginning.set(beginning, [finder]);
      possible[pairHash(beginning.charCodeAt(0), beginning.charCodeAt(1))] = 1;
    }
  }
  const inLong = searchFor([...byBeginning.keys()].filter(({ length }) => length === SHORTEST));
  return (text) => {
    const ranges: Range[] = [];
    const look = (start: number): void => {
      for (const finder of byBeginning.get(text.slice(start, start + SHORTEST)) ?? []) {
        const whole = finder.at(text, start);
        if (whole) ranges.push(whole);
      }
    };
    if (text.length > LONG) {
      inLong(text, look);
      return ranges;
    }
    // Reads each character once: short commands end before this is ever optimised.
    let next = text.charCodeAt(0);
    for (let start = 0; start <= text.length - SHORTEST; start += 1) {
      const code = next;
      next = text.charCodeAt(start + 1);
      if (possible[pairHash(code, next)] !== 0) look(start);
    }
    return ranges;
  };
}

/** Two characters as a small number: rules out almost every position before a lookup. */
function pairHash(first: number, second: number): number {
  return (first * 31 + second) & 4_095;
}

/** Longer texts are searched with an expression, which is compiled immediately; the loop would run unoptimised for most of a document. */
const LONG = 50_000;

/** Calls `look` for each position where one of these texts begins, in order. The expression is made at the first search. */
function searchFor(beginnings: readonly string[]): (text: string, look: (start: number) => void) => void {
  let expression: RegExp | undefined;
  return (text, look) => {
    if (beginnings.length === 0) return;
    expression ??= new RegExp(beginnings.map(escaped).join('|'), 'g');
    expression.lastIndex = 0;
    for (let match = expression.exec(text); match; match = expression.exec(text)) {
      look(match.index);
      // The next one may begin within this one.
      expression.lastIndex = match.index + 1;
    }
  };
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
