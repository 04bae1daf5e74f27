/** Installs other releases of Node from the npm packages that carry their binaries. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

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
 * @returns {Promise<{ path: string, version: string } | { problem: string }>}
 */
export async function installNode(version, folder) {
  const home = join(folder, `node-${version}`);
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), '{ "private": true }\n');
  const name = packageName();
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  try {
    await execute('npm', ['install', ...flags, `${name}@${version}`], {
      cwd: home,
      shell: process.platform === 'win32',
    });
  } catch (error) {
    return { problem: (error.stderr || error.message).trim() };
  }
  const path = join(home, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(path)) return { problem: `${name} holds no bin/node` };
  try {
    return { path, version: (await execute(path, ['--version'])).stdout.trim() };
  } catch (error) {
    return { problem: `it does not start: ${error.stderr || error.message}` };
  }
}
