/** Finds commands of handlers that cannot be started, before the first press. */
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { Route } from '../../../receiver/press/routes.ts';
import type { Surroundings } from '../../context.ts';

/**
 * One sentence for each action whose program is missing or not executable. The receiver still starts: the other buttons work, and a missing
 * program may appear, for example on a mounted disk. On Windows, where names have many endings, nothing is checked.
 */
export async function unusablePrograms(
  routes: Iterable<Pick<Route, 'action' | 'folder' | 'handler'>>,
  { env, platform }: Pick<Surroundings, 'env' | 'platform'>,
): Promise<readonly string[]> {
  if (platform === 'win32') return [];
  const judged = [...routes].map(async ({ action, folder, handler }) => {
    const [program] = handler?.command ?? [];
    if (program === undefined) return [];
    const why = await problemOf(program, folder, env.PATH ?? '');
    return why === undefined ? [] : [`"${action}" cannot run ${program}: ${why}`];
  });
  return (await Promise.all(judged)).flat();
}

/** Looks it up like the system: a name along `PATH`, a path from the folder in which it runs. */
async function problemOf(program: string, folder: string, path: string): Promise<string | undefined> {
  if (!program.includes('/')) {
    const places = path.split(delimiter).map((place) => resolve(folder, join(place, program)));
    const usable = await Promise.all(places.map(isProgram));
    return usable.includes(true) ? undefined : 'it is not in PATH';
  }
  const file = isAbsolute(program) ? program : resolve(folder, program);
  if (await isProgram(file)) return undefined;
  const isThere = await stat(file).then(
    (stats) => stats.isFile(),
    () => false,
  );
  if (isThere) return 'it is not executable';
  return isAbsolute(program) ? 'it does not exist' : `it does not exist in ${folder}`;
}

async function isProgram(file: string): Promise<boolean> {
  const isFile = await stat(file).then(
    (stats) => stats.isFile(),
    () => false,
  );
  return (
    isFile &&
    (await access(file, constants.X_OK).then(
      () => true,
      () => false,
    ))
  );
}
