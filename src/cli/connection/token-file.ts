/** Reads the token from a file, if the file is safe for a token (T21). */

import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../../code-of.ts';
import { AuthError } from '../../errors.ts';
import { LONGEST_TOKEN, mayBeToken } from '../../pagerduty/auth/token-kind.ts';

/** The attributes of a token file that decide whether it is safe. */
export interface TokenFileRules {
  readonly platform: NodeJS.Platform;
  readonly warn: (text: string) => void;
}

const STICKY = 0o1000;
const WRITABLE_BY_ALL = 0o002;
const BY_PIPE = (path: string): string => `pass it on standard input: \`--token-file - < ${path}\`.`;

/**
 * Refuses a file that others can read or write, that another user owns, that is a link, or that others can replace because its folder is
 * world-writable. If that cannot be avoided (secrets mounted into a container), standard input is the alternative.
 */
export async function readTokenFile(path: string, { platform, warn }: TokenFileRules): Promise<string> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error) => {
      throw unreadable(path, error);
    },
  );
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw unsafe(path, 'is not a regular file', 'Use a regular file.');
    if (stats.size > LONGEST_TOKEN)
      throw unsafe(path, 'is too large for a token', 'Check that it is the right file.');
    if (platform === 'win32') {
      warn(`the permissions of the token file ${path} are not checked on Windows`);
    } else if ((stats.mode & 0o077) !== 0) {
      throw unsafe(
        path,
        'can be read or written by others',
        `Run \`chmod 600 ${path}\`; or ${BY_PIPE(path)}`,
      );
    } else if (stats.uid !== process.getuid?.() && stats.uid !== 0) {
      throw unsafe(path, 'belongs to another user', 'Use a file of your own.');
    } else if (isEverybodys((await stat(dirname(path))).mode)) {
      throw unsafe(path, 'is in a world-writable folder', 'Move it to a folder of your own.');
    }
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/** In a folder with the sticky bit, such as /tmp, others cannot replace this file. */
function isEverybodys(mode: number): boolean {
  return (mode & WRITABLE_BY_ALL) !== 0 && (mode & STICKY) === 0;
}

function unsafe(path: string, what: string, hint: string): AuthError {
  return new AuthError(`the token file ${path} ${what}`, { hint });
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist: a part of its path is not a folder',
  EACCES: 'cannot be read: permission denied',
};

function unreadable(path: string, error: unknown): AuthError {
  const code = codeOf(error);
  if (code === 'ELOOP') return unsafe(path, 'is a symbolic link', `Use the file itself; or ${BY_PIPE(path)}`);
  if (mayBeToken(path)) {
    return new AuthError('the token file does not exist, and its name looks like a token', {
      hint: '`--token-file` takes a path. Set PAGERDUTY_TOKEN, or pass the token on standard input: `--token-file -`.',
    });
  }
  const why = WHY[String(code)] ?? `cannot be read (${String(code)})`;
  const hint = path.startsWith('~/')
    ? 'The shell did not replace `~` with your home directory: use a space instead of `=` before it, or $HOME.'
    : 'Check the path and its permissions.';
  return new AuthError(`the token file ${path} ${why}`, { hint, cause: error });
}
