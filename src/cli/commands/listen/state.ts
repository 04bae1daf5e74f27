import { constants } from 'node:fs';
import { access, type FileHandle, lstat, open, readlink, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { codeOf } from '../../../code-of.ts';
import { LocalIoError } from '../../../errors.ts';
import type { Surroundings } from '../../context.ts';
import { makeFolder } from '../../files/make-folder.ts';
import { stateFolder } from '../../files/state-folder.ts';

/**
 * The file with the ids of accepted messages: the one named, or one for the port in the user's state directory. Its folder exists
 * afterwards.
 * @param user the current user; absent on Windows
 * @throws LocalIoError if the folder cannot be made, or the path is a pipe, a device (T20) or a link of another user (T59)
 */
export async function listenStateFile(
  named: string | undefined,
  port: number,
  { cwd, home, env }: Pick<Surroundings, 'cwd' | 'home' | 'env'>,
  user: number | undefined = process.getuid?.(),
): Promise<string> {
  const file =
    named === undefined
      ? join(stateFolder({ home, env }, '--state ./presses.jsonl'), `listen-${port}.jsonl`)
      : resolve(cwd, named);
  const unusable = (why: string, cause?: unknown): LocalIoError =>
    new LocalIoError(`cannot remember accepted messages: ${file} ${why}`, {
      reason: 'local_io',
      hint: 'Choose another file with `--state FILE`.',
      cause,
    });
  await makeFolder(dirname(file), 0o700).catch((cause: unknown) => {
    throw unusable('is in a folder that cannot be created', cause);
  });
  const planted = await plantedLink(file, user);
  if (planted !== undefined) throw unusable(`is reached by a link of another user, ${planted}`);
  const stats = await stat(file).catch(() => undefined);
  if (stats && !stats.isFile()) throw unusable('is not a regular file');
  // The file is replaced as a whole. Replacing a link to it would leave its contents behind.
  return stats ? realpath(file) : targetOf(file);
}

/** The folder for the outputs of runs; created if missing. @throws LocalIoError if it cannot be written to */
export async function outputFolder(folder: string): Promise<string> {
  try {
    await makeFolder(folder, 0o700);
    await access(folder, constants.W_OK);
    return folder;
  } catch (cause) {
    throw new LocalIoError(`cannot save output in ${folder}`, {
      reason: 'local_io',
      hint: 'Choose another folder with `--output-dir DIR`.',
      cause,
    });
  }
}

/** As many as the system itself follows. */
const MOST_LINKS = 40;

/** The first link on the path to a file that belongs neither to the user nor to root, who may rewrite all of them anyway. */
async function plantedLink(file: string, user: number | undefined): Promise<string | undefined> {
  let path = file;
  for (let count = 0; user !== undefined && count < MOST_LINKS; count += 1) {
    const stats = await lstat(path).catch(() => undefined);
    if (!stats?.isSymbolicLink()) return undefined;
    if (![user, 0].includes(stats.uid)) return path;
    path = resolve(dirname(path), await readlink(path));
  }
  return undefined;
}

/** The target of a link to a missing file; any other path itself. */
function targetOf(file: string): Promise<string> {
  return readlink(file).then(
    (target) => resolve(dirname(file), target),
    () => file,
  );
}

/**
 * Checks that a file can be appended to; creates it if missing.
 * @throws LocalIoError if not, or if the path is a pipe or a device (T20)
 */
export async function expectAppendable(file: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    // Without O_NONBLOCK, opening a FIFO waits for a reader.
    // A planted link is not followed (T59).
    const guards = (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | guards;
    handle = await open(file, flags, 0o600);
    if (!(await handle.stat()).isFile()) throw unrecordable(file, 'it is not a regular file');
  } catch (cause) {
    if (cause instanceof LocalIoError) throw cause;
    throw unrecordable(file, codeOf(cause), cause);
  } finally {
    await handle?.close();
  }
}

function unrecordable(file: string, why: string, cause?: unknown): LocalIoError {
  return new LocalIoError(`cannot record presses in ${file} (${why})`, {
    reason: 'local_io',
    hint: 'Choose another file with `--record FILE`.',
    cause,
  });
}
