import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and its missing parents. Replaces Node's own `recursive`, which on Node 20 to 24 never returns below /proc, where
 * no folder exists or can be made.
 * @throws any error of the file system
 */
export async function makeFolder(path: string, mode?: number): Promise<void> {
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isDirectory()) return;
  if (dirname(path) !== path) await makeFolder(dirname(path), mode);
  await mkdir(path, mode).catch(async (error: unknown) => {
    // Another process may have been faster.
    if (!(await stat(path).catch(() => undefined))?.isDirectory()) throw error;
  });
}
