import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = resolve(import.meta.dirname, '../src');
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/'));

/** Who may import whom (DESIGN.md section 10). `.` is main.ts; errors, clock, nearest and parse-url are leaves for all. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  '.': ['cli', 'ui', 'core'],
  cli: ['engine', 'config', 'ui', 'pagerduty', 'tester', 'core', 'sandbox', 'receiver'],
  engine: ['core', 'pagerduty/store.ts'],
  config: ['core'],
  ui: ['core'],
  pagerduty: ['core'],
  tester: ['core'],
  core: [],
  sandbox: [],
  receiver: ['core'],
};
const LEAVES = ['errors.ts', 'clock.ts', 'nearest.ts', 'parse-url.ts', 'version.ts'];

/** One third-party library, one file (commander: the whole room `cli/`). */
const LIBRARY_HOME: Record<string, RegExp> = {
  '@pagerduty/pdjs': /^pagerduty\/transport\.ts$/,
  'cross-fetch': /^pagerduty\/transport\.ts$/,
  cosmiconfig: /^config\/load\.ts$/,
  yaml: /^(config\/parse|ui\/render\/yaml)\.ts$/,
  zod: /^(config|sandbox)\/(schema|seed)\.ts$/,
  'zod/mini': /^config\/schema\.ts$/,
  '@inquirer/core': /^ui\/live-input\.ts$/,
  inquirer: /^ui\/prompter\.ts$/,
  chalk: /^ui\/io\.ts$/,
  'string-width': /^ui\/table\.ts$/,
  'fastest-levenshtein': /^nearest\.ts$/,
  commander: /^cli\//,
};

interface Import {
  readonly file: string;
  readonly target: string;
}

const imports: Import[] = files.flatMap((file) => {
  const text = readFileSync(join(SRC, file), 'utf8');
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
  return found.map((target) => ({ file, target }));
});

function room(path: string): string {
  return path.includes('/') ? (path.split('/')[0] ?? '.') : '.';
}

describe('the house', () => {
  it('has files to look at', () => {
    expect(imports.length).toBeGreaterThan(10);
  });

  it('imports in one direction only', () => {
    const wrong = imports
      .filter(({ target }) => target.startsWith('.'))
      .map(({ file, target }) => ({
        file,
        to: relative(SRC, resolve(SRC, dirname(file), target)).replaceAll('\\', '/'),
      }))
      .filter(({ file, to }) => {
        if (LEAVES.includes(to) || room(file) === room(to)) return false;
        if (LEAVES.includes(file)) return true;
        return !(MAY_IMPORT[room(file)] ?? []).some(
          (allowed) => to === allowed || to.startsWith(`${allowed}/`),
        );
      });
    expect(wrong).toEqual([]);
  });

  it('keeps commands from importing commands', () => {
    const wrong = imports.filter(
      ({ file, target }) => file.startsWith('cli/commands/') && /^\.\/(?!shared\/)/.test(target),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps each third-party library in its one file', () => {
    const wrong = imports.filter(({ file, target }) => {
      if (target.startsWith('.') || target.startsWith('node:')) return false;
      const home = LIBRARY_HOME[target];
      return !home?.test(file);
    });
    expect(wrong).toEqual([]);
  });

  it('keeps core pure: no packages, and of Node only hashing', () => {
    const wrong = imports.filter(
      ({ file, target }) => room(file) === 'core' && !target.startsWith('.') && target !== 'node:crypto',
    );
    expect(wrong).toEqual([]);
  });

  it('touches the process, its streams and the wall clock in two files only', () => {
    const wrong = files.filter((file) => {
      if (['main.ts', 'ui/io.ts'].includes(file) || file.startsWith('sandbox/')) return false;
      const text = readFileSync(join(SRC, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
      return /\bconsole\.|\bprocess\.(stdout|stderr|stdin|exit|argv|env)\b|\bDate\.now\b/.test(text);
    });
    expect(wrong).toEqual([]);
  });

  it('parses URLs in one way: `URL.canParse` of Node 20 changes its mind', () => {
    const wrong = files.filter(
      (file) => file !== 'parse-url.ts' && /\.canParse\(/.test(readFileSync(join(SRC, file), 'utf8')),
    );
    expect(wrong).toEqual([]);
  });
});
