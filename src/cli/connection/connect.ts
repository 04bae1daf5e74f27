/** The connection to PagerDuty, or to the sandbox. */
import { UsageError } from '../../errors.ts';
import type { AppCredential } from '../../lib/way/app-tokens.ts';
import { openWay } from '../../lib/way/open-way.ts';
import type { Token } from '../../pagerduty/auth/token-kind.ts';
import type {
  CanCall,
  CanChooseProfile,
  CanConnect,
  CanReadToken,
  CommandConnection,
  Context,
} from '../context.ts';
import { type Address, addressFor } from './address.ts';
import { checkTls } from './check-tls.ts';
import { routeSettings } from './open-route.ts';
import type { Profile } from './profile-files.ts';
import type { Ask } from './sign-in.ts';
import { namesApp, readToken, type TokenWorld, tokenSource } from './token.ts';

/**
 * Opens the connection that the flags and the environment name. Nothing is sent yet.
 * @param lasting for a long-running process: aborts everything in flight
 * @param mayAsk false: never prompts for a token
 */
export async function connect(
  context: CanConnect,
  lasting?: AbortSignal,
  mayAsk: boolean = context.io.canPrompt,
): Promise<CommandConnection> {
  const { globals } = context;
  if (globals.sandbox !== undefined) return connectToSandbox(context, globals.sandbox, lasting);
  const world = tokenWorld(context);
  const isApp = globals.profile === undefined && tokenSource(world) === undefined && namesApp(context.env);
  const profile = isApp ? undefined : await profileFor(context, world);
  const address = await addressFor(context, profile);
  const way = isApp
    ? ({ credential: 'app', from: 'PAGERDUTY_CLIENT_ID' } as const)
    : await tokenFor(context, world, { profile, address, mayAsk });
  if (way.credential !== 'app') context.io.addSecret(way.credential.token);
  // Computing the forms of a secret takes time, which is free while the first response is pending but would delay output.
  setImmediate(() => context.io.redact('')).unref();
  checkTls(address.url, context);
  warnOfTracing(context);
  return { ...(await open(context, address, way, lasting)), simulation: null };
}

interface CredentialChoice {
  readonly credential: Token | 'app';
  readonly from: string;
}

/** The profile, if it is effective: `--profile` before everything, otherwise after all sources in the environment. */
async function profileFor(context: CanChooseProfile, world: TokenWorld): Promise<Profile | undefined> {
  const { profile, tokenFile } = context.globals;
  if (profile !== undefined && tokenFile !== undefined) {
    throw new UsageError('`--profile` and `--token-file` cannot be combined', {
      hint: 'Omit one of them.',
    });
  }
  if (profile === undefined && tokenSource(world)) return undefined;
  const { chooseProfile } = await import('./profile.ts');
  return chooseProfile(context);
}

async function tokenFor(
  context: CanCall & Pick<Context, 'prompter' | 'home'>,
  world: TokenWorld,
  given: {
    readonly profile: Profile | undefined;
    readonly address: Address;
    readonly mayAsk: boolean;
  },
): Promise<CredentialChoice & { readonly credential: Token }> {
  const { profile, address, mayAsk } = given;
  if (profile) {
    const { expectOwnAddress, profileToken } = await import('./profile.ts');
    expectOwnAddress(profile, address.url, address.from);
    return {
      credential: await profileToken(profile, context, world.warn),
      from: `the profile ${profile.name}`,
    };
  }
  const source = tokenSource(world);
  if (source || !mayAsk) return { credential: await readToken(world), from: source?.name ?? '' };
  const { askOnce } = await import('./sign-in.ts');
  const credential = await askOnce(context, address.url, whoAt(context));
  return { credential, from: 'the terminal' };
}

function tokenWorld(context: CanReadToken & Pick<Context, 'io'>): TokenWorld {
  const { tokenFile, tokenType } = context.globals;
  return { ...context, tokenFile, tokenType, warn: warner(context) };
}

/** Asks a server for the identity of a token. */
export function whoAt(context: CanCall): Ask {
  return async (url, credential) => {
    const { whoIs } = await import('./who.ts');
    context.io.addSecret(credential.token);
    checkTls(url, context);
    const { transport, close } = await open(context, { url }, { credential, from: '' }, undefined);
    try {
      return await whoIs(await transport(), { host: new URL(url).host }, context.interrupted);
    } finally {
      await close();
    }
  };
}

/** Opens a connection without a token, to find out which server responds. */
export async function connectBare(
  context: CanCall & Pick<Context, 'configRegion'>,
): Promise<CommandConnection> {
  const credential = { token: '', tokenType: 'token' } as const;
  const address = await addressFor(context);
  return { ...(await open(context, address, { credential, from: '' }, undefined)), simulation: null };
}

function warner({ io }: Pick<Context, 'io'>): (text: string) => void {
  return (text) => io.warn(text);
}

async function open(
  context: CanCall,
  { url: baseUrl, from: hostFrom }: Partial<Address> & Pick<Address, 'url'>,
  { credential, from }: CredentialChoice,
  lasting: AbortSignal | undefined,
): Promise<Omit<CommandConnection, 'simulation'>> {
  const { io, clock, random, interrupted, globals, activity } = context;
  const way = await openWay({
    ...{ baseUrl, hostFrom, clock, random, interrupted, lasting },
    credential: credential === 'app' ? await appOf(context) : credential,
    route: routeSettings(context),
    runTimeoutMs: globals.timeout * 1000,
    runTimeoutGrows: !globals.timeoutGiven,
    concurrency: globals.concurrency,
    observer: activity.observe,
    onToken: (token) => io.addSecret(token),
  });
  const { store, caller, transport, granted } = way;
  const kind = credential === 'app' ? 'app' : credential.tokenType;
  return {
    ...{ address: { url: baseUrl, from: hostFrom ?? '' }, credential: { from, kind } },
    ...{ store, caller, transport, granted },
    close: async () => way.close('the command is over'),
  };
}

async function appOf(context: CanCall): Promise<AppCredential> {
  const { readApp } = await import('./oauth-app.ts');
  return readApp(context);
}

/** Those variables make Node report every connection. The report is redacted, but the user should not rely on that (T28). */
function warnOfTracing({ env, io }: Pick<Context, 'io' | 'env'>): void {
  const set = ['NODE_DEBUG', 'NODE_DEBUG_NATIVE', 'DEBUG'].filter((name) => env[name]);
  if (set.length === 0) return;
  const text = `${set.join(' and ')} can make programs write secrets into logs; ignored where possible while there is a token`;
  io.warn(text);
}

async function connectToSandbox(
  context: CanCall & Pick<Context, 'home'>,
  file: string,
  lasting: AbortSignal | undefined,
): Promise<CommandConnection> {
  const { openSandbox } = await import('./sandbox/open.ts');
  const sandbox = await openSandbox(context, file);
  const credential = { token: sandbox.token, tokenType: 'token' } as const;
  const way = { credential, from: '`--sandbox`' };
  const opened = await open(context, { url: sandbox.url }, way, lasting).catch(async (error) => {
    await sandbox.close();
    throw error;
  });
  const close = async (): Promise<void> => {
    await opened.close();
    await sandbox.close();
  };
  return { ...opened, simulation: sandbox, close };
}
