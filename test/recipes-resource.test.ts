/**
 * The recipe for a resource of the sandbox, followed to the letter in a copy of the tree: a file, its test, and the generated table. If
 * the recipe missed a place to edit, the types or the test of the made-up resource would fail.
 */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Copy, copyTree } from './recipes/copy.ts';
import { RESOURCE } from './recipes/made-up-resource.ts';
import { gapsOf, isCommand, readRecipe } from './recipes/recipe.ts';

const ROOT = resolve(import.meta.dirname, '..');
const STEPS = readRecipe(ROOT, 'Add a sandbox resource');

let copy: Copy;
beforeAll(() => {
  copy = copyTree(ROOT);
});
afterAll(() => copy.remove());

const node = (...args: readonly string[]) => copy.run([process.execPath, ...args]);
const vitest = (...files: readonly string[]) =>
  node('node_modules/vitest/vitest.mjs', 'run', '--project', 'fast', ...files);

describe('Add a sandbox resource', () => {
  it('names every place to edit, and no other', () => {
    expect(STEPS.length).toBeGreaterThan(3);
    expect(gapsOf(STEPS, RESOURCE)).toEqual([]);
    expect(Object.keys(RESOURCE).filter((file) => file.startsWith('src/'))).toHaveLength(1);
  });

  it('has no effect until its command has been run', () => {
    const edits = STEPS.filter(({ subject }) => !isCommand(subject));
    copy.follow(edits, RESOURCE);
    expect(() => vitest('test/sandbox/schedules.test.ts')).toThrow('is not a valid sandbox seed');
  });

  it('leads to a resource with the right types that passes its tests, and lets earlier data files open', () => {
    copy.follow(
      STEPS.filter(({ subject }) => isCommand(subject)),
      RESOURCE,
    );
    const include = ['src/sandbox/sandbox.ts', 'test/sandbox/schedules.test.ts'];
    writeFileSync(
      join(copy.folder, 'tsconfig.recipe.json'),
      JSON.stringify({ extends: './tsconfig.json', include }),
    );
    node('node_modules/typescript/lib/tsc.js', '--noEmit', '-p', 'tsconfig.recipe.json');
    vitest('test/house.test.ts', 'test/sandbox/schedules.test.ts', 'test/sandbox/data-files.test.ts');
  });
});
