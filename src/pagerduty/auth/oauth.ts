/** Tokens of a scoped OAuth app, by its client credentials (fact 20). They are kept in memory only. */

import { AuthError, RemoteError } from '../../errors.ts';
import { isObject } from '../../json-fields.ts';
import { createCaller } from '../http/call.ts';
import pdFetch from '../http/fetch.ts';
import type { CallerOptions } from '../http/line.ts';
import type { NetworkRoute } from '../http/route/route.ts';
import { ShapeError } from '../wire.ts';

export interface OAuthApp {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly subdomain: string;
  readonly region: 'us' | 'eu';
}

export interface MintOptions {
  readonly app: OAuthApp;
  /** The issuer of tokens, without a trailing slash: `https://identity.pagerduty.com`. */
  readonly identityUrl: string;
  readonly scopes: { readonly asked: readonly string[]; readonly required: readonly string[] };
  /** For messages: the command that needs them. */
  readonly neededBy: string;
  /** For messages: the sources of the app's parts and of the region. */
  readonly names: { readonly app: string; readonly subdomain: string; readonly region: string };
  readonly route?: NetworkRoute | undefined;
  readonly userAgent: string;
  /** For one attempt, in milliseconds. */
  readonly timeoutMs: number;
  readonly calling: Pick<CallerOptions, 'clock' | 'random' | 'signal' | 'runTimeoutMs' | 'observer'>;
  /** Called with every token before its first use, because it is a secret. */
  readonly onToken: (token: string) => void;
  /** Called with the scopes of every token, before they are checked. */
  readonly onGranted?: ((scopes: readonly string[]) => void) | undefined;
}

interface Minted {
  readonly token: string;
  readonly granted: readonly string[];
  readonly livesMs: number;
}

/** A new token is requested this long before the old one ends. */
const EARLY_MS = 10 * 60_000;

/**
 * A supply of tokens: the same one until shortly before it ends, then another.
 * @returns a function that throws AuthError if the app is refused or lacks a scope, RemoteError without an answer
 */
export function tokensOf(options: MintOptions): () => Promise<string> {
  const { clock } = options.calling;
  let current: Promise<Minted> | undefined;
  let renewAt = 0;
  return async () => {
    if (!current || clock.now() >= renewAt) {
      renewAt = Number.POSITIVE_INFINITY;
      current = mint(options);
      current.then(
        ({ livesMs }) => {
          renewAt = clock.now() + Math.max(livesMs - EARLY_MS, livesMs / 2);
        },
        () => {
          current = undefined;
        },
      );
    }
    return (await current).token;
  };
}

async function mint(options: MintOptions): Promise<Minted> {
  const { identityUrl, calling, onToken, onGranted } = options;
  const call = createCaller({
    ...calling,
    transport: (_, signal, withinMs) => ask(options, signal, withinMs),
    host: new URL(identityUrl).host,
    inFlight: 1,
    livesOn: true,
  });
  const minted = await call({
    class: 'read',
    request: { method: 'POST', path: '/oauth/token' },
    what: 'get a token for the OAuth app',
    decode: decodeToken,
  }).catch((error: unknown) => {
    throw refusedApp(error, options.names);
  });
  onToken(minted.token);
  onGranted?.(minted.granted);
  checkScopes(options, minted.granted);
  return minted;
}

async function ask(
  options: MintOptions,
  signal: AbortSignal | undefined,
  withinMs = Number.POSITIVE_INFINITY,
): ReturnType<CallerOptions['transport']> {
  const { app, identityUrl, scopes, route, userAgent, timeoutMs } = options;
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: app.clientId,
    client_secret: app.clientSecret,
    scope: [`as_account-${app.region}.${app.subdomain}`, ...scopes.asked].join(' '),
  });
  const limit = AbortSignal.timeout(Math.ceil(Math.min(timeoutMs, withinMs)));
  const response = await pdFetch(`${identityUrl}/oauth/token`, {
    method: 'POST',
    headers: [
      ['accept', 'application/json'],
      ['content-type', 'application/x-www-form-urlencoded'],
      ['user-agent', userAgent],
    ],
    body: body.toString(),
    signal: signal ? AbortSignal.any([signal, limit]) : limit,
    route,
  });
  return response.answer;
}

function decodeToken(document: unknown): Minted {
  if (!isObject(document) || typeof document.access_token !== 'string') {
    throw new ShapeError('`access_token` is missing');
  }
  const { access_token: token, scope, expires_in: seconds } = document;
  return {
    token,
    granted: typeof scope === 'string' ? scope.split(/\s+/) : [],
    livesMs: typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : 0,
  };
}

/** The app itself is refused: by OAuth's own errors (RFC 6749, 5.2), which do not concern a token. */
function refusedApp(error: unknown, names: MintOptions['names']): unknown {
  if (!(error instanceof AuthError || error instanceof RemoteError)) return error;
  const { status, message } = error.http ?? {};
  if (status !== 400 && status !== 401 && status !== 403) return error;
  const code = /^[a-z_]{1,40}$/.test(message ?? '') ? `, ${message}` : '';
  return new AuthError(`PagerDuty rejected the OAuth app (HTTP ${status}${code})`, {
    reason: 'unauthorized',
    hint: `Check ${names.app} and the region (${names.region}); they must belong to the same app and account.`,
    http: error.http,
    cause: error,
  });
}

/** PagerDuty silently omits a scope that the app does not have (fact 20). */
function checkScopes({ scopes, neededBy }: MintOptions, granted: readonly string[]): void {
  const missing = scopes.required.filter((scope) => !granted.includes(scope));
  if (missing.length === 0) return;
  throw new AuthError(
    `the OAuth app lacks ${missing.length === 1 ? 'the scope' : 'the scopes'} ${missing.join(', ')}`,
    {
      reason: 'forbidden',
      hint: `${neededBy} needs ${scopes.required.join(', ')}. Add the missing scopes to the app, in PagerDuty under Integrations > App Registration.`,
    },
  );
}
