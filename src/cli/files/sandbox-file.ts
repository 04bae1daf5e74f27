import { stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { codeOf } from '../../code-of.ts';
import { LocalIoError } from '../../errors.ts';
import { makeFolder } from './make-folder.ts';
import { stateFolder } from './state-folder.ts';

/**
 * The sandbox's data file: the one named, or one in the user's state directory. Its folder exists afterwards.
 * @throws LocalIoError if the folder cannot be made, or if the path is a pipe or a device, which would block forever (T20)
 */
export async function sandboxFile(
  named: string | undefined,
  {
    cwd,
    home,
    env,
  }: {
    readonly cwd: string;
    readonly home: () => string;
    readonly env: Readonly<Record<string, string | undefined>>;
  },
): Promise<string> {
  const file = named
    ? resolve(cwd, named)
    : join(stateFolder({ home, env }, '--sandbox=./sandbox.json'), 'sandbox.json');
  await makeFolder(dirname(file), 0o700).catch((cause: unknown) => {
    throw unusable(dirname(file), `cannot be created (${codeOf(cause)})`, cause);
  });
  const stats = await stat(file).catch(() => undefined);
  if (stats && !stats.isFile()) throw unusable(file, 'is not a regular file');
  return file;
}

/** The path as shown to users. */
export function shortPath(path: string, { home }: { readonly home: () => string }): string {
  const prefix = home().endsWith(sep) ? home() : home() + sep;
  return path.startsWith(prefix) && prefix !== sep ? `~${sep}${path.slice(prefix.length)}` : path;
}

function unusable(path: string, why: string, cause?: unknown): LocalIoError {
  return new LocalIoError(`the sandbox cannot keep its data: ${path} ${why}`, {
    reason: 'local_io',
    hint: 'Choose another file, for example `--sandbox=./sandbox.json`.',
    cause,
  });
}
