import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const TESTS = resolve(import.meta.dirname, '..');

const range = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `T${String(from + index).padStart(2, '0')}`);

/** The abuse table. T37 to T46 are about `listen`: that command brings their tests along. */
const ROWS = [...range(1, 36), ...range(47, 52)];

const sources = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts') && !file.endsWith('table.test.ts'))
  .map((file) => readFileSync(join(TESTS, file), 'utf8'));

/** The texts of a file, where titles are, and tables that titles are made of; comments prove nothing. */
function textsOf(source: string): string[] {
  const code = source.replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, '');
  return [...code.matchAll(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g)].map(
    ([text]) => text,
  );
}

describe('the abuse table (P17)', () => {
  const numbers = new Set(
    sources.flatMap(textsOf).flatMap((text) => [...text.matchAll(/\bT\d{2}\b/g)].map(([number]) => number)),
  );

  it.each(ROWS)('%s has a test', (row) => {
    expect(numbers).toContain(row);
  });

  it('has a row for every number that a test carries', () => {
    const later = range(37, 46);
    expect([...numbers].filter((number) => !ROWS.includes(number) && !later.includes(number))).toEqual([]);
  });
});
