import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** Spawned tests run the bundle, like users do, so it must be built from these sources. */
export default function setup(): void {
  const built = join(root, 'dist/main.js');
  const newest = Math.max(...['src', 'bin', 'scripts', 'package.json'].map(newestIn));
  if (existsSync(built) && statSync(built).mtimeMs > newest) return;
  execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'inherit' });
}

function newestIn(path: string): number {
  const full = join(root, path);
  if (!statSync(full).isDirectory()) return statSync(full).mtimeMs;
  return Math.max(...readdirSync(full).map((entry) => newestIn(join(path, entry))));
}
