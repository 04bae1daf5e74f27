/** Decides the profile of a run, and reads its token. */
import { AuthError, RefusedError, UsageError } from '../../errors.ts';
import type { Token } from '../../pagerduty/auth/token-kind.ts';
import type { CanChooseProfile, Context } from '../context.ts';
import { type Keychain, KeychainError, systemKeychain } from './keychain.ts';
import {
  PROFILE_NAME,
  type Profile,
  profileFolder,
  profileNames,
  readCurrent,
  readProfile,
  tokenFileOf,
} from './profile-files.ts';
import { readTokenFile, type TokenFileRules } from './token-file.ts';

/** True in CI, which never reads profiles: a profile there is an accident. */
export function isCi({ CI }: Context['env']): boolean {
  return CI !== undefined && CI !== '' && CI !== 'false' && CI !== '0';
}

/** The profile that a flag or a variable names. @throws UsageError for an invalid name, and in CI */
export function namedProfile({ globals, env }: Pick<Context, 'globals' | 'env'>): string | undefined {
  const name = globals.profile ?? (env.PAGERDUTY_PROFILE || undefined);
  if (name === undefined) return undefined;
  const from = globals.profile === undefined ? 'PAGERDUTY_PROFILE' : '`--profile`';
  if (isCi(env)) {
    throw new UsageError(`${from} selects a profile, but pdactions never reads profiles in CI`, {
      hint: 'Set PAGERDUTY_TOKEN, or the variables of an OAuth app.',
    });
  }
  if (PROFILE_NAME.test(name)) return name;
  throw new UsageError(`${from} must be the name of a profile: lower-case letters, digits, - and _`, {
    hint: 'Run `pdactions auth status` to see the profiles.',
  });
}

/**
 * The profile of this run: the named one, else that of the config's account, else the current one.
 * @throws AuthError if the named one does not exist, RefusedError if it is of another account than the config
 */
export async function chooseProfile(context: CanChooseProfile): Promise<Profile | undefined> {
  const named = namedProfile(context);
  if (isCi(context.env) || (named === undefined && context.home() === '')) return undefined;
  const folder = profileFolder(context);
  const account = (await context.configAccount())?.toLowerCase();
  if (named === undefined) {
    const matching = account === undefined ? undefined : await profileOf(folder, account);
    const current = matching ? undefined : await readCurrent(folder);
    const profile = matching ?? (current === undefined ? undefined : await readProfile(folder, current));
    return profile && checked(profile, account);
  }
  const profile = await readProfile(folder, named);
  if (profile) return checked(profile, account);
  throw new AuthError(`profile ${named} does not exist`, {
    hint: `Create it with \`pdactions auth login --profile ${named}\`; \`pdactions auth status\` shows existing ones.`,
  });
}

/** The profile of an account; with several, the current one first. A damaged one is skipped. */
async function profileOf(folder: string, account: string): Promise<Profile | undefined> {
  const names = await profileNames(folder);
  const current = await readCurrent(folder);
  const profiles = await Promise.all(names.map((name) => readProfile(folder, name).catch(() => undefined)));
  const matching = profiles.filter((profile) => profile?.account?.toLowerCase() === account);
  return matching.find((profile) => profile?.name === current) ?? matching[0];
}

function checked(profile: Profile, account: string | undefined): Profile {
  if (account === undefined || profile.account === null || profile.account.toLowerCase() === account) {
    return profile;
  }
  throw new RefusedError(
    `the profile ${profile.name} is for the account ${profile.account}, but the config is for ${account}`,
    { hint: `Sign in to ${account} with \`pdactions auth login\`. Nothing was sent.` },
  );
}

/** The token of a profile. @throws AuthError if the keychain is locked or missing, or does not have it */
export async function profileToken(
  profile: Profile,
  context: Pick<Context, 'globals' | 'env' | 'home' | 'platform' | 'interrupted'>,
  warn: TokenFileRules['warn'],
): Promise<Token> {
  const { name, kind, keptIn } = profile;
  if (keptIn === 'file') {
    const path = tokenFileOf(profileFolder(context), name);
    const token = (await readTokenFile(path, { platform: context.platform, warn })).trim();
    return { token, tokenType: context.globals.tokenType ?? kind };
  }
  const token = await readKeychain(systemKeychain(context), name);
  return { token, tokenType: context.globals.tokenType ?? kind };
}

async function readKeychain(keychain: Keychain | undefined, name: string): Promise<string> {
  const again = `or sign in again with \`pdactions auth login --profile ${name}\`.`;
  try {
    const token = keychain && (await keychain.read(name));
    if (token) return token;
  } catch (error) {
    if (!(error instanceof KeychainError)) throw error;
    throw new AuthError(`could not read the token of the profile ${name}: the keychain ${error.message}`, {
      hint: `Unlock or install it, ${again}`,
      cause: error,
    });
  }
  throw new AuthError(`the keychain has no token for the profile ${name}`, {
    hint: `It may have been removed there. Set PAGERDUTY_TOKEN, ${again}`,
  });
}

/** A token is sent only to the API of its profile. @throws RefusedError */
export function expectOwnAddress(profile: Profile, url: string, from: string): void {
  if (url === profile.url) return;
  throw new RefusedError(`the profile ${profile.name} is for ${profile.url}, but ${from} selects ${url}`, {
    hint: 'Nothing was sent. Leave out the address, or sign in there with `pdactions auth login`.',
  });
}
