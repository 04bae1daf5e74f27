/** Writes files whole or not at all, and readable by their owner alone unless they should be shared (T22, F36). */

import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { codeOf } from '../../code-of.ts';
import { LocalIoError } from '../../errors.ts';

/** A file whose place is reserved, for content that comes later. */
export interface PendingFile {
  /** @throws LocalIoError if it cannot be written; the previous file is intact */
  commit(text: string): Promise<void>;
  discard(): Promise<void>;
}

/**
 * Opens a temporary file beside `path`, so that an unwritable place fails before any other work.
 * @throws LocalIoError if it cannot be opened
 */
export async function openPendingFile(path: string, cwd: string, mode = 0o600): Promise<PendingFile> {
  const target = resolve(cwd, path);
  const folder = await realpath(dirname(target)).catch((error) => {
    throw failed(path, error);
  });
  // Replacing would remove a pipe or a device, such as /dev/null, for the whole machine.
  const stats = await stat(target).catch(() => null);
  if (stats && !stats.isFile() && !stats.isDirectory()) throw failed(path, 'it is not a file');
  const temporary = join(folder, `.${basename(target)}.${crypto.randomUUID().slice(0, 13)}.tmp`);
  const handle = await open(temporary, 'wx', mode).catch((error) => {
    throw failed(path, error);
  });
  const discard = async (): Promise<void> => {
    await handle.close().catch(() => undefined);
    await rm(temporary, { force: true });
  };
  return {
    discard,
    async commit(text) {
      try {
        await handle.writeFile(text);
        await handle.sync();
        await handle.close();
        // rename replaces a link, never what it points to.
        await rename(temporary, join(folder, basename(target)));
      } catch (error) {
        await discard();
        throw failed(path, error);
      }
    },
  };
}

function failed(path: string, cause: unknown): LocalIoError {
  const code = codeOf(cause);
  const why = typeof cause === 'string' ? cause : code;
  return new LocalIoError(`could not write ${path} (${why})`, {
    reason: 'local_io',
    hint: 'Check the folder, its permissions and the free disk space.',
    cause,
  });
}
