import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { directory, repository, withAction } from './world.ts';

const BANNER =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

it('works as published: bundled, and loaded in chunks', async () => {
  const outdir = directory({
    'run.mjs': `const { loadConfig } = await import('./load-config.js');
const result = await loadConfig({ cwd: process.argv[2], env: {} });
process.stdout.write(result?.ok ? result.config.file : JSON.stringify(result));`,
  });
  await build({
    entryPoints: [resolve(import.meta.dirname, '../../src/config/load-config.ts')],
    outdir,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'silent',
    banner: { js: BANNER },
  });
  const yaml = 'actions: {}\nservices: {}\n';
  const files = { 'pdactions.config.json': withAction({}), 'pdactions.config.yaml': yaml };
  for (const [name, text] of Object.entries(files)) {
    const output = execFileSync(process.execPath, [join(outdir, 'run.mjs'), repository({ [name]: text })], {
      encoding: 'utf8',
    });
    expect(output).toBe(name);
  }
});
