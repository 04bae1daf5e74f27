/** Signs in: checks a token against its account, and stores it safely. */
import { AuthError, UsageError } from '../../errors.ts';
import { type Token, typeOf, whatIsWrong } from '../../pagerduty/auth/token-kind.ts';
import { REGION_HOSTS } from '../../pagerduty/http/api-url.ts';
import { line, styled } from '../../ui/text/text.ts';
import type { CanConfirm, Context } from '../context.ts';
import { shortPath } from '../files/sandbox-file.ts';
import { KeychainError, systemKeychain } from './keychain.ts';
import { isCi, namedProfile } from './profile.ts';
import {
  type Profile,
  profileFolder,
  removeTokenFile,
  tokenFileOf,
  writeCurrent,
  writeProfile,
  writeTokenFile,
} from './profile-files.ts';
import type { Rights, Who } from './who.ts';

/** Asks a server for the identity of a token. @throws AuthError, RemoteError */
export type Ask = (url: string, token: Token) => Promise<SignedIn>;

type SignedIn = Who & { readonly rights: Rights };

/** Prompts for a token on the terminal, without showing it. */
export async function askForToken(context: Pick<Context, 'prompter'>): Promise<string> {
  const prompter = await context.prompter();
  const validate = (text: string): true | string => {
    const problem = whatIsWrong(text.trim());
    return problem === undefined ? true : `not a valid token: ${problem}`;
  };
  return (await prompter.secret({ message: 'PagerDuty API token:', validate })).trim();
}

/**
 * Checks the token and stores it in a profile, which becomes the current one.
 * @param url the URL that flags, variables or the config name; undefined tries both regions
 * @throws AuthError if the token is refused, UsageError in CI
 */
export async function signIn(
  context: Pick<Context, 'globals' | 'io' | 'env' | 'home' | 'platform' | 'interrupted'>,
  token: Token,
  { url, ask }: { readonly url: string | undefined; readonly ask: Ask },
): Promise<{ readonly profile: Profile; readonly rights: Rights }> {
  if (isCi(context.env)) {
    throw new UsageError('pdactions never reads profiles in CI, so signing in has no effect', {
      hint: 'Set PAGERDUTY_TOKEN, or the variables of an OAuth app.',
    });
  }
  const { rights, ...signedIn } = await findAccount(
    token,
    url === undefined ? Object.values(REGION_HOSTS) : [url],
    ask,
  );
  const name = namedProfile(context) ?? signedIn.account ?? 'default';
  const folder = profileFolder(context);
  const keptIn = await keep(context, folder, name, token.token);
  const profile = { name, ...signedIn, kind: token.tokenType, keptIn };
  await writeProfile(folder, profile);
  await writeCurrent(folder, name);
  return { profile, rights };
}

/** The first URL that accepts the token. */
async function findAccount(
  token: Token,
  urls: readonly string[],
  ask: Ask,
): Promise<SignedIn & { readonly url: string }> {
  let refusal: unknown;
  for (const url of urls) {
    try {
      return { url, ...(await ask(url, token)) };
    } catch (error) {
      if (!(error instanceof AuthError && error.reason === 'unauthorized')) throw error;
      refusal ??= error;
    }
  }
  throw refusal;
}

async function keep(
  context: Pick<Context, 'io' | 'env' | 'home' | 'platform' | 'interrupted'>,
  folder: string,
  name: string,
  token: string,
): Promise<Profile['keptIn']> {
  const keychain = systemKeychain(context);
  try {
    if (keychain) {
      await keychain.save(name, token);
      await removeTokenFile(folder, name);
      context.io.say(line(styled('muted', `The token is stored in ${keychain.name}.`)));
      return 'keychain';
    }
  } catch (error) {
    if (!(error instanceof KeychainError)) throw error;
    context.io.warn(`the keychain ${error.message}`);
  }
  await writeTokenFile(folder, name, token);
  const where = shortPath(tokenFileOf(folder, name), context);
  const text = `The token is stored unencrypted in ${where}, which only you can read (mode 600).`;
  context.io.say(line(styled('warn', text)), { always: true });
  return 'file';
}

/** A token as typed or read, with its kind. @throws AuthError */
export function checkedToken(raw: string, { globals }: Pick<Context, 'globals'>): Token {
  const token = raw.trim();
  const problem = whatIsWrong(token);
  if (problem !== undefined) throw new AuthError(`not a valid token: ${problem}`);
  return { token, tokenType: globals.tokenType ?? typeOf(token) };
}

/**
 * Prompts for a missing token, and whether to store it like `auth login`.
 * @throws CancelledError if the user gives up, AuthError if a token to store is refused
 */
export async function askOnce(
  context: CanConfirm & Pick<Context, 'activity' | 'env' | 'home' | 'platform' | 'interrupted'>,
  url: string,
  ask: Ask,
): Promise<Token> {
  context.activity.end();
  const { io } = context;
  io.say(
    line(styled('muted', 'No PagerDuty API token found. See docs/getting-a-token.md for how to get one.')),
  );
  const token = checkedToken(await askForToken(context), context);
  const prompter = await context.prompter();
  const message = 'Store it for next time?';
  if (await prompter.confirm({ message, default: false })) {
    const { profile } = await signIn(context, token, { url, ask });
    io.say(
      line(
        styled('ok', `Stored as the profile ${profile.name}.`),
        ' To remove it, run `pdactions auth logout`.',
      ),
    );
  }
  return token;
}
