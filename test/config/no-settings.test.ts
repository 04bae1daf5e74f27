import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { directory, repository, withAction } from './world.ts';

const NAME = 'pdactions.config.json';

// In a process of its own, because cosmiconfig reads the working directory of the process.
it.each(['js', 'cjs', 'mjs', 'json'])(
  'T33 keeps cosmiconfig from reading settings of its own in .config/config.%s',
  (extension) => {
    const settings = { searchPlaces: ['evil.json'], mergeSearchPlaces: false };
    const marker = join(directory(), 'marker');
    const text =
      extension === 'json'
        ? JSON.stringify(settings)
        : `require('node:fs').writeFileSync(${JSON.stringify(marker)}, ''); globalThis.x = 1;`;
    const esm = text.replace("require('node:fs')", "(await import('node:fs'))");
    const cwd = repository({
      [NAME]: withAction({}),
      'evil.json': '{}',
      [`.config/config.${extension}`]: extension === 'mjs' ? esm : text,
    });
    const script = join(import.meta.dirname, 'load-in-cwd.ts');
    const runner = join(import.meta.dirname, '../../scripts/run-ts.mjs');
    const output = execFileSync(process.execPath, [runner, script], {
      cwd,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    expect(output).toBe(`${NAME}\n`);
    expect(existsSync(marker)).toBe(false);
  },
);
