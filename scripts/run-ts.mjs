#!/usr/bin/env node
/**
 * Runs a TypeScript script of this project on every supported Node:
 *
 *     node scripts/run-ts.mjs scripts/generate-schema.ts --check
 *
 * esbuild bundles the script with its imports from the project; packages stay external. `import.meta.dirname`,
 * `.filename` and `.url` are those of the source file, and `process.argv` is as if Node had run the script itself.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const [, runner, script, ...args] = process.argv;
if (script === undefined) {
  console.error('usage: node scripts/run-ts.mjs SCRIPT.ts [ARGUMENT…]');
  process.exit(3);
}

const entry = resolve(script);
// Inside node_modules, so that packages are found from there, and Git ignores it.
const cache = join(dirname(dirname(resolve(runner))), 'node_modules', '.cache');
mkdirSync(cache, { recursive: true });
const directory = mkdtempSync(join(cache, 'run-ts-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));

/** A bundle has one `import.meta`; each file keeps its own. */
const keepImportMeta = {
  name: 'keep-import-meta',
  setup({ onLoad }) {
    onLoad({ filter: /\.[cm]?ts$/ }, ({ path }) => {
      const own = { dirname: dirname(path), filename: path, url: pathToFileURL(path).href };
      const contents = readFileSync(path, 'utf8').replace(
        /\bimport\.meta\.(dirname|filename|url)\b/g,
        (_all, name) => JSON.stringify(own[name]),
      );
      return { contents, loader: 'ts' };
    });
  },
};

const outfile = join(directory, 'script.mjs');
try {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'error',
    plugins: [keepImportMeta],
  });
} catch {
  // esbuild has printed the reason.
  process.exit(1);
}
process.setSourceMapsEnabled(true);
process.argv = [process.execPath, entry, ...args];
await import(pathToFileURL(outfile).href);
