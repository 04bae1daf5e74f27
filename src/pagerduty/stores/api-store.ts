/** The port over HTTP: reads from `reads.ts`, writes from `action-writes.ts`. */
import type { Clock } from '../../clock.ts';
import type { Service } from '../../core/action.ts';
import { HiddenError, RemoteError } from '../../errors.ts';
import { type Caller, createCaller } from '../http/call.ts';
import type { NetworkRoute } from '../http/route/route.ts';
import { createTransport, type Transport } from '../http/transport.ts';
import { createReads, type Reads } from '../reads/reads.ts';
import { isHidden } from '../reads/requests.ts';
import { together } from '../reads/together.ts';
import type { ActionStore, StoreEvent } from '../store.ts';
import { accountIn, type Extension } from '../wire.ts';
import { checkedActionId, createAction, deleteAction, enableAction, updateAction } from './action-writes.ts';

export interface StoreOptions {
  /** Scheme, host, port and perhaps a path prefix. */
  readonly baseUrl: string;
  /** The source of this URL, for messages. */
  readonly hostFrom?: string | undefined;
  readonly token: string;
  readonly tokenType: 'token' | 'bearer';
  /** Instead of `token`, for tokens that expire. */
  readonly renew?: (() => Promise<string>) | undefined;
  readonly userAgent: string;
  /** For one attempt, in milliseconds. */
  readonly timeoutMs: number;
  /** For the whole run, in milliseconds. */
  readonly runTimeoutMs: number;
  /** True for a default limit: it grows with the expected requests. */
  readonly runTimeoutGrows?: boolean | undefined;
  /** Services processed at a time; up to three times as many requests are in flight (reads, mostly), and one if it is 1. */
  readonly concurrency: number;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Ends waits and reads; a write in flight is always awaited. */
  readonly signal?: AbortSignal | undefined;
  readonly observer?: ((event: StoreEvent) => void) | undefined;
  /** For a long-running process: a refused token does not end everything, and this aborts requests in flight. */
  readonly lasting?: AbortSignal | undefined;
  /** The route of requests; Node's own without it. */
  readonly route?: NetworkRoute | undefined;
  /** For tests: sends the requests. */
  readonly transport?: Transport | undefined;
}

/** The caller that all stores of one API share, with the same pacing, retries and errors. */
export function openCaller(options: StoreOptions): Caller {
  return createCaller({
    ...options,
    transport:
      options.transport ??
      createTransport({
        ...options,
        baseUrl: options.baseUrl.replace(/(?<!\/)\/+$/, ''),
        end: options.lasting,
      }),
    host: new URL(options.baseUrl).host,
    livesOn: options.lasting !== undefined,
    inFlight: options.concurrency === 1 ? 1 : options.concurrency * 3,
  });
}

/** The account of one token. Reads nothing before the first call. */
export function createStore(options: StoreOptions, caller: Caller = openCaller(options)): ActionStore {
  const base = new URL(options.baseUrl);
  const reads = createReads(caller, options.observer);
  const way = { call: caller, reads };
  const { requests, expect, timeLeft, breathe } = caller;
  return {
    ...readers(reads),
    create: (serviceId, body) => createAction(way, serviceId, body),
    update: (id, serviceId, body) => updateAction(way, id, serviceId, body),
    delete: (id) => deleteAction(way, id),
    enable: (id) => enableAction(way, id),
    origin: base.origin,
    requests,
    expect,
    timeLeft,
    breathe,
  };
}

type Readers = Pick<
  ActionStore,
  | 'prefetch'
  | 'catalogue'
  | 'teamsNamed'
  | 'teamsById'
  | 'teams'
  | 'searchServices'
  | 'searchTeams'
  | 'actions'
  | 'action'
  | 'account'
>;

function readers(reads: Reads): Readers {
  let account: string | null = null;
  const remember = <T extends readonly Service[]>(services: T): T => {
    for (const { htmlUrl } of services) account ??= htmlUrl === null ? null : accountIn(htmlUrl);
    return services;
  };
  return {
    prefetch: reads.prefetch,
    teamsNamed: reads.teamsNamed,
    teamsById: reads.teamsById,
    teams: reads.allTeams,
    async catalogue(selectors) {
      if (selectors === 'all') return { services: remember(await reads.allServices()), teams: [] };
      const names = selectors.flatMap((selector) => (selector.kind === 'team' ? [selector.team] : []));
      const [services, teams] = await together([
        (off) => reads.servicesFor(selectors, off),
        () => reads.teamsNamed([...new Set(names)]),
      ]);
      return { services: remember(services), teams };
    },
    async searchServices(text, page) {
      const { items, hasMore } = await reads.servicesPage(text, page);
      return { services: remember(items).filter(({ withoutId }) => !withoutId), hasMore };
    },
    searchTeams: reads.teamsLike,
    actions: reads.actions,
    async action(id) {
      checkedActionId(id);
      const schema = await reads.schemaId();
      const { action, schemaId } = await visible(reads, id);
      if (schemaId !== null && schemaId !== schema) throw notOurs(id);
      return action;
    },
    async account() {
      if (account === null) remember((await reads.servicesPage('', { limit: 1, offset: 0 })).items);
      return account;
    },
  };
}

function notOurs(id: string): RemoteError {
  return new RemoteError(`the extension ${id} is not a custom incident action`, {
    reason: 'gone',
    aftermath: 'skip',
    hint: '`pdactions list` shows the custom incident actions of this account.',
  });
}

/** One action. @throws HiddenError for a 403, if the token may read other actions (fact 57) */
async function visible(reads: Reads, id: string): Promise<Extension> {
  try {
    return await reads.action(id);
  } catch (error) {
    if (!isHidden(error)) throw error;
    await reads.expectActions();
    throw new HiddenError(`the action ${id} was deleted, or is not visible to this token (HTTP 403)`, {
      reason: 'gone',
      aftermath: 'skip',
      http: error.http,
      hint: '`pdactions list` shows the custom incident actions that this token can see.',
    });
  }
}
