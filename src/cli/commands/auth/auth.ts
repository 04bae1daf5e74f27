import { AuthError, UsageError } from '../../../errors.ts';
import { type Line, line, styled } from '../../../ui/text/text.ts';
import type { CommandSpec } from '../../command.ts';
import { addressFor, namesAddress } from '../../connection/address.ts';
import { KeychainError, systemKeychain } from '../../connection/keychain.ts';
import { namedProfile } from '../../connection/profile.ts';
import {
  PROFILE_NAME,
  profileFolder,
  profileNames,
  readCurrent,
  readProfile,
  removeProfile,
  writeCurrent,
} from '../../connection/profile-files.ts';
import { askForToken, checkedToken, signIn } from '../../connection/sign-in.ts';
import { tokenSource } from '../../connection/token.ts';
import type { Rights } from '../../connection/who.ts';
import type { CanCall, CanConfirm, CanReadToken, Context } from '../../context.ts';
import { runStatus } from './status.ts';

export const spec: CommandSpec = {
  name: 'auth',
  summary: 'sign in to accounts and switch between them',
  group: 'other',
  rank: 4,
  scopes: 'none',
  document: 'auth-status',
  uses: ['pagerduty', 'result'],
  examples: [
    'auth login',
    'auth login --profile acme-eu --region eu',
    'auth status',
    'auth switch acme-eu',
    'auth logout acme-eu',
  ],
  define(command, context) {
    command
      .command('login')
      .description('check a token and store it in the keychain')
      .action(() => runLogin(context()));
    command
      .command('status')
      .description('show all sources of credentials and which one is used')
      .action(() => runStatus(context()));
    command
      .command('switch')
      .description('make another profile the current one')
      .argument('<profile>', 'name of the profile')
      .action((name: string) => runSwitch(context(), name));
    command
      .command('logout')
      .description('remove a profile and its token')
      .argument('[profile]', 'name of the profile (default: the current one)')
      .action((name: string | undefined) => runLogout(context(), name));
  },
};

/** Signs in: reads the token without showing it, checks it, stores it. */
export async function runLogin(
  context: CanCall & Pick<Context, 'configRegion' | 'prompter' | 'home' | 'stdin'>,
): Promise<void> {
  const { io } = context;
  // Rejects a wrong name, and CI, before any question.
  namedProfile(context);
  const token = checkedToken(await readGiven(context), context);
  const { whoAt } = await import('../../connection/connect.ts');
  const url = namesAddress(context) ? (await addressFor(context)).url : undefined;
  const { profile, rights } = await signIn(context, token, { url, ask: whoAt(context) });
  const kind = profile.kind === 'bearer' ? 'an OAuth token' : 'an API key';
  const owner = profile.user ?? 'the account itself';
  const account = profile.account ?? 'an account of unknown name';
  io.say(
    line(styled('ok', `Signed in to ${account}`), ` (${new URL(profile.url).host}): ${kind} of ${owner}.`),
  );
  io.say(rightsLine(rights));
  io.say(line(`The profile ${profile.name} is now the current one. Run \`pdactions doctor\` for more.`));
  const source = tokenSource({ ...worldOf(context), tokenFile: undefined });
  if (!source) return;
  const text = `${source.name} is set and takes precedence over every profile, except with \`--profile\``;
  io.warn(text);
}

/** The token's rights, and the commands that they allow. */
function rightsLine({ unread, write }: Rights): Line {
  if (unread !== null) return line(styled('warn', 'It cannot read actions: '), `${unread}.`);
  if (write.may === true) return line('It can read and change actions.');
  const enough = 'That is enough for `list`, `plan` and `export`.';
  return write.may === false
    ? line(styled('warn', 'It can only read actions'), ` (${write.why}). ${enough}`)
    : line(`It can read actions; PagerDuty does not say whether it can change them.`);
}

async function readGiven(context: CanReadToken & CanConfirm): Promise<string> {
  const world = worldOf(context);
  if (world.tokenFile !== undefined) return (await tokenSource(world)?.read(world))?.raw ?? '';
  if (context.io.canPrompt) return askForToken(context);
  throw new UsageError('auth login prompts for a token, and this is not an interactive terminal', {
    hint: 'Pass the token on standard input: `pdactions auth login --token-file - < FILE`.',
  });
}

function worldOf(context: CanReadToken & Pick<Context, 'io'>) {
  const { tokenFile, tokenType } = context.globals;
  const warn = (text: string): void => context.io.warn(text);
  return { ...context, tokenFile, tokenType, warn };
}

/** Makes another profile the current one. */
export async function runSwitch(context: Pick<Context, 'io' | 'env' | 'home'>, name: string): Promise<void> {
  const folder = profileFolder(context);
  const profile = PROFILE_NAME.test(name) ? await readProfile(folder, name) : undefined;
  if (!profile) throw await unknownProfile(folder, name);
  await writeCurrent(folder, name);
  context.io.say(line(styled('ok', `${name} is the current profile`), ` (${new URL(profile.url).host}).`));
}

/** Removes the token from its storage, and then the profile. */
export async function runLogout(
  context: Pick<Context, 'globals' | 'io' | 'env' | 'home' | 'platform' | 'interrupted'>,
  given: string | undefined,
): Promise<void> {
  const folder = profileFolder(context);
  const name = given ?? namedProfile(context) ?? (await readCurrent(folder));
  if (name === undefined) throw new UsageError('there is no current profile to sign out of');
  const names = await profileNames(folder);
  if (!names.includes(name)) throw await unknownProfile(folder, name);
  // A damaged profile does not name the storage of its token.
  const profile = await readProfile(folder, name).catch(() => null);
  if (profile?.keptIn !== 'file') await removeFromKeychain(context, name, profile === null);
  await removeProfile(folder, name);
  context.io.say(
    line(styled('ok', `Signed out of ${name}.`), ' The token itself is still valid: revoke it in PagerDuty.'),
  );
}

async function removeFromKeychain(
  context: Pick<Context, 'env' | 'platform' | 'interrupted'>,
  name: string,
  isDoubtful: boolean,
): Promise<void> {
  try {
    await systemKeychain(context)?.remove(name);
  } catch (error) {
    if (!(error instanceof KeychainError)) throw error;
    if (isDoubtful) return;
    throw new AuthError(`could not remove the token of ${name}: the keychain ${error.message}`, {
      hint: 'The profile was not removed. Unlock the keychain and run the command again.',
      cause: error,
    });
  }
}

async function unknownProfile(folder: string, name: string): Promise<UsageError> {
  const names = await profileNames(folder);
  return new UsageError(`profile ${name} does not exist`, {
    hint:
      names.length === 0
        ? 'Create one with `pdactions auth login`.'
        : `Existing profiles: ${names.join(', ')}.`,
  });
}
