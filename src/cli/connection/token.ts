/** Where the token comes from, and what it must look like before it may leave (T21–T23). */
import type { Readable } from 'node:stream';
import { AuthError } from '../../errors.ts';
import type { TokenFileRules } from './token-file.ts';
import { isOAuth, LONGEST_TOKEN, whatIsWrong } from './token-form.ts';

export interface Token {
  readonly token: string;
  /** An API key, or an OAuth access token (fact 17). */
  readonly tokenType: 'token' | 'bearer';
}

export interface TokenSource extends TokenFileRules {
  /** `--token-file`; `-` is standard input. */
  readonly file: string | undefined;
  /** PAGERDUTY_TOKEN. */
  readonly variable: string | undefined;
  readonly stdin: () => Readable;
}

/**
 * The token, checked.
 * @throws AuthError when there is none, its file is readable by others, or it cannot be a token; the value is never told
 */
export async function readToken(source: TokenSource): Promise<Token> {
  const { file, variable, stdin } = source;
  if (file === '-') return checked(await readSome(stdin()), 'standard input');
  if (file !== undefined) {
    const { readTokenFile } = await import('./token-file.ts');
    return checked(await readTokenFile(file, source), `the file ${file}`);
  }
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
