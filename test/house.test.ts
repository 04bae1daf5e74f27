import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = resolve(import.meta.dirname, '../src');
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/'));

/** Imports allowed between rooms (docs/architecture.md). `.` is main.ts; errors, clock, nearest and parse-url are leaves for all. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  '.': ['cli', 'ui', 'core'],
  cli: ['lib', 'engine', 'config', 'ui', 'pagerduty', 'tester', 'core', 'sandbox', 'receiver'],
  lib: ['engine', 'config', 'pagerduty', 'core', 'ui/gate', 'ui/render/documents.ts'],
  engine: ['core', 'pagerduty/store.ts'],
  config: ['core'],
  ui: ['core'],
  pagerduty: ['core'],
  tester: ['core'],
  core: [],
  sandbox: [],
  receiver: ['core'],
};
const LEAVES = [
  'assets.ts',
  'errors.ts',
  'clock.ts',
  'code-of.ts',
  'cut.ts',
  'files.ts',
  'in-parallel.ts',
  'ip-version.ts',
  'json-fields.ts',
  'nearest.ts',
  'parse-url.ts',
  'printable-ascii.ts',
  'read-bytes.ts',
  'read-named-file.ts',
  'version.ts',
];

/** One third-party library, one file (commander: the whole room `cli/`). */
const LIBRARY_HOME: Record<string, RegExp> = {
  '@pagerduty/pdjs': /^pagerduty\/http\/transport\.ts$/,
  'cross-fetch': /^pagerduty\/http\/transport\.ts$/,
  cosmiconfig: /^config\/find\/load\.ts$/,
  yaml: /^(config\/parse\/parse|ui\/render\/yaml)\.ts$/,
  'zod/locales': /^sandbox\/shapes\.ts$/,
  'zod/mini': /^sandbox\/shapes\.ts$/,
  '@inquirer/core': /^ui\/prompt\/core\.ts$/,
  inquirer: /^ui\/prompt\/prompter\.ts$/,
  'ipaddr.js': /^config\/check\/special-addresses\.ts$/,
  chalk: /^ui\/paint\.ts$/,
  'string-width': /^ui\/render\/width\.ts$/,
  'fastest-levenshtein': /^nearest\.ts$/,
  'https-proxy-agent': /^pagerduty\/http\/route\/proxy\.ts$/,
  'http-proxy-agent': /^pagerduty\/http\/route\/proxy\.ts$/,
  commander: /^cli\//,
  bullmq: /^receiver\/ledger\/redis\/library\.ts$/,
  ioredis: /^receiver\/ledger\/redis\/library\.ts$/,
  'p-map': /^in-parallel\.ts$/,
  'prom-client': /^(receiver\/tell|cli\/commands\/watch)\/metrics\.ts$/,
};

interface Import {
  readonly file: string;
  readonly target: string;
}

const imports: Import[] = files.flatMap((file) => {
  const text = readFileSync(join(SRC, file), 'utf8');
  const found = [...text.matchAll(/(?<!['\w])(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    (match) => match[1] ?? '',
  );
  return found.map((target) => ({ file, target }));
});

/** A file without its variable declarations, which may create the whole context. */
function withoutVariables(file: string): string {
  return readFileSync(join(SRC, file), 'utf8').replace(/^\s*(?:const|let) .*/gm, '');
}

function room(path: string): string {
  return path.includes('/') ? (path.split('/')[0] ?? '.') : '.';
}

/**
 * The folder of a file inside a room. A file directly in a room counts as a folder of its own: it leads the inner rooms, or serves them.
 */
function innerRoom(path: string): string {
  return path.split('/').length > 2 ? dirname(path) : path;
}

/** Relative imports, as pairs of paths below `src/`. */
const arrows = imports
  .filter(({ target }) => target.startsWith('.'))
  .map(({ file, target }) => ({
    file,
    to: relative(SRC, resolve(SRC, dirname(file), target)).replaceAll('\\', '/'),
  }));

/** The first circle in the imports between `place`s, as a path from a place back to itself; undefined if there is none. */
function findCircle(place: (path: string) => string): string[] | undefined {
  const next = new Map<string, Set<string>>();
  for (const { file, to } of arrows) {
    if (place(file) === place(to)) continue;
    next.set(place(file), (next.get(place(file)) ?? new Set()).add(place(to)));
  }
  const done = new Set<string>();
  const visit = (at: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(at)) return [...path.slice(path.indexOf(at)), at];
    if (done.has(at)) return undefined;
    for (const to of next.get(at) ?? []) {
      const circle = visit(to, [...path, at]);
      if (circle) return circle;
    }
    done.add(at);
    return undefined;
  };
  for (const at of next.keys()) {
    const circle = visit(at, []);
    if (circle) return circle;
  }
  return undefined;
}

describe('the house', () => {
  it('has files', () => {
    expect(imports.length).toBeGreaterThan(10);
  });

  it('imports in one direction only', () => {
    const wrong = arrows.filter(({ file, to }) => {
      if (LEAVES.includes(to) || room(file) === room(to)) return false;
      if (LEAVES.includes(file)) return true;
      return !(MAY_IMPORT[room(file)] ?? []).some(
        (allowed) => to === allowed || to.startsWith(`${allowed}/`),
      );
    });
    expect(wrong).toEqual([]);
  });

  it('has no circle of imports, neither of files nor of inner rooms', () => {
    expect(findCircle((path) => path)).toBeUndefined();
    expect(findCircle(innerRoom)).toBeUndefined();
  });

  it('keeps folders small', () => {
    const sizes = new Map<string, number>();
    for (const file of files) sizes.set(dirname(file), (sizes.get(dirname(file)) ?? 0) + 1);
    const crowded = [...sizes].filter(([, size]) => size > 16).map(([folder]) => folder);
    expect(crowded).toEqual([]);
  });

  it('keeps commands from importing commands', () => {
    const commandOf = (path: string): string | undefined => /^cli\/commands\/([^/.]+)/.exec(path)?.[1];
    const wrong = arrows.filter(({ file, to }) => {
      const [from, into] = [commandOf(file), commandOf(to)];
      return from !== undefined && into !== undefined && from !== into;
    });
    expect(wrong).toEqual([]);
  });

  it('gives a function the parts of a context that it needs, never the whole', () => {
    const wrong = files.filter((file) => /[\w}]\??: Context[,;) ]/.test(withoutVariables(file)));
    expect(wrong).toEqual([]);
  });

  it('names variables by what they hold, not by small words', () => {
    const small = /\b(?:const|let|function) WORD\b|[([{,] ?(?:\.\.\.)?WORD\)? (?:=>|of\b)|\(WORD[,:)]/;
    const pattern = new RegExp(small.source.replaceAll('WORD', '(?:there|told|one|own|more|found)'));
    expect('for (const one of all)').toMatch(pattern);
    expect('all.filter((own) => own.id)').toMatch(pattern);
    expect('function f(found: string)').toMatch(pattern);
    const wrong = files.filter((file) => {
      const code = readFileSync(join(SRC, file), 'utf8').replace(
        /\/\*[\s\S]*?\*\/|\/\/.*|'[^'\n]*'|`[^`]*`/g,
        '',
      );
      return pattern.test(code);
    });
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

  it('keeps core pure: no packages, and only hashing from Node', () => {
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

  it('parses URLs in one place: `URL.canParse` of Node 20 is unreliable', () => {
    const wrong = files.filter(
      (file) => file !== 'parse-url.ts' && /\.canParse\(/.test(readFileSync(join(SRC, file), 'utf8')),
    );
    expect(wrong).toEqual([]);
  });
});
