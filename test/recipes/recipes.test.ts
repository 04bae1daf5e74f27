/**
 * The recipes of CONTRIBUTING.md, followed to the letter in one copy of the tree: only the edits and commands that a step names. Any
 * further change that is needed shows in the types, in the generated files, or in the tests.
 */
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Copy, copyTree } from './copy.ts';
import { COMMAND, KEY, SWITCH } from './made-up.ts';
import { RESOURCE } from './made-up-resource.ts';
import { gapsOf, isCommand, readRecipe } from './recipe.ts';

const ROOT = resolve(import.meta.dirname, '../..');

const RECIPES = [
  ['Add a command', COMMAND],
  ['Add a config key', KEY],
  ['Add a switch', SWITCH],
  ['Add a sandbox resource', RESOURCE],
] as const;

/** Tests that detect a forgotten place, besides the types and the generated files. */
const TESTS = [
  'test/{house,generated,docs}.test.ts',
  'test/cli/{count,documents,oauth,options}.test.ts',
  'test/config/{docs,load-config,require-headers,schema-json,words}.test.ts',
  'test/sandbox/{switches,schedules,data-files}.test.ts',
];

let copy: Copy;
beforeAll(() => {
  copy = copyTree(ROOT);
});
afterAll(() => copy.remove());

const node = (...args: readonly string[]) => copy.run([process.execPath, ...args]);
const vitest = (...files: readonly string[]) =>
  node('node_modules/vitest/vitest.mjs', 'run', '--project', 'fast', ...files);

describe.each(RECIPES)('%s', (heading, edits) => {
  it('names every place to edit, and no other', () => {
    const steps = readRecipe(ROOT, heading);
    expect(steps.length).toBeGreaterThan(3);
    expect(gapsOf(steps, edits)).toEqual([]);
  });

  it('names the command that updates generated files', () => {
    const commands = readRecipe(ROOT, heading)
      .map(({ subject }) => subject)
      .filter(isCommand);
    expect(commands).toEqual(['npm run generate']);
  });

  it('needs each of its steps', () => {
    const steps = readRecipe(ROOT, heading);
    for (const left of steps.filter(({ subject }) => !isCommand(subject))) {
      const others = steps.filter((step) => step !== left);
      expect(gapsOf(others, edits)).toEqual([`no step names ${left.subject}`]);
    }
  });
});

it('adds a sandbox resource with one source file', () => {
  expect(Object.keys(RESOURCE).filter((file) => file.startsWith('src/'))).toHaveLength(1);
});

describe('the result of the recipes', () => {
  it('is stale until the commands that they name have been run', () => {
    for (const [heading, edits] of RECIPES) {
      copy.follow(
        readRecipe(ROOT, heading).filter(({ subject }) => !isCommand(subject)),
        edits,
      );
    }
    expect(() => node('scripts/run-ts.mjs', 'scripts/generate.ts', '--check')).toThrow('out of date');
    expect(() => vitest('test/sandbox/schedules.test.ts')).toThrow('is not a valid sandbox seed');
  });

  it('has the right types when each of these commands has been run', () => {
    const steps = RECIPES.flatMap(([heading]) => readRecipe(ROOT, heading));
    // All recipes name the same one, which does the same for all.
    const commands = new Map(steps.map((step) => [step.subject, step]));
    copy.follow(
      [...commands.values()].filter(({ subject }) => isCommand(subject)),
      {},
    );
    node('node_modules/typescript/lib/tsc.js', '--noEmit');
  });

  it('passes the tests, which compare the generated files', () => {
    vitest(...TESTS.flatMap(expandBraces));
  });
});

/** `a.{b,c}` as `a.b` and `a.c`: vitest accepts parts of paths, but no patterns. */
function expandBraces(pattern: string): string[] {
  const [, head = '', middle, tail = ''] = /^(.*)\{(.*)\}(.*)$/.exec(pattern) ?? [];
  return middle === undefined ? [pattern] : middle.split(',').map((part) => head + part + tail);
}
