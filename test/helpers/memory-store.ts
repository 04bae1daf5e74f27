import type { LiveAction, Service, Team } from '../../src/core/action.ts';
import { SLOTS_PER_SERVICE } from '../../src/core/action.ts';
import { ID_PATTERN, type Selector } from '../../src/core/selector.ts';
import { RemoteError, UsageError } from '../../src/errors.ts';
import type { ActionBody, ActionStore } from '../../src/pagerduty/store.ts';

/** The contents of an account. The same shape as a seed of the sandbox, so that one test can run against both. */
export interface Account {
  readonly account: string;
  readonly teams?: readonly Team[];
  readonly services: readonly { readonly id: string; readonly name: string; readonly teams?: string[] }[];
  readonly extensions: readonly {
    readonly id: string;
    readonly service?: string;
    readonly services?: string[];
    readonly name: string;
    readonly url: string;
    readonly headers?: Record<string, string>;
    readonly schema?: 'custom_webhook' | 'generic_v2_webhook';
    readonly disabled?: boolean;
  }[];
}

/** One call of the store: the method and its arguments. */
export type Asked = readonly [method: keyof ActionStore, ...about: readonly unknown[]];

export interface MemoryStore extends ActionStore {
  /** Every call, in order. */
  readonly asked: readonly Asked[];
  /** The writes among them. */
  writes(): readonly Asked[];
  /** The current actions of the account. */
  readonly live: Map<string, LiveAction>;
  /** Called before every method. An error it throws goes to the caller; a `RemoteError` thrown after `commit` simulates a lost answer. */
  before: (asked: Asked, commit: () => void) => void | Promise<void>;
}

/** A store over a Map, for tests of the layers above. Small and strict; it knows nothing of HTTP. */
export function createMemoryStore(account: Account): MemoryStore {
  const services: readonly Service[] = account.services.map(({ id, name, teams = [] }) => ({
    id,
    name,
    teamIds: teams,
    htmlUrl: `https://${account.account}.pagerduty.com/service-directory/${id}`,
  }));
  const named = (id: string) => ({ id, name: services.find((service) => service.id === id)?.name ?? null });
  const live = new Map<string, LiveAction>();
  for (const one of account.extensions) {
    if (one.schema === 'generic_v2_webhook') continue;
    const on = [...(one.service === undefined ? [] : [one.service]), ...(one.services ?? [])];
    live.set(one.id, {
      id: one.id,
      label: one.name,
      url: one.url,
      services: on.map(named),
      headerNames: Object.keys(one.headers ?? {}),
      disabled: one.disabled ?? false,
      htmlUrl: null,
    });
  }
  const asked: Asked[] = [];
  let created = 0;

  /** All calls go through this function: each is recorded, may fail, and has its effect once. */
  const ask = async <T>(about: Asked, happen: () => T): Promise<T> => {
    asked.push(about);
    let done: { readonly value: T } | undefined;
    const commit = (): void => {
      done ??= { value: happen() };
    };
    await store.before(about, commit);
    commit();
    return (done as unknown as { readonly value: T }).value;
  };
  const existing = (id: string): LiveAction => {
    if (!ID_PATTERN.test(id)) throw new UsageError('that is not a PagerDuty id');
    const found = live.get(id);
    if (found) return found;
    throw new RemoteError(`there is no action ${id}`, { reason: 'gone', aftermath: 'skip' });
  };
  const put = (action: LiveAction): LiveAction => {
    live.set(action.id, action);
    return action;
  };
  const fields = ({ label, url, headers }: ActionBody) => ({
    label,
    url,
    ...(headers === undefined ? {} : { headerNames: headers.map(({ name }) => name) }),
  });
  const on = (action: LiveAction, id: string): boolean => action.services.some((one) => one.id === id);

  const store: MemoryStore = {
    origin: 'memory://account',
    asked,
    live,
    writes: () => asked.filter(([method]) => ['create', 'update', 'delete', 'enable'].includes(method)),
    before: () => undefined,
    requests: () => asked.length,
    prefetch: () => undefined,
    expect: () => undefined,
    breathe: () => Promise.resolve(),
    timeLeft: () => Number.POSITIVE_INFINITY,
    catalogue: (selectors) => ask(['catalogue', selectors], () => catalogue(account, services, selectors)),
    searchServices: (text, { limit, offset }) =>
      ask(['searchServices', text], () => {
        const found = services.filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()));
        return { services: found.slice(offset, offset + limit), hasMore: offset + limit < found.length };
      }),
    teamsNamed: (names) =>
      ask(['teamsNamed', names], () => (account.teams ?? []).filter(({ name }) => names.includes(name))),
    teams: () => ask(['teams'], () => account.teams ?? []),
    teamsById: (ids) =>
      ask(['teamsById', ids], () => (account.teams ?? []).filter(({ id }) => ids.includes(id))),
    searchTeams: (text) =>
      ask(['searchTeams', text], () =>
        (account.teams ?? []).filter(({ name }) => name.toLowerCase().includes(text.toLowerCase())),
      ),
    actions: (of) =>
      ask(['actions', of === 'all' ? of : of.map(({ id }) => id)], () =>
        [...live.values()].filter((action) => of === 'all' || of.some(({ id }) => on(action, id))),
      ),
    action: (id) => ask(['action', id], () => existing(id)),
    account: () => ask(['account'], () => account.account),
    create: (serviceId, body) =>
      ask(['create', serviceId, body], () => {
        if (!ID_PATTERN.test(serviceId)) throw new UsageError('that is not a PagerDuty id');
        if ([...live.values()].filter((action) => on(action, serviceId)).length >= SLOTS_PER_SERVICE) {
          throw new RemoteError('a service has only three slots', { reason: 'limit', aftermath: 'skip' });
        }
        created += 1;
        const base = { id: `PNEW${created}`, services: [named(serviceId)], disabled: false, htmlUrl: null };
        return put({ ...base, headerNames: [], ...fields(body) });
      }),
    update: (id, serviceId, body) =>
      ask(['update', id, serviceId, body], () => put({ ...existing(id), ...fields(body) })),
    delete: (id) =>
      ask(['delete', id], () => {
        if (!ID_PATTERN.test(id)) throw new UsageError('that is not a PagerDuty id');
        return live.delete(id) ? 'deleted' : 'gone';
      }),
    enable: (id) => ask(['enable', id], () => put({ ...existing(id), disabled: false })),
  };
  return store;
}

function catalogue(account: Account, services: readonly Service[], selectors: readonly Selector[] | 'all') {
  if (selectors === 'all') return { services, teams: [] };
  const teams = (account.teams ?? []).filter(({ name }) =>
    selectors.some((selector) => selector.kind === 'team' && selector.team === name),
  );
  return { services, teams };
}
