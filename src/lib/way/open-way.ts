/** The way to an account, from address, credential and route to a store: the same for the program and the library. */
import { setMaxListeners } from 'node:events';
import { CancelledError } from '../../errors.ts';
import type { Token } from '../../pagerduty/auth/token-kind.ts';
import type { Caller } from '../../pagerduty/http/call.ts';
import { createTransport, type Transport } from '../../pagerduty/http/transport.ts';
import type { ActionStore } from '../../pagerduty/store.ts';
import { createStore, openCaller, type StoreOptions } from '../../pagerduty/stores/api-store.ts';
import { VERSION } from '../../version.ts';
import type { AppCredential } from './app-tokens.ts';
import { openRoute, type RouteSettings } from './route.ts';

/** Of every call, by any caller. */
const CALL_DEFAULTS = {
  userAgent: `pdactions/${VERSION}`,
  /** The time limit of one attempt of one request. */
  timeoutMs: 30_000,
} as const;

export interface WaySettings
  extends Pick<
    StoreOptions,
    | 'baseUrl'
    | 'hostFrom'
    | 'runTimeoutMs'
    | 'runTimeoutGrows'
    | 'concurrency'
    | 'clock'
    | 'random'
    | 'observer'
    | 'lasting'
  > {
  readonly credential: Token | AppCredential;
  readonly route: RouteSettings;
  /** Ends waiting and reading. */
  readonly interrupted: AbortSignal | undefined;
  /** Every token of an OAuth app, before it is used. */
  readonly onToken: (token: string) => void;
}

/** An open way. Nothing has been sent over it before the store is asked. */
export interface Way {
  readonly store: ActionStore;
  /** The caller under the store, for the other stores of this API. */
  readonly caller: Caller;
  /** For single attempts, without pacing and resending: at this address, or with the same credential at another one. */
  transport(url?: string): Promise<Transport>;
  /** The scopes of the token that an OAuth app got; undefined before it has one. */
  granted(): readonly string[] | undefined;
  /** Aborts once the way is closed, or the run interrupted. */
  readonly signal: AbortSignal;
  isClosed(): boolean;
  /** Ends what is on its way. */
  close(why: string): void;
}

/** Opens the way. Nothing is sent yet. @throws UsageError for settings that cannot be used, LocalIoError for a file that cannot be read */
export async function openWay({
  credential,
  route,
  interrupted,
  onToken,
  ...settings
}: WaySettings): Promise<Way> {
  const { baseUrl } = settings;
  const over = new AbortController();
  // Every connection through a proxy listens to it; Node would warn of the eleventh.
  setMaxListeners(0, over.signal);
  const signal = interrupted ? AbortSignal.any([interrupted, over.signal]) : over.signal;
  const openTo = (target: URL) => openRoute(route, target, over.signal);
  const shared = { ...CALL_DEFAULTS, ...settings, signal };
  let granted: readonly string[] | undefined;
  const onGranted = (scopes: readonly string[]): void => {
    granted = scopes;
  };
  const supply = { ...CALL_DEFAULTS, calling: shared, openTo, onToken, onGranted };
  const sent = 'app' in credential ? await asBearer(credential, baseUrl, supply) : credential;
  const options: StoreOptions = { ...shared, ...sent, route: await openTo(new URL(baseUrl)) };
  const caller = openCaller(options);
  return {
    store: createStore(options, caller),
    caller,
    async transport(url = baseUrl) {
      const own = url === baseUrl ? options.route : await openTo(new URL(url));
      return createTransport({ ...options, baseUrl: url, route: own, end: over.signal });
    },
    granted: () => granted,
    signal,
    isClosed: () => over.signal.aborted,
    // When one of several reads has failed, the others would go on trying, and keep the process alive.
    close: (why) => over.abort(new CancelledError(why)),
  };
}

/** Tokens that the app gets when the first request needs one. */
async function asBearer(
  credential: AppCredential,
  url: string,
  supply: Parameters<typeof import('./app-tokens.ts').appTokens>[2],
): Promise<Token & { readonly renew: () => Promise<string> }> {
  const { appTokens } = await import('./app-tokens.ts');
  return { token: '', tokenType: 'bearer', renew: await appTokens(credential, url, supply) };
}
