/** Reads services and actions the cheapest way that is still complete (docs/architecture.md). */
import type { LiveAction, Service, Team } from '../../core/action.ts';
import type { Selector } from '../../core/selector.ts';
import type { Caller } from '../http/call.ts';
import type { StoreEvent } from '../store.ts';
import { decodeSchema, type Extension, type ListedService, type Page } from '../wire.ts';
import { ActionReads } from './actions.ts';
import type { SchemaId } from './extension-list.ts';
import { listAll } from './paging.ts';
import { Requests } from './requests.ts';
import { chooseSchema } from './schema.ts';
import { FEW, ServiceReads } from './services.ts';
import { TeamReads } from './teams.ts';

export interface Reads {
  /** The id of the custom incident action's schema. @throws RefusedError `schema` if it is missing or there are two (F42) */
  schemaId(): Promise<string>;
  /** Starts the reads that these selectors and the actions of their services need in any case. */
  prefetch(selectors: readonly Selector[] | 'all'): void;
  allServices(): Promise<readonly Service[]>;
  servicesFor(selectors: readonly Selector[], off?: AbortSignal): Promise<readonly Service[]>;
  teamsNamed(names: readonly string[]): Promise<readonly Team[]>;
  teamsById(ids: readonly string[]): Promise<readonly Team[]>;
  /** Empty if this token may not see teams. */
  allTeams(): Promise<readonly Team[]>;
  teamsLike(text: string): Promise<readonly Team[]>;
  servicesPage(
    query: string,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<Page<ListedService>>;
  /** @param labels that actions probably have, to search for if the list is too long */
  actions(of: readonly Service[] | 'all', labels?: readonly string[]): Promise<readonly LiveAction[]>;
  action(id: string): Promise<Extension>;
  /** @throws AuthError if the token may read no action at all */
  expectActions(): Promise<void>;
}

/** Reads over one caller. Complete results (the schema, all services, a team) are not read again. */
export function createReads(call: Caller, observer: ((event: StoreEvent) => void) | undefined): Reads {
  const requests = new Requests(call);
  const progress = (what: Extract<StoreEvent, { readonly type: 'reading' }>['what']) => {
    return (done: number, total: number) => observer?.({ type: 'reading', what, done, total });
  };

  const schemaId = schemaIdBy(requests);
  const teams = new TeamReads(requests);
  const services = new ServiceReads({
    requests,
    teams,
    onProgress: progress('services'),
    onOdd: (odd) => observer?.({ type: 'left out', services: odd.map(({ id, name }) => ({ id, name })) }),
  });
  const actions = new ActionReads({
    requests,
    schemaId,
    onProgress: { actions: progress('actions'), oneByOne: progress('services one by one') },
  });

  return {
    schemaId,
    prefetch(selectors) {
      // A caller that needs the answer gets the failure, too.
      schemaId().catch(() => undefined);
      const areMany = selectors === 'all' || selectors.length > FEW;
      if (areMany || selectors.some(({ kind }) => kind === 'glob')) actions.prefetch();
    },
    allServices: () => services.all(),
    servicesFor: (selectors, off) => services.matching(selectors, off),
    teamsNamed: (names) => teams.named(names),
    teamsById: (ids) => teams.byId(ids),
    allTeams: () => teams.all(),
    teamsLike: (text) => teams.like(text),
    servicesPage: (query, page) => services.page(query, page),
    actions: (of, labels = []) => actions.on(of, () => services.all(), labels),
    action: (id) => actions.byId(id),
    expectActions: () => actions.expectReadable(),
  };
}

/** Looks the schema up on first use. */
function schemaIdBy(requests: Requests): SchemaId {
  let schemaId: Promise<string> | undefined;
  let isKnown = false;
  const find = async (): Promise<string> => {
    const readPage = requests.page('extension_schemas', {}, decodeSchema, 'extension schemas');
    const http = requests.listing('extension_schemas');
    const id = chooseSchema(await listAll({ what: 'extension schemas', readPage, http }), http);
    isKnown = true;
    return id;
  };
  const lookUp = (): Promise<string> => {
    schemaId ??= find();
    return schemaId;
  };
  return Object.assign(lookUp, { isKnown: () => isKnown });
}
