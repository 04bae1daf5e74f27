/** Installs other releases of Node from the npm packages that carry their binaries. */
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
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
  const windows = process.platform === 'win32';
  const binary = `package/bin/${windows ? 'node.exe' : 'node'}`;
  const path = join(home, binary);
  try {
    // Not an installation: the binary is one of 2,700 files.
    const flags = ['--ignore-scripts', '--json', '--loglevel=error'];
    const { stdout } = await execute('npm', ['pack', ...flags, `${packageName()}@${version}`], {
      cwd: home,
      shell: windows,
    });
    const [{ filename }] = JSON.parse(stdout);
    await execute('tar', ['-xzf', filename, binary], { cwd: home });
    rmSync(join(home, filename));
  } catch (error) {
    return { problem: (error.stderr || error.message).trim() };
  }
  try {
    return { path, version: (await execute(path, ['--version'])).stdout.trim() };
  } catch (error) {
    return { problem: `it does not start: ${error.stderr || error.message}` };
  }
}
