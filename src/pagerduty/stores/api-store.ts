/** The port over HTTP: reads from `reads.ts`, writes here. */
import type { Clock } from '../../clock.ts';
import type { LiveAction, Service } from '../../core/action.ts';
import { sameUrl } from '../../core/same-url.ts';
import { ID_PATTERN } from '../../core/selector.ts';
import { RemoteError, UsageError } from '../../errors.ts';
import { type Caller, createCaller } from '../http/call.ts';
import type { Call } from '../http/line.ts';
import type { Route } from '../http/route.ts';
import { createTransport, type Transport } from '../http/transport.ts';
import { createReads, type Reads } from '../reads/reads.ts';
import { together } from '../reads/together.ts';
import { visible } from '../reads/visible.ts';
import type { ActionBody, ActionStore, StoreEvent } from '../store.ts';
import { accountIn, decodeExtension, encodeExtension, id as idOf, ShapeError, unwrap } from '../wire.ts';

export interface StoreOptions {
  /** Scheme, host, port and perhaps a path prefix. */
  readonly baseUrl: string;
  /** The source of this address, for messages. */
  readonly hostFrom?: string | undefined;
  readonly token: string;
  readonly tokenType: 'token' | 'bearer';
  /** In place of `token`, for tokens that end. */
  readonly renew?: (() => Promise<string>) | undefined;
  readonly userAgent: string;
  /** For one attempt, in milliseconds. */
  readonly timeoutMs: number;
  /** For the whole run, in milliseconds. */
  readonly runTimeoutMs: number;
  /** True for a default limit: it grows with the requests that are known to follow. */
  readonly runTimeoutGrows?: boolean | undefined;
  /** Services that are worked on at a time; up to three times as many requests are in flight (reads, mostly), and one when it is 1. */
  readonly concurrency: number;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Ends waiting and reading; a write under way is always awaited. */
  readonly signal?: AbortSignal | undefined;
  readonly observer?: ((event: StoreEvent) => void) | undefined;
  /** For a process that lives on: a refused token does not end everything, and what is on its way ends when this aborts. */
  readonly lasting?: AbortSignal | undefined;
  /** The route of requests; Node's own without it. */
  readonly route?: Route | undefined;
  /** For tests: how a request travels. */
  readonly transport?: Transport | undefined;
}

/** The way to one API: what all stores on it share, so that pacing, retries and errors are the same for each of them. */
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

/** The account behind one token. Nothing is read before the first method asks. */
export function createStore(options: StoreOptions, caller: Caller = openCaller(options)): ActionStore {
  const base = new URL(options.baseUrl);
  const reads = createReads(caller, options.observer);
  const { requests, expect, timeLeft, breathe } = caller;
  return {
    ...readers(reads),
    ...writers(caller, reads),
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
      const { items, more } = await reads.servicesPage(text, page);
      return { services: remember(items).filter(({ withoutId }) => !withoutId), more };
    },
    searchTeams: reads.teamsLike,
    actions: reads.actions,
    async action(id) {
      checkId(id);
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

type Writers = Pick<ActionStore, 'create' | 'update' | 'delete' | 'enable'>;

function writers(call: Caller, reads: Reads): Writers {
  const current = async (id: string): Promise<LiveAction> => (await reads.action(id)).action;
  return {
    async create(serviceId, body) {
      checkId(serviceId);
      const request = {
        method: 'POST',
        path: '/extensions',
        body: await encoded(reads, serviceId, body),
      } as const;
      return call({
        class: 'create',
        request,
        what: `create \`${body.label}\``,
        decode: (document) => unwrap(document, 'extension', created),
      });
    },
    async update(id, serviceId, body) {
      checkId(id);
      const path = `/extensions/${id}`;
      const request = { method: 'PUT', path, body: await encoded(reads, serviceId, body) } as const;
      const update: Call<LiveAction> = {
        class: 'update',
        request,
        what: `update \`${body.label}\` (${id})`,
        decode: (document) => same(unwrap(document, 'extension', decodeExtension).action, id),
        async look(answered) {
          const now = await current(id);
          // Header values cannot be read back: without the server's own word, equality proves nothing about them.
          const provable = answered || (body.headers ?? []).length === 0;
          return provable && isAsWanted(now, body) ? now : undefined;
        },
      };
      return call(update);
    },
    async delete(id) {
      checkId(id);
      return call<'deleted' | 'gone'>({
        class: 'delete',
        request: { method: 'DELETE', path: `/extensions/${id}` },
        what: `delete the action ${id}`,
        decode: () => 'deleted',
        whenApplied: (fault, wasLost) => (fault === 'gone' && !wasLost ? 'gone' : 'deleted'),
        look: async () => {
          try {
            await current(id);
            return undefined;
          } catch (error) {
            if (error instanceof RemoteError && error.reason === 'gone') return 'deleted';
            throw error;
          }
        },
      });
    },
    async enable(id) {
      checkId(id);
      return call({
        class: 'enable',
        request: { method: 'POST', path: `/extensions/${id}/enable` },
        what: `enable the action ${id}`,
        decode: (document) => enabled(same(unwrap(document, 'extension', decodeExtension).action, id)),
        async look() {
          const now = await current(id);
          return now.disabled === false ? now : undefined;
        },
      });
    },
  };
}

async function encoded(reads: Reads, serviceId: string, body: ActionBody): Promise<unknown> {
  return encodeExtension(await reads.schemaId(), serviceId, body);
}

function isAsWanted(now: LiveAction, { label, url, headers }: ActionBody): boolean {
  const names = (list: readonly string[]): string =>
    list
      .map((name) => name.toLowerCase())
      .sort()
      .join('\n');
  const sameHeaders =
    headers === undefined ||
    now.headerNames === null ||
    names(headers.map(({ name }) => name)) === names(now.headerNames);
  return now.label === label && sameUrl(url, now.url) && sameHeaders;
}

/** An answer about something else than what was asked for is no answer (F19). */
function same(action: LiveAction, id: string): LiveAction {
  if (action.id !== id) throw new ShapeError('the action has another `id`');
  return action;
}

function enabled(action: LiveAction): LiveAction {
  if (action.disabled === true) throw new ShapeError('the action is still disabled');
  return action;
}

/** A success with an id ends a create: what else it says, or leaves unsaid, is for a read to tell. */
function created(item: unknown): LiveAction {
  try {
    return decodeExtension(item).action;
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    const nothing = { label: '', url: null, services: [], headerNames: null, disabled: null, htmlUrl: null };
    return { id: idOf(item), ...nothing };
  }
}

/** Ids go into paths, so nothing else may (T19). */
function checkId(id: string): void {
  if (ID_PATTERN.test(id)) return;
  throw new UsageError('that is not a PagerDuty id: capital letters and digits only, for example PIJ90N7', {
    hint: '`pdactions list` shows the ids.',
  });
}

function notOurs(id: string): RemoteError {
  return new RemoteError(`the extension ${id} is not a custom incident action`, {
    reason: 'gone',
    aftermath: 'skip',
    hint: '`pdactions list` shows the custom incident actions of this account.',
  });
}
