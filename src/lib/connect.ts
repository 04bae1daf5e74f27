import { type Clock, systemClock } from '../clock.ts';
import { UsageError } from '../errors.ts';
import { checkApiUrl, REGION_HOSTS } from '../pagerduty/http/api-url.ts';
import type { ActionStore, StoreEvent } from '../pagerduty/store.ts';
import { type CredentialOptions, credentialOf } from './credential.ts';
import { DEFAULT_CONCURRENCY, DEFAULT_TIMEOUT_S } from './defaults.ts';
import { openWay } from './way/open-way.ts';
import { fixedProxy, loginOf, proxyFor, proxySecrets } from './way/proxy-env.ts';
import type { RouteSettings } from './way/route.ts';

/** The account, and the options of the connection. Nothing is read from the environment. */
export interface ConnectOptions extends CredentialOptions {
  /** `us` by default; accepts the `region` of a loaded config. */
  readonly region?: 'us' | 'eu' | null | undefined;
  /** A base URL instead of a region, for example of a sandbox. Must be https, or point to this machine. */
  readonly url?: string | undefined;
  /**
   * The URL of an HTTP proxy, or an object of variables such as `process.env`, of which HTTPS_PROXY, ALL_PROXY and NO_PROXY are used, in
   * either case. Never used for this machine. By default, the connection is direct.
   */
  readonly proxy?: string | Readonly<Record<string, string | undefined>> | undefined;
  /** PEM files with certificate authorities to trust in addition to Node's. */
  readonly caFile?: string | readonly string[] | undefined;
  /** Also trusts the operating system's certificate store (Node 22.15, 24 and later). */
  readonly useSystemCa?: boolean | undefined;
  /** Number of services processed at a time. Default: 4. */
  readonly concurrency?: number | undefined;
  /** Time limit for all calls of this connection, in milliseconds. By default, it grows with the work. */
  readonly timeoutMs?: number | undefined;
  /** Ends waits and reads. A write in flight gets up to 5 seconds to finish. */
  readonly signal?: AbortSignal | undefined;
  /** Called for each request, wait and page, without headers or bodies. */
  readonly onEvent?: ((event: StoreEvent) => void) | undefined;
}

/** A connection to one account. */
export interface Connection {
  /** The base URL of the API. */
  readonly url: string;
  /** The account's subdomain; null if PagerDuty does not show it. */
  account(): Promise<string | null>;
  /** Number of requests sent so far, including retries. */
  requests(): number;
  /** Ends requests in flight. The connection cannot be used afterwards. */
  close(): void;
}

/** The parts of a connection that the other functions use. */
export interface Opened {
  readonly store: ActionStore;
  readonly concurrency: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly readOnly: boolean;
  /** The credentials known so far; those of an app are added as it gets them. */
  readonly secrets: readonly string[];
  /** True once it was closed. */
  readonly closed: () => boolean;
}

const opened = new WeakMap<Connection, Opened>();

/**
 * Opens a connection to an account. Nothing is sent yet.
 * @throws UsageError for invalid options, LocalIoError for an unreadable file of certificates
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const { concurrency = DEFAULT_CONCURRENCY, timeoutMs, signal, onEvent, readOnly = false } = options;
  const url = addressOf(options);
  const credential = credentialOf(options);
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new UsageError('`concurrency` must be a positive whole number');
  }
  if (timeoutMs !== undefined && !(timeoutMs > 0)) {
    throw new UsageError('`timeoutMs` must be a positive number');
  }
  const secrets = [...credential.secrets, ...loginsOf(options)];
  const way = await openWay({
    baseUrl: url,
    hostFrom: options.url === undefined ? '`region`' : '`url`',
    credential: credential.value,
    route: routeOf(options),
    runTimeoutMs: timeoutMs ?? DEFAULT_TIMEOUT_S * 1000,
    runTimeoutGrows: timeoutMs === undefined,
    concurrency,
    clock: systemClock,
    random: Math.random,
    interrupted: signal,
    observer: onEvent,
    onToken: (token) => secrets.push(token),
  });
  const { store } = way;
  const connection: Connection = Object.freeze({
    url,
    account: () => store.account(),
    requests: () => store.requests(),
    close: () => way.close('the connection was closed'),
  });
  const { signal: ends, isClosed: closed } = way;
  opened.set(connection, { store, secrets, concurrency, readOnly, clock: systemClock, signal: ends, closed });
  return connection;
}

function addressOf({ url, region }: ConnectOptions): string {
  if (url !== undefined && (region ?? undefined) !== undefined) {
    throw new UsageError('`url` and `region` cannot be combined', { hint: 'Omit one of them.' });
  }
  if (url !== undefined) return checkApiUrl(url, '`url`');
  const asked = region ?? 'us';
  if (!Object.hasOwn(REGION_HOSTS, asked)) throw new UsageError('`region` must be `us` or `eu`');
  return REGION_HOSTS[asked];
}

function routeOf({ proxy, caFile = [], useSystemCa = false }: ConnectOptions): RouteSettings {
  return {
    proxyFor: proxyOf(proxy),
    trust: {
      caFiles: [caFile].flat(),
      system: useSystemCa,
      extraCa: undefined,
      cwd: '.',
      names: { caFile: '`caFile`', system: '`useSystemCa`' },
    },
    staysDirect: true,
    alwaysVerifies: true,
  };
}

function proxyOf(proxy: ConnectOptions['proxy']): RouteSettings['proxyFor'] {
  if (proxy === undefined) return () => null;
  return typeof proxy === 'string' ? fixedProxy(proxy, '`proxy`') : (target) => proxyFor(target, proxy);
}

function loginsOf({ proxy = {} }: ConnectOptions): readonly string[] {
  return typeof proxy === 'string' ? loginOf(proxy) : proxySecrets(proxy);
}

/** The opened parts of a connection. @throws UsageError for a closed one, and for any object that `connect` has not made */
export function openedBy(connection: Connection): Opened {
  const known = opened.get(connection);
  if (!known) throw new UsageError('this connection was not made by `connect`');
  if (known.closed()) throw new UsageError('this connection is closed');
  return known;
}
