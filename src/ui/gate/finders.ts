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

/** Finds all matches of any finder. The order of the ranges has no meaning. */
export function createIndex(finders: readonly Finder[]): (text: string) => Range[] {
  const byBeginning = new Map<string, Finder[]>();
  for (const finder of finders) {
    for (const beginning of finder.beginnings) {
      const known = byBeginning.get(beginning);
      if (known) known.push(finder);
      else byBeginning.set(beginning, [finder]);
    }
  }
  const beginnings = [...byBeginning.keys()].filter(({ length }) => length === SHORTEST);
  const inOnePass = searchFor(beginnings);
  return (text) => {
    const ranges: Range[] = [];
    const look = (beginning: string, start: number): void => {
      for (const finder of byBeginning.get(beginning) ?? []) {
        const whole = finder.at(text, start);
        if (whole) ranges.push(whole);
      }
    };
    if (text.length > LONG || beginnings.length > MANY) inOnePass(text, look);
    else for (const beginning of beginnings) findEach(text, beginning, look);
    return ranges;
  };
}

/** A known beginning is at this position of the text. */
type Look = (beginning: string, start: number) => void;

/** V8 prepares an expression for a while; until then it has searched a text this long for this many beginnings, one after the other. */
const LONG = 50_000;
const MANY = 100;

function findEach(text: string, beginning: string, look: Look): void {
  for (let at = text.indexOf(beginning); at !== -1; at = text.indexOf(beginning, at + 1)) look(beginning, at);
}

/** Searches for all of these at once, with an expression that is made at the first search. */
function searchFor(beginnings: readonly string[]): (text: string, look: Look) => void {
  let expression: RegExp | undefined;
  return (text, look) => {
    if (beginnings.length === 0) return;
    expression ??= new RegExp(beginnings.map(escaped).join('|'), 'g');
    expression.lastIndex = 0;
    for (let match = expression.exec(text); match; match = expression.exec(text)) {
      look(match[0], match.index);
      // The next one may begin within this one.
      expression.lastIndex = match.index + 1;
    }
  };
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
