/** Every number that a comment cites is explained in the repository's own docs, at an anchor of that name. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

const explained = new Set(
  ['docs/facts.md', 'docs/threats.md', 'docs/faults.md'].flatMap((page) =>
    [...read(page).matchAll(/<a id="([^"]+)"><\/a>/g)].map(([, id = '']) => id),
  ),
);

/** Tracked and new files of the kinds that people write. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) =>
    /^(src|bin|scripts|bench|test|examples|docs)\/.*\.(ts|mjs|cjs|js|md|sh)$|^[A-Z]+\.md$/.test(file),
  )
  .filter((file) => file !== 'test/signs.test.ts');

/** The comments of a source, or a whole page. */
function prose(file: string): string {
  const text = read(file);
  if (file.endsWith('.md')) return text;
  return [...text.matchAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)(?:\/\/|#).*/g)].map(([comment]) => comment).join('\n');
}

/** Numbers in `fact 14`, `facts 15 and 36`, `facts 33–36, 43`, `T35`, `F13`, `U4`, `I8`, as the ids of their anchors. */
function citedIn(text: string): string[] {
  const facts = [...text.matchAll(/\bfacts? (\d+(?:(?:–|-|, | and )\d+)*)/g)].flatMap(([, list = '']) =>
    list.split(/, | and /).flatMap((part) => {
      const [first = 0, last = first] = part.split(/[–-]/).map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => `fact-${first + index}`);
    }),
  );
  const numbers = [...text.matchAll(/\b(?:[TF]\d{2}|[UI]\d{1,2})\b/g)].map(([number]) => number);
  return [...facts, ...numbers];
}

describe('the numbers in comments and docs', () => {
  it('are all explained', () => {
    const missing = files.flatMap((file) =>
      citedIn(prose(file))
        .filter((id) => !explained.has(id))
        .map((id) => `${file}: ${id}`),
    );
    expect([...new Set(missing)]).toEqual([]);
    expect(explained.size).toBeGreaterThan(180);
  });

  it('reads lists and ranges of facts', () => {
    expect(citedIn('(facts 15 and 36), facts 33–35, 43; T35')).toEqual([
      'fact-15',
      'fact-36',
      'fact-33',
      'fact-34',
      'fact-35',
      'fact-43',
      'T35',
    ]);
  });

  it('refer to no document outside the repository', () => {
    const strangers = files.filter((file) =>
      /\b(?:DESIGN|DOMAIN|RELIABILITY|STYLE|ENGLISH)\.md\b/.test(read(file)),
    );
    expect(strangers).toEqual([]);
  });
});
