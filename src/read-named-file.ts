/** Files that the user names, other than the config: plans, seeds, certificates. A pipe or a device must neither hang nor flood the program (T20). */

import { constants } from 'node:fs';
import { codeOf } from './code-of.ts';
import { LocalIoError } from './errors.ts';
import { close, fstat, open, readFile } from './files.ts';

/** More than the plan of the largest account (T35). */
const LARGEST = 50 * 1024 * 1024;

/**
 * The text of a regular file.
 * @param what the expected contents, for messages: `the plan`
 * @param shown its name as given
 * @throws LocalIoError if it cannot be read, is not a regular file, or is far too large
 */
export async function readNamedFile(path: string, what: string, shown: string): Promise<string> {
  let fd: number | undefined;
  try {
    // Without O_NONBLOCK, opening a FIFO waits for a writer.
    fd = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = await fstat(fd);
    if (!stats.isFile()) throw unreadable(what, shown, 'it is not a regular file');
    if (stats.size > LARGEST) throw unreadable(what, shown, 'it is larger than 50 MB');
    return await readFile(fd, 'utf8');
  } catch (cause) {
    if (cause instanceof LocalIoError) throw cause;
    const code = codeOf(cause);
    throw unreadable(what, shown, code, cause);
  } finally {
    if (fd !== undefined) await close(fd);
  }
}

function unreadable(what: string, shown: string, why: string, cause?: unknown): LocalIoError {
  return new LocalIoError(`could not read ${what} ${shown} (${why})`, {
    reason: 'local_io',
    hint: 'Check the path and its permissions.',
    cause,
  });
}
