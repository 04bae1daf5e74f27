/**
 * The recipes of CONTRIBUTING.md, followed to the letter in a copy of the tree: what a step does not name is not edited, and what it does
 * not say is not run. Whatever else would have to change shows in the types, in the generated files, or in the tests.
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMAND, KEY, SWITCH } from './made-up.ts';
import { type Edits, gapsOf, isCommand, readRecipe, type Step } from './recipe.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const LEFT_OUT = ['node_modules', 'dist', '.git'];

const RECIPES = [
  ['Add a command', COMMAND],
  ['Add a config key', KEY],
  ['Add a switch', SWITCH],
] as const;

/** What speaks for a place that was forgotten, beside the types and the generated files. */
const TESTS = [
  'test/{house,generated,docs}.test.ts',
  'test/cli/{count,documents,oauth,options}.test.ts',
  'test/config/{docs,require-headers,schema-json,words}.test.ts',
  'test/sandbox/switches.test.ts',
];

let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'pdactions-recipes-'));
  for (const name of readdirSync(ROOT)) {
    if (!LEFT_OUT.includes(name)) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

function follow(steps: readonly Step[], edits: Edits): void {
  for (const { subject } of steps) {
    const edit = edits[subject];
    const file = join(copy, subject);
    if (edit) writeFileSync(file, edit(existsSync(file) ? readFileSync(file, 'utf8') : ''));
    else if (isCommand(subject)) runInCopy(subject.split(' '));
  }
}

/** Runs a command there. @throws Error with what it printed */
function runInCopy([program = '', ...args]: readonly string[]): string {
  const env = { PATH: process.env.PATH ?? '', HOME: copy, PDACTIONS_RUNS: '0.1' };
  try {
    return execFileSync(program, args, { cwd: copy, env, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(' ')}\n${stdout}${stderr}`);
  }
}

const node = (...args: readonly string[]) => runInCopy([process.execPath, ...args]);

describe.each(RECIPES)('%s', (heading, edits) => {
  it('names every place, and no place in vain', () => {
    const steps = readRecipe(ROOT, heading);
    expect(steps.length).toBeGreaterThan(3);
    expect(gapsOf(steps, edits)).toEqual([]);
  });

  it('cannot do without any of its steps', () => {
    const steps = readRecipe(ROOT, heading);
    for (const left of steps.filter(({ subject }) => !isCommand(subject))) {
      const others = steps.filter((step) => step !== left);
      expect(gapsOf(others, edits)).toEqual([`no step names ${left.subject}`]);
    }
  });
});

describe('what the recipes lead to', () => {
  it('is stale until the commands that they name have been run', () => {
    for (const [heading, edits] of RECIPES) {
      follow(
        readRecipe(ROOT, heading).filter(({ subject }) => !isCommand(subject)),
        edits,
      );
    }
    expect(() => node('scripts/run-ts.mjs', 'scripts/generate.ts', '--check')).toThrow('out of date');
    for (const [heading] of RECIPES) {
      follow(
        readRecipe(ROOT, heading).filter(({ subject }) => isCommand(subject)),
        {},
      );
    }
    node('scripts/run-ts.mjs', 'scripts/generate.ts', '--check');
  });

  it('has the right types', () => {
    node('node_modules/typescript/lib/tsc.js', '--noEmit');
  });

  it('passes the tests', () => {
    node('node_modules/vitest/vitest.mjs', 'run', '--project', 'fast', ...TESTS.flatMap(expandBraces));
  });
});

/** `a.{b,c}` as `a.b` and `a.c`: vitest takes parts of paths, and no patterns. */
function expandBraces(pattern: string): string[] {
  const [, head = '', middle, tail = ''] = /^(.*)\{(.*)\}(.*)$/.exec(pattern) ?? [];
  return middle === undefined ? [pattern] : middle.split(',').map((part) => head + part + tail);
}
