import { afterAll, beforeAll } from 'vitest';
import { createLab, type Lab } from './lab.ts';
import { type Ideal, measure } from './oracle.ts';
import type { WorldSpec } from './worlds.ts';

/** One lab for a file, with the measured worlds that it uses. */
export function useLab(
  ...worlds: readonly WorldSpec[]
): () => { lab: Lab; ideal: (world: WorldSpec) => Ideal } {
  let lab: Lab;
  const measured = new Map<string, Ideal>();
  beforeAll(async () => {
    lab = await createLab();
    for (const world of worlds) measured.set(world.name, await measure(lab, world));
  });
  afterAll(() => lab.close());
  return () => ({
    lab,
    ideal(world) {
      const found = measured.get(world.name);
      if (!found) throw new Error(`${world.name} was not measured`);
      return found;
    },
  });
}
