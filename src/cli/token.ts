/** Where the token comes from, and what it must look like before it may leave (T21–T23). */
import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { AuthError } from '../errors.ts';

export interface Token {
  readonly token: string;
  /** An API key, or an OAuth access token (fact 17). */
  readonly tokenType: 'token' | 'bearer';
}

export interface TokenSource {
  /** `--token-file`; `-` is standard input. */
  readonly file: string | undefined;
  /** PAGERDUTY_TOKEN. */
  readonly variable: string | undefined;
  readonly stdin: Readable;
  readonly platform: NodeJS.Platform;
  readonly warn: (text: string) => void;
}

const LONGEST_TOKEN = 4096;

/**
 * The token, checked.
 * @throws AuthError when there is none, its file is readable by others, or it cannot be a token; the value is never told
 */
export async function readToken(source: TokenSource): Promise<Token> {
  const { file, variable, stdin } = source;
  if (file === '-') return checked(await readSome(stdin), 'standard input');
  if (file !== undefined) return checked(await readTokenFile(file, source), `the file ${file}`);
  if (variable !== undefined && variable !== '') return checked(variable, 'PAGERDUTY_TOKEN');
  throw new AuthError('there is no PagerDuty API token', {
    hint: 'Set PAGERDUTY_TOKEN, or name a file with `--token-file`. To try without an account, add `--sandbox`.',
  });
}

function checked(raw: string, where: string): Token {
  const token = raw.replace(/\r?\n$/, '');
  const problem = whatIsWrong(token);
  if (problem !== undefined) {
    throw new AuthError(`what ${where} holds is not a token: ${problem}`, {
      hint: 'It has to be the bare token: no quotes, no spaces, no `Bearer` or `Token token=` before it.',
    });
  }
  return { token, tokenType: isOAuth(token) ? 'bearer' : 'token' };
}

function whatIsWrong(token: string): string | undefined {
  if (token === '') return 'it is empty';
  if (token.length > LONGEST_TOKEN) return 'it is far too long';
  if (/^(bearer|token)\b/i.test(token)) return 'it begins with the name of a scheme';
  if (/^["'].*["']$/s.test(token)) return 'it is in quotes';
  return /^[\w.~+/=-]+$/.test(token) ? undefined : 'it contains characters that no token has';
}

/** No more than a token can be: standard input may be endless. A byte order mark stays, and is objected to (T23). */
async function readSome(stdin: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    chunks.push(Buffer.from(chunk));
    size += chunks.at(-1)?.length ?? 0;
    if (size > LONGEST_TOKEN + '\r\n'.length) break;
  }
  return Buffer.concat(chunks).toString();
}

/** OAuth access tokens begin with the region's mark or are JWTs; API keys are 20 characters without a dot. */
function isOAuth(token: string): boolean {
  return /^pd(us|eu)\+/.test(token) || token.includes('.');
}

const STICKY = 0o1000;
const WRITABLE_BY_ALL = 0o002;
const BY_PIPE = (path: string): string => `give it on standard input: \`--token-file - < ${path}\`.`;

/**
 * A file that others can read or write, that belongs to somebody else, that is a link, or that anybody can replace because its folder is
 * everybody's, is no place for a token. Where that cannot be helped (secrets mounted into a container), there is standard input.
 */
async function readTokenFile(path: string, { platform, warn }: TokenSource): Promise<string> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error) => {
      throw unreadable(path, error);
    },
  );
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw unsafe(path, 'is not a regular file', 'Name a regular file.');
    if (stats.size > LONGEST_TOKEN) throw unsafe(path, 'is too large for a token', 'Is it the right file?');
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
      throw unsafe(path, 'is in a folder that everybody can write to', 'Move it to a folder of your own.');
    }
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/** In a folder with the sticky bit, such as /tmp, others cannot put a file of theirs in the place of this one. */
function isEverybodys(mode: number): boolean {
  return (mode & WRITABLE_BY_ALL) !== 0 && (mode & STICKY) === 0;
}

function unsafe(path: string, what: string, hint: string): AuthError {
  return new AuthError(`the token file ${path} ${what}`, { hint });
}

function unreadable(path: string, error: unknown): AuthError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ELOOP')
    return unsafe(path, 'is a symbolic link', `Name the file itself; or ${BY_PIPE(path)}`);
  return new AuthError(`the token file ${path} cannot be read (${String(code)})`, {
    hint: 'Check the path and its permissions.',
    cause: error,
  });
}
