/** Installs other releases of Node from the npm packages that carry their binaries. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The supported releases, by their major version. */
export const MAJORS = ['20', '22', '24', '26'];

/**
 * The package behind `node` for this platform. npm may refuse to run the install script of `node` itself, which only downloads
 * this one.
 */
export function packageName(platform = process.platform, arch = process.arch) {
  const prefix = platform === 'darwin' && arch === 'arm64' ? 'node-bin' : 'node';
  return `${prefix}-${platform === 'win32' ? 'win' : platform}-${arch}`;
}

/**
 * Installs a release of Node into a folder of its own.
 * @param {string} version a major version, or a whole one
 * @param {string} folder the target, outside the project
 * @returns {{ path: string, version: string } | { problem: string }}
 */
export function installNode(version, folder) {
  const home = join(folder, `node-${version}`);
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), '{ "private": true }\n');
  const name = packageName();
  const npm = spawnSync(
    'npm',
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', `${name}@${version}`],
    { cwd: home, encoding: 'utf8', shell: process.platform === 'win32' },
  );
  if (npm.status !== 0) return { problem: (npm.stderr || String(npm.error ?? 'npm failed')).trim() };
  const path = join(home, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(path)) return { problem: `${name} holds no bin/node` };
  const run = spawnSync(path, ['--version'], { encoding: 'utf8' });
  if (run.status !== 0) return { problem: `it does not start: ${run.stderr || run.error}` };
  return { path, version: run.stdout.trim() };
}
