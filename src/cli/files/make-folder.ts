import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those above it that are missing. Not by Node's own `recursive`: where a file system says that nothing is there and
 * lets nothing be made, as /proc does, that one tries for ever.
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
