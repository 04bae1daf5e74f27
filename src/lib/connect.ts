import { type Clock, systemClock } from '../clock.ts';
import { CancelledError, UsageError } from '../errors.ts';
import { type TokenType, typeOf, whatIsWrong } from '../pagerduty/auth/token-kind.ts';
import { checkApiUrl, REGION_HOSTS } from '../pagerduty/http/api-url.ts';
import type { ActionStore, StoreEvent } from '../pagerduty/store.ts';
import { DEFAULT_CONCURRENCY, DEFAULT_TIMEOUT_S } from './defaults.ts';
import { CALL_DEFAULTS, openStore } from './open-store.ts';

/** Which account, and how. Nothing of this is read from the environment. */
export interface ConnectOptions {
  readonly token: string;
  /** The form of the Authorization header; decided by the token's own form without this. */
  readonly tokenType?: TokenType | undefined;
  /** `us` without it. */
  readonly region?: 'us' | 'eu' | undefined;
  /** Another address in place of a region, such as that of a sandbox: https, or this machine. */
  readonly url?: string | undefined;
  /** Services at a time; 4 without it. */
  readonly concurrency?: number | undefined;
  /** For everything that is done with this connection; without it a limit that grows with the work. */
  readonly timeoutMs?: number | undefined;
  /** Ends waiting and reading. A write that is under way is awaited for up to 5 seconds. */
  readonly signal?: AbortSignal | undefined;
  /** Told of each request, wait and page, without headers and bodies. */
  readonly onEvent?: ((event: StoreEvent) => void) | undefined;
}

/** The way to one account. */
export interface Connection {
  /** The address of the API. */
  readonly url: string;
  /** The subdomain of the account; null when PagerDuty does not tell it. */
  account(): Promise<string | null>;
  /** Requests sent so far, resent ones included. */
  requests(): number;
  /** Ends what is on its way. Nothing can be done with the connection any more. */
  close(): void;
}

/** The parts of a connection that the other functions use. */
export interface Opened {
  readonly store: ActionStore;
  readonly token: string;
  readonly concurrency: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** True once it was closed. */
  readonly closed: () => boolean;
}

const opened = new WeakMap<Connection, Opened>();

/** Opens the way to an account. Nothing is sent yet. @throws UsageError for what cannot be a token or an address */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const { token, tokenType, concurrency = DEFAULT_CONCURRENCY, timeoutMs, signal, onEvent } = options;
  const url = addressOf(options);
  const objection = typeof token === 'string' ? whatIsWrong(token) : 'it is not a string';
  if (objection !== undefined) throw new UsageError(`\`token\` cannot be a token: ${objection}`);
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new UsageError('`concurrency` has to be a whole number from 1');
  }
  const over = new AbortController();
  const ends = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
  const { store } = openStore({
    ...CALL_DEFAULTS,
    baseUrl: url,
    hostFrom: options.url === undefined ? '`region`' : '`url`',
    token,
    tokenType: tokenType ?? typeOf(token),
    runTimeoutMs: timeoutMs ?? DEFAULT_TIMEOUT_S * 1000,
    runTimeoutGrows: timeoutMs === undefined,
    concurrency,
    clock: systemClock,
    random: Math.random,
    signal: ends,
    observer: onEvent,
  });
  const connection: Connection = Object.freeze({
    url,
    account: () => store.account(),
    requests: () => store.requests(),
    close: () => over.abort(new CancelledError('the connection was closed')),
  });
  const closed = (): boolean => over.signal.aborted;
  opened.set(connection, { store, token, concurrency, clock: systemClock, signal: ends, closed });
  return connection;
}

function addressOf({ url, region }: ConnectOptions): string {
  if (url !== undefined && region !== undefined) {
    throw new UsageError('`url` and `region` contradict each other', { hint: 'Leave one of them out.' });
  }
  if (url !== undefined) return checkApiUrl(url, '`url`');
  if (region !== undefined && !Object.hasOwn(REGION_HOSTS, region)) {
    throw new UsageError('`region` has to be `us` or `eu`');
  }
  return REGION_HOSTS[region ?? 'us'];
}

/** The opened parts of a connection. @throws UsageError for a closed one, and for anything that `connect` has not made */
export function openedBy(connection: Connection): Opened {
  const found = opened.get(connection);
  if (!found) throw new UsageError('this is not a connection that `connect` has made');
  if (found.closed()) throw new UsageError('this connection is closed');
  return found;
}
