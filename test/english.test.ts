/** Plain English, as far as a pattern can hold it: comments begin with their subject, and texts name the thing (CONTRIBUTING.md). */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

/** A stretch of text, and its place for messages. */
interface Passage {
  readonly place: string;
  readonly text: string;
}

const ROUNDABOUT: readonly RegExp[] = [
  /\b(?:no|some|every|any)body\b/i,
  /\bwhoever\b/i,
  /\bthat there (?:is|are|was|were)\b/i,
  /\bso (?:many|long)\b(?! as)/i,
  /\b(?:which|that) (?:is|are) no\b(?! reason)/i,
  /(?<!\bthere )\b(?:is|are|was|were|be) none\b/i,
  /\bfor ever\b/i,
  /\bbut for\b/i,
  /\b(?:has|have) to [a-z]/,
  /\bfor (?:it|they|there) (?:is|are|was|were|has|have|would|can|cannot|proves)\b/i,
];

const BEGINS_WITH_A_CLAUSE = /^(?:What|Who|Whether|Where|How)\b/;

function tracked(...patterns: string[]): string[] {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return list.split('\n').filter((file) => file !== '');
}

/** The comments of a source that have a line of their own. Consecutive lines form one comment. */
function commentsOf(file: string): Passage[] {
  const comments: { place: string; text: string }[] = [];
  let open: { place: string; text: string } | null = null;
  for (const [index, line] of readFileSync(join(ROOT, file), 'utf8').split('\n').entries()) {
    const [, mark, text = ''] = /^\s*(\/\*\*?|\*\/|\*|\/\/)\s?(.*?)(?:\s*\*\/)?$/.exec(line) ?? [];
    const continues: boolean = mark !== undefined && mark !== '/**' && mark !== '/*' && open !== null;
    if (continues && open) {
      open.text += ` ${text}`;
      continue;
    }
    open = mark === undefined ? null : { place: `${file}:${index + 1}`, text };
    if (open) comments.push(open);
  }
  return comments.map(({ place, text }) => ({ place, text: text.trim() })).filter(({ text }) => text !== '');
}

/** Lines of prose in Markdown: without fenced blocks and code spans. */
function proseOf(file: string): Passage[] {
  let isCode = false;
  return readFileSync(join(ROOT, file), 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      if (/^\s*(?:```|~~~)/.test(line)) isCode = !isCode;
      return isCode ? [] : [{ place: `${file}:${index + 1}`, text: line.replace(/`[^`]*`/g, '`…`') }];
    });
}

/** Strings of several words in a source, which users may read. */
function textsOf(file: string): Passage[] {
  return readFileSync(join(ROOT, file), 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      if (/^\s*(?:\/?\*|\/\/)/.test(line)) return [];
      const texts = line.match(/'(?:[^'\\]|\\.)*'|`[^`]*`|"(?:[^"\\]|\\.)*"/g) ?? [];
      return texts
        .filter((text) => text.includes(' '))
        .map((text) => ({ place: `${file}:${index + 1}`, text }));
    });
}

function roundabout(passages: readonly Passage[]): string[] {
  return passages
    .filter(({ text }) => ROUNDABOUT.some((pattern) => pattern.test(text)))
    .map(({ place, text }) => `${place}: ${text}`);
}

const CODE = /\.(?:ts|js|mjs)$/;
const sources = tracked('src', 'bin', 'scripts', 'bench').filter((file) => CODE.test(file));
const tests = tracked('test', 'examples').filter(
  (file) => CODE.test(file) && !file.endsWith('/english.test.ts'),
);

describe('comments', () => {
  const comments = [...sources, ...tests].flatMap(commentsOf);

  it('begin with their subject or their verb', () => {
    expect(comments.length).toBeGreaterThan(5_000);
    expect(comments.filter(({ text }) => BEGINS_WITH_A_CLAUSE.test(text))).toEqual([]);
  });

  it('name the thing', () => {
    expect(roundabout(comments)).toEqual([]);
  });
});

it('messages name the thing', () => {
  expect(roundabout(sources.flatMap(textsOf))).toEqual([]);
});

it('the titles and cases of tests name the thing', () => {
  expect(roundabout(tests.flatMap(textsOf))).toEqual([]);
});

it('docs name the thing', () => {
  expect(roundabout(tracked('*.md').flatMap(proseOf))).toEqual([]);
});
