import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const TESTS = resolve(import.meta.dirname, '..');

const range = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `T${String(from + index).padStart(2, '0')}`);

const ROWS = range(1, 64);
/** The rows about `listen` also need a test of the built program. */
const OF_LISTEN = range(37, 47);

const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.test.ts') && !file.endsWith('table.test.ts'),
);
const sourceOf = (file: string): string => readFileSync(join(TESTS, file), 'utf8');
const ofTheBuilt = files.filter((file) => /^receiver[\\/](binary|built-\w+)\.test\.ts$/.test(file));

/** The string literals of a file: test titles, and the tables that titles are made of. Comments do not count. */
function textsOf(source: string): string[] {
  const code = source.replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, '');
  return [...code.matchAll(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g)].map(
    ([text]) => text,
  );
}

describe('the abuse table (P17)', () => {
  const numbersIn = (some: readonly string[]): ReadonlySet<string> => {
    const texts = some.map(sourceOf).flatMap(textsOf);
    return new Set(texts.flatMap((text) => [...text.matchAll(/\bT\d{2}\b/g)].map(([number]) => number)));
  };
  const numbers = numbersIn(files);
  const built = numbersIn(ofTheBuilt);

  it.each(ROWS)('%s has a test', (row) => {
    expect(numbers).toContain(row);
  });

  it.each(OF_LISTEN)('%s has a test of the built program', (row) => {
    expect(built).toContain(row);
  });

  it('has a row for every number that a test carries', () => {
    expect([...numbers].filter((number) => !ROWS.includes(number))).toEqual([]);
  });
});
