import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder, and the missing ones above it. Not with Node's own `recursive`: on Node 20 to 24 that one never returns below /proc, where
 * nothing exists and nothing can be made.
 * @throws what the file system throws
 */
export async function makeFolder(path: string, mode?: number): Promise<void> {
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isDirectory()) return;
  if (dirname(path) !== path) await makeFolder(dirname(path), mode);
  await mkdir(path, mode).catch(async (error: unknown) => {
    // Another process may have been quicker.
    if (!(await stat(path).catch(() => undefined))?.isDirectory()) throw error;
  });
}
