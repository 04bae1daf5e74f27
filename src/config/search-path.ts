import { lstat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';

/**
 * The directories that may hold the configuration, nearest first: from the working directory up to the root of the repository, never
 * above it, and never above the home directory. Outside both, only the working directory itself: who knows who else can write to
 * the directories above (T34).
 */
export async function searchPath(cwd: string, home: string | undefined): Promise<string[]> {
  const directories = ancestors(resolve(cwd), home === undefined || home === '' ? undefined : resolve(home));
  for (const [index, directory] of directories.entries()) {
    if (await exists(join(directory, '.git'))) return directories.slice(0, index + 1);
  }
  const isBelowHome = home !== undefined && directories.at(-1) === resolve(home);
  return isBelowHome ? directories : directories.slice(0, 1);
}

/** The directory and all above it; those above `last` only when it is none of them. */
function ancestors(from: string, last: string | undefined): string[] {
  const found = [from];
  for (let directory = from; directory !== last && dirname(directory) !== directory; ) {
    directory = dirname(directory);
    found.push(directory);
  }
  return found;
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}

/** A path as messages show it: from the working directory when that is shorter. */
export function showFile(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short !== '' && short.length < path.length ? short : path;
}
