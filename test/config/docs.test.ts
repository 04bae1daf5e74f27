import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NEVER_EXPANDED } from '../../src/config/secrets/never-expanded.ts';
import { load, loadYaml, problemsOf } from './world.ts';

const DOCS = readFileSync(resolve(import.meta.dirname, '../../docs/config.md'), 'utf8');
const env = { AUTOMATION_TOKEN: 't0ken' };

/** The blocks of code in one language. */
function blocks(language: string): string[] {
  return [...DOCS.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text = '']) => text,
  );
}

describe('docs/config.md', () => {
  it('shows valid configurations', async () => {
    const whole = blocks('json').filter((text) => text.startsWith('{'));
    expect(whole.length).toBeGreaterThan(0);
    for (const text of whole) expect(problemsOf(await load(text, { env }))).toEqual([]);
    for (const text of blocks('yaml')) expect(problemsOf(await loadYaml(text, { env }))).toEqual([]);
  });

  it('shows the same configuration in JSON and in YAML', async () => {
    const [json] = blocks('json');
    const [yaml] = blocks('yaml');
    const results = [await load(json ?? '', { env }), await loadYaml(yaml ?? '', { env })];
    const [a, b] = results.map((result) => {
      if (!result.ok) return undefined;
      const actions = [...result.config.actions.values()].map(({ place: _, ...action }) => action);
      const selections = result.config.selections.map(({ place: _, ...selection }) => selection);
      return { ...result.config, file: '', files: [], actions, selections };
    });
    expect(a).toBeDefined();
    expect(a).toEqual(b);
  });

  it('names as never expanded only variables on the list', () => {
    const [, named = ''] = /\*\*Some variables are never expanded\*\*([\s\S]*?)the whole/.exec(DOCS) ?? [];
    const names = [...named.matchAll(/`([A-Z_]+\*?)`/g)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) expect(NEVER_EXPANDED).toContain(name);
  });
});
