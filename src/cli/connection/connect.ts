/** The way to PagerDuty, or to the simulation of it. */
import { CancelledError, UsageError } from '../../errors.ts';
import type { Token } from '../../pagerduty/auth/token-kind.ts';
import { createStore, openCaller } from '../../pagerduty/stores/api-store.ts';
import { line, styled } from '../../ui/text/text.ts';
import { VERSION } from '../../version.ts';
import type { Connection, Context } from '../context.ts';
import { type Address, isLoopback, resolveAddress } from './address.ts';
import type { appTokens } from './oauth-app.ts';
import { openRoute } from './open-route.ts';
import { namesApp, readToken, tokenSource } from './token.ts';

/** One attempt of one request may take so long. */
const ATTEMPT_MS = 30_000;

/**
 * Opens the way that the flags and the environment name. Nothing is sent yet.
 * @param lasting for a process that lives on: what ends everything that is on its way, once it aborts
 */
export async function connect(context: Context, lasting?: AbortSignal): Promise<Connection> {
  const { globals } = context;
  if (globals.sandbox !== undefined) return connectToSandbox(context, globals.sandbox, lasting);
  const address = await resolveAddress({
    apiUrl: globals.apiUrl,
    region: globals.region,
    env: context.env,
    configRegion: context.configRegion,
  });
  const world = {
    ...context,
    tokenFile: globals.tokenFile,
    tokenType: globals.tokenType,
    warn: warner(context),
  };
  const isApp = tokenSource(world) === undefined && namesApp(context.env);
  const credential = isApp ? 'app' : await readToken(world);
  if (credential !== 'app') context.io.addSecret(credential.token);
  // Working out the forms of a secret takes a moment. It is free while the first answer is on its way, and not when it is to be shown.
  setImmediate(() => context.io.redact('')).unref();
  checkTls(address.url, context);
  warnOfTracing(context);
  return { ...(await open(context, address, credential, lasting)), simulation: null };
}

function warner({ io }: Context): (text: string) => void {
  return (text) => io.say(line(styled('warn', 'warning: '), text));
}

async function open(
  context: Context,
  { url: baseUrl, from: hostFrom }: Partial<Address> & Pick<Address, 'url'>,
  credential: Token | 'app',
  lasting: AbortSignal | undefined,
): Promise<Omit<Connection, 'simulation'>> {
  const { clock, random, interrupted, globals, activity } = context;
  const over = new AbortController();
  const shared = {
    userAgent: `pdactions/${VERSION}`,
    timeoutMs: ATTEMPT_MS,
    runTimeoutMs: globals.timeout * 1000,
    clock,
    random,
    signal: AbortSignal.any([interrupted, over.signal]),
    observer: activity.observe,
  };
  const options = {
    ...shared,
    baseUrl,
    hostFrom,
    ...(credential === 'app'
      ? await asApp(context, baseUrl, { ...shared, end: over.signal })
      : { ...credential, renew: undefined }),
    runTimeoutGrows: !globals.timeoutGiven,
    concurrency: globals.concurrency,
    lasting,
    route: await openRoute(context, new URL(baseUrl), over.signal),
  };
  const caller = openCaller(options);
  // When one of several reads has failed, the others would go on trying, and keep the process alive.
  const close = async (): Promise<void> => over.abort(new CancelledError('the command is over'));
  return { store: createStore(options, caller), caller, close };
}

/** Tokens that the app gets when the first request needs one. */
async function asApp(
  context: Context,
  url: string,
  base: Omit<Parameters<typeof appTokens>[2], 'warn'>,
): Promise<Token & { readonly renew: () => Promise<string> }> {
  const { appTokens: supply } = await import('./oauth-app.ts');
  const renew = await supply(context, url, { ...base, warn: warner(context) });
  return { token: '', tokenType: 'bearer', renew };
}

/** A token must not travel over a connection that anybody can listen in on (T27). */
function checkTls(address: string, { env }: Context): void {
  if (env.NODE_TLS_REJECT_UNAUTHORIZED !== '0' || isLoopback(new URL(address).hostname)) return;
  throw new UsageError('NODE_TLS_REJECT_UNAUTHORIZED=0 would send the token to whoever answers', {
    hint: 'Unset it. If a proxy of your company signs for PagerDuty, name its certificate: `--ca-file FILE` or NODE_EXTRA_CA_CERTS.',
  });
}

/** Those variables make Node tell about every connection. What it tells is redacted, but nobody should rely on that (T28). */
function warnOfTracing({ env, io }: Context): void {
  const set = ['NODE_DEBUG', 'NODE_DEBUG_NATIVE', 'DEBUG'].filter((name) => env[name]);
  if (set.length === 0) return;
  const text = `${set.join(' and ')} can make programs write secrets into logs; ignored where possible while there is a token`;
  io.say(line(styled('warn', 'warning: '), text));
}

async function connectToSandbox(
  context: Context,
  file: string,
  lasting: AbortSignal | undefined,
): Promise<Connection> {
  const { openSandbox } = await import('./sandbox.ts');
  const sandbox = await openSandbox(context, file);
  const credential = { token: sandbox.token, tokenType: 'token' } as const;
  const opened = await open(context, { url: sandbox.url }, credential, lasting).catch(async (error) => {
    await sandbox.close();
    throw error;
  });
  const close = async (): Promise<void> => {
    await opened.close();
    await sandbox.close();
  };
  return { ...opened, simulation: sandbox, close };
}
