/** Opens the way to an account, from URL, credential and route to a store: the same for the program and the library. */
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

/** The user agent and other settings of every call. */
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
  /** Ends waits and reads. */
  readonly interrupted: AbortSignal | undefined;
  /** Called with every token of an OAuth app, before its first use. */
  readonly onToken: (token: string) => void;
}

/** An open way. Nothing has been sent over it before the first call of the store. */
export interface Way {
  readonly store: ActionStore;
  /** The caller under the store, for the other stores of this API. */
  readonly caller: Caller;
  /** For single attempts, without pacing and resending: at this URL, or with the same credential at another one. */
  transport(url?: string): Promise<Transport>;
  /** The scopes granted to an OAuth app; undefined before it has a token. */
  granted(): readonly string[] | undefined;
  /** Aborts once the way is closed, or the run interrupted. */
  readonly signal: AbortSignal;
  isClosed(): boolean;
  /** Cancels requests in flight. */
  close(why: string): void;
}

/** Opens the way. Nothing is sent yet. @throws UsageError for invalid settings, LocalIoError for an unreadable file */
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
      const taken = url === baseUrl ? options.route : await openTo(new URL(url));
      return createTransport({ ...options, baseUrl: url, route: taken, end: over.signal });
    },
    granted: () => granted,
    signal,
    isClosed: () => over.signal.aborted,
    // After the failure of one of several reads, the others would continue to retry, and keep the process alive.
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
