import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { generated } from '../scripts/generate.ts';
import { findCommands } from '../scripts/generate-commands.ts';

const ROOT = resolve(import.meta.dirname, '..');

it('the generated files are up to date: `npm run generate`', async () => {
  const files = await generated();
  expect(files.size).toBeGreaterThan(2);
  for (const [file, text] of files)
    expect(readFileSync(resolve(ROOT, file), 'utf8') === text, file).toBe(true);
});

it('every command has a distinct position in its group', async () => {
  const places = (await findCommands()).map(({ spec: { group, rank } }) => `${group} ${rank}`);
  expect(new Set(places).size).toBe(places.length);
});
