import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { lstat } from '../../files.ts';

/**
 * The directories that may contain the configuration, nearest first: from the working directory up to the root of the repository, never
 * above it, and never above the home directory. Outside both, only the working directory itself, because other users may be able to
 * write to the directories above (T34).
 */
export async function searchPath(cwd: string, home: string | undefined): Promise<string[]> {
  const directories = ancestors(resolve(cwd), home === undefined || home === '' ? undefined : resolve(home));
  for (const [index, directory] of directories.entries()) {
    if (await exists(join(directory, '.git'))) return directories.slice(0, index + 1);
  }
  const isBelowHome = home !== undefined && directories.at(-1) === resolve(home);
  return isBelowHome ? directories : directories.slice(0, 1);
}

/**
 * The root of the repository of a directory, which limits the files that a file there may extend. Without a repository, the directory
 * itself (T34).
 */
export async function repositoryRoot(directory: string, home: string | undefined): Promise<string> {
  for (const candidate of ancestors(directory, home === '' ? undefined : home)) {
    if (await exists(join(candidate, '.git'))) return candidate;
  }
  return directory;
}

/** True for a path that is the directory, or below it. Both absolute. */
export function isInside(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** The directory and its ancestors, up to `last` if it is one of them. */
function ancestors(from: string, last: string | undefined): string[] {
  const folders = [from];
  for (let directory = from; directory !== last && dirname(directory) !== directory; ) {
    directory = dirname(directory);
    folders.push(directory);
  }
  return folders;
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}

/** A path for messages: relative to the working directory if that is shorter. */
export function showFile(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short !== '' && short.length < path.length ? short : path;
}
