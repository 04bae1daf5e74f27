import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../helpers/in-process.ts';
import { spawnCli } from '../helpers/spawned.ts';
import { endpoint } from '../sandbox/endpoint.ts';
import { SECRET } from './world.ts';

const EXAMPLES = resolve(import.meta.dirname, '../../examples');
const RECIPES = ['restart-server', 'add-diagnostics', 'revert-last-commit', 'update-status-page'];

/** The press in the walkthrough of a recipe's README, or of the README of all recipes. */
function pressOf(recipe: string): readonly [label: string, incident: string] {
  const pages = [`${recipe}/README.md`, 'README.md'].map((page) =>
    readFileSync(join(EXAMPLES, page), 'utf8'),
  );
  const found = /pdactions run '([^']+)' --incident (\w+) --yes/.exec(pages.join('\n'));
  return [found?.[1] ?? '', found?.[2] ?? ''];
}

describe('the recipes, one after the other on one sandbox file', () => {
  it('each finds a slot, and its press finds its service', async () => {
    const data = join(temporaryFolder(), 'recipes.json');
    const seed = join(EXAMPLES, 'sandbox.json');
    const seeded = await spawnCli(['sandbox', 'seed', seed, '--data', data], { cwd: EXAMPLES });
    expect(seeded.code, seeded.stderr).toBe(0);
    const receiver = await endpoint();
    const env = { HOOKS_SECRET: SECRET, HOOKS_URL: receiver.url.slice(0, -1) };
    for (const [at, recipe] of RECIPES.entries()) {
      const cwd = join(EXAMPLES, recipe);
      const [label, incident] = pressOf(recipe);
      for (const argv of [
        ['sync', '--yes'],
        ['run', label, '--incident', incident, '--yes'],
      ]) {
        const { code, stderr } = await spawnCli([...argv, `--sandbox=${data}`], { cwd, env });
        expect(code, `${recipe}: ${stderr}`).toBe(0);
      }
      await receiver.arrived(at + 1);
    }
    expect(receiver.received.map(({ path }) => path)).toEqual(RECIPES.map((recipe) => `/${recipe}`));
  });
});
