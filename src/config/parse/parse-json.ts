/**
 * A strict JSON parser (RFC 8259) with the position of each part. `JSON.parse` gives no positions, silently keeps the last of two equal
 * keys, and repeats the text in its errors; the YAML parser accepts commas and quotes that JSON does not allow.
 */
import { codePoint } from '../check/check.ts';
import { DEEPEST, type Located, type LocatedEntry, type Parsed, TOO_DEEP } from './located.ts';

const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORD = /true|false|null/y;
/** Without line breaks: an unclosed text continues to the end of its line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the expression searches for them.
const CONTROL = /[\0-\x09\x0b\x0c\x0e-\x1f]/;

/** Parses a JSON text. Stops at the first problem, because the rest cannot be interpreted. */
export function parseJson(text: string): Parsed {
  try {
    return { root: readDocument({ text, at: 0 }), findings: [] };
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    return {
      root: undefined,
      findings: [{ at: error.at, path: [], message: error.message, fix: error.fix }],
    };
  }
}

class SyntaxProblem extends Error {
  readonly at: number;
  readonly fix: string | undefined;

  constructor(at: number, message: string, fix?: string) {
    super(message);
    this.at = at;
    this.fix = fix;
  }
}

interface Cursor {
  readonly text: string;
  at: number;
}

function readDocument(cursor: Cursor): Located {
  skipSpace(cursor);
  const root = readValue(cursor, 1);
  skipSpace(cursor);
  if (cursor.at < cursor.text.length) throw unexpected(cursor, 'the end of the file');
  return root;
}

function readValue(cursor: Cursor, depth: number): Located {
  if (depth > DEEPEST) throw new SyntaxProblem(cursor.at, TOO_DEEP.message, TOO_DEEP.fix);
  const at = cursor.at;
  switch (cursor.text[at]) {
    case '{':
      return { kind: 'map', at, entries: readEntries(cursor, depth) };
    case '[':
      return { kind: 'list', at, items: readItems(cursor, depth) };
    case '"':
      return { kind: 'scalar', at, value: readString(cursor) };
    default:
      return { kind: 'scalar', at, value: readLiteral(cursor) };
  }
}

function readEntries(cursor: Cursor, depth: number): LocatedEntry[] {
  return readSeparated(cursor, '}', () => {
    const at = cursor.at;
    if (cursor.text[at] !== '"') throw unexpected(cursor, 'a key in double quotes');
    const key = readString(cursor);
    skipSpace(cursor);
    if (!take(cursor, ':')) throw unexpected(cursor, 'a colon');
    skipSpace(cursor);
    return { key, at, value: readValue(cursor, depth + 1) };
  });
}

function readItems(cursor: Cursor, depth: number): Located[] {
  return readSeparated(cursor, ']', () => readValue(cursor, depth + 1));
}

function readSeparated<T>(cursor: Cursor, close: '}' | ']', read: () => T): T[] {
  const parts: T[] = [];
  cursor.at += 1;
  skipSpace(cursor);
  if (take(cursor, close)) return parts;
  for (;;) {
    parts.push(read());
    skipSpace(cursor);
    if (take(cursor, close)) return parts;
    const comma = cursor.at;
    if (!take(cursor, ',')) throw unexpected(cursor, `a comma or \`${close}\``);
    skipSpace(cursor);
    if (cursor.text[cursor.at] === close) {
      throw new SyntaxProblem(
        comma,
        `trailing comma before \`${close}\``,
        'Remove it; JSON does not allow trailing commas.',
      );
    }
  }
}

/** Finds the closing quote; `JSON.parse` decodes the text between. */
function readString(cursor: Cursor): string {
  const { text, at } = cursor;
  let end = at + 1;
  while (end < text.length && text[end] !== '"' && text[end] !== '\n') end += text[end] === '\\' ? 2 : 1;
  try {
    const value: unknown = JSON.parse(text.slice(at, end + 1));
    if (typeof value === 'string') {
      cursor.at = end + 1;
      return value;
    }
  } catch {
    // Its message repeats the text.
  }
  const control = text.slice(at, end).search(CONTROL);
  if (control !== -1) {
    const point = codePoint(text.charAt(at + control));
    const fix = `Remove it, or write \`\\u${point.slice(2)}\`.`;
    throw new SyntaxProblem(at + control, `the character ${point} is not allowed in a JSON string`, fix);
  }
  throw new SyntaxProblem(
    at,
    'this is not a valid JSON string',
    'Close it with a double quote on the same line, and write `\\\\` for a backslash.',
  );
}

function readLiteral(cursor: Cursor): number | boolean | null {
  const raw = match(cursor, NUMBER) ?? match(cursor, WORD);
  if (raw !== undefined) return JSON.parse(raw);
  throw unexpected(cursor, 'a value');
}

function unexpected(cursor: Cursor, wanted: string): SyntaxProblem {
  const { text, at } = cursor;
  if (at >= text.length)
    return new SyntaxProblem(
      at,
      `unexpected end of file: expected ${wanted}`,
      'Check that each bracket is closed.',
    );
  if (text[at] === '/' || text[at] === '#') {
    return new SyntaxProblem(at, 'JSON does not allow comments', 'Remove the comment, or use a YAML file.');
  }
  if (text[at] === "'")
    return new SyntaxProblem(at, 'JSON does not allow single quotes', 'Use double quotes.');
  if (/[“”„«»‘’]/.test(text[at] ?? '')) {
    return new SyntaxProblem(
      at,
      'JSON does not allow typographic quotes',
      'Use straight double quotes: "...".',
    );
  }
  if (/[^\P{Z} ]|[\p{C}]/u.test(text[at] ?? '')) {
    const point = codePoint(String.fromCodePoint(text.codePointAt(at) ?? 0));
    return new SyntaxProblem(at, `JSON does not allow the invisible character ${point} here`, 'Remove it.');
  }
  return new SyntaxProblem(
    at,
    `not valid JSON: expected ${wanted}`,
    'Check the quotes, commas and brackets here and on the line above.',
  );
}

function skipSpace(cursor: Cursor): void {
  match(cursor, SPACE);
}

function take(cursor: Cursor, character: string): boolean {
  if (cursor.text[cursor.at] !== character) return false;
  cursor.at += 1;
  return true;
}

function match(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.at;
  const token = pattern.exec(cursor.text)?.[0];
  if (token !== undefined) cursor.at += token.length;
  return token;
}
