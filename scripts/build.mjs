/**
 * Builds dist/: one bundle, split so that each command loads what it needs, and the licences of everything in it. Nothing is needed at
 * run time but Node, so what was tested is what runs.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
rmSync(dist, { recursive: true, force: true });

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.17',
  minify: true,
  metafile: true,
  logLevel: 'warning',
  chunkNames: 'chunks/[name]-[hash]',
  // pdjs requires `cross-fetch` and calls its default: this is how it comes to speak through Node's own fetch.
  alias: { 'cross-fetch': './src/pagerduty/fetch.ts' },
  // Bundled CommonJS packages require Node's own modules.
  banner: {
    js: "import{createRequire as __pdactionsRequire}from'node:module';const require=__pdactionsRequire(import.meta.url);",
  },
});

const packages = new Set(
  Object.keys(metafile.inputs)
    .map((input) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[0])
    .filter((folder) => folder !== undefined),
);
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES'), licences([...packages].sort()));

/** The licence text of each bundled package, or what its package.json says where it ships none. */
function licences(folders) {
  const parts = folders.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const file = readdirSync(join(root, folder)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    const text =
      file === undefined ? `License: ${license}` : readFileSync(join(root, folder, file), 'utf8').trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  return `This program contains the following software:\n\n${parts.join(`\n${'-'.repeat(78)}\n\n`)}`;
}
