/** The sources of the token, and the form that it must have before it is sent (T21–T23). */
import type { Readable } from 'node:stream';
import type { Clock } from '../../clock.ts';
import { AuthError } from '../../errors.ts';
import type { Environment } from '../../lib/way/proxy-env.ts';
import {
  LONGEST_TOKEN,
  type Token,
  type TokenType,
  typeOf,
  whatIsWrong,
} from '../../pagerduty/auth/token-kind.ts';

/** The environment of the sources. */
export interface TokenWorld {
  /** `--token-file`; `-` is standard input. */
  readonly tokenFile: string | undefined;
  /** `--token-type`: overrides the form of the token. */
  readonly tokenType: TokenType | undefined;
  readonly env: Environment;
  readonly stdin: () => Readable;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly interrupted: AbortSignal;
  readonly warn: (text: string) => void;
}

/** One possible source of the token. */
export interface TokenSource {
  /** As named in messages. */
  readonly name: string;
  readonly isSet: (world: TokenWorld) => boolean;
  /** The raw token, and its holder, for messages. */
  readonly read: (world: TokenWorld) => Promise<{ readonly raw: string; readonly where: string }>;
}

const fromVariable = (
  name: string,
  read: (value: string, world: TokenWorld) => ReturnType<TokenSource['read']>,
): TokenSource => ({
  name,
  isSet: ({ env }) => Boolean(env[name]),
  read: (world) => read(world.env[name] ?? '', world),
});

/** All sources of tokens, by precedence. */
export const TOKEN_SOURCES: readonly TokenSource[] = [
  {
    name: '`--token-file`',
    isSet: ({ tokenFile }) => tokenFile !== undefined,
    read: async (world) => {
      const { tokenFile = '', stdin } = world;
      if (tokenFile === '-') return { raw: await readSome(stdin()), where: 'standard input' };
      return fromFile(tokenFile, world);
    },
  },
  fromVariable('PAGERDUTY_TOKEN', async (raw) => ({ raw, where: 'PAGERDUTY_TOKEN' })),
  fromVariable('PAGERDUTY_TOKEN_FILE', fromFile),
  fromVariable('PAGERDUTY_TOKEN_COMMAND', async (command, world) => {
    const where = 'PAGERDUTY_TOKEN_COMMAND';
    const { readFromCommand } = await import('./token-command.ts');
    return { raw: await readFromCommand(command, where, world), where };
  }),
];

/** The effective source; undefined without one. */
export function tokenSource(world: TokenWorld): TokenSource | undefined {
  return TOKEN_SOURCES.find(({ isSet }) => isSet(world));
}

/** True if the environment names an OAuth app, which counts if no source has a token. */
export function namesApp(env: Environment): boolean {
  return Boolean(env.PAGERDUTY_CLIENT_ID);
}

/**
 * The token, checked.
 * @throws AuthError if it is missing, its file is readable by others, or it cannot be a token; the value is never repeated
 */
export async function readToken(world: TokenWorld): Promise<Token> {
  const source = tokenSource(world);
  if (!source) {
    throw new AuthError('no PagerDuty API token found', {
      hint: 'Set PAGERDUTY_TOKEN, sign in with `pdactions auth login`, or pass a file with `--token-file`. To try it without an account, add `--sandbox`.',
    });
  }
  const { raw, where } = await source.read(world);
  const token = raw.replace(/\r?\n$/, '');
  const problem = whatIsWrong(token);
  if (problem !== undefined) {
    throw new AuthError(`${where} does not contain a valid token: ${problem}`, {
      hint: 'It must be the bare token: no quotes, no spaces, no `Bearer` or `Token token=` before it.',
    });
  }
  return { token, tokenType: world.tokenType ?? typeOf(token) };
}

async function fromFile(path: string, world: TokenWorld): ReturnType<TokenSource['read']> {
  const { readTokenFile } = await import('./token-file.ts');
  return { raw: await readTokenFile(path, world), where: `the file ${path}` };
}

/** Reads at most the size of a token, because standard input may be endless. Keeps a byte order mark, so that it is refused (T23). */
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
