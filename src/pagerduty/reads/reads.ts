/** Reading services and actions the cheapest way that is still complete (docs/architecture.md). */
import type { LiveAction, Service, Team } from '../../core/action.ts';
import type { Selector } from '../../core/selector.ts';
import { RemoteError } from '../../errors.ts';
import type { Caller } from '../http/call.ts';
import type { StoreEvent } from '../store.ts';
import {
  decodeExtension,
  decodeSchema,
  decodeService,
  decodeTeam,
  type Extension,
  type Page,
} from '../wire.ts';
import { FIRST_PAGE, isBeyondWall, listAll, PAGE_SIZE, type PageRequest } from './paging.ts';
import { createRequests, type Query } from './requests.ts';
import { chooseSchema } from './schema.ts';
import { together } from './together.ts';

/** So few reads are made one by one without asking first how long the whole list is: asking costs one, too. */
const FEW = 5;

export interface Reads {
  /** The id of the custom incident action's schema. @throws RefusedError `schema` when it is missing or there are two (F42) */
  schemaId(): Promise<string>;
  allServices(): Promise<readonly Service[]>;
  servicesFor(selectors: readonly Selector[], off?: AbortSignal): Promise<readonly Service[]>;
  teamsNamed(names: readonly string[]): Promise<readonly Team[]>;
  teamsLike(text: string): Promise<readonly Team[]>;
  servicesPage(
    query: string,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<Page<Service>>;
  actions(of: readonly Service[] | 'all'): Promise<readonly LiveAction[]>;
  action(id: string): Promise<Extension>;
}

/** Reads over one caller. What was read whole once (the schema, all services, a team) is not read again. */
export function createReads(call: Caller, observer: ((event: StoreEvent) => void) | undefined): Reads {
  const { page, one, listing } = createRequests(call);
  const progress = (what: 'services' | 'actions') => (done: number, total: number) =>
    observer?.({ type: 'reading', what, done, total });

  let schema: Promise<string> | undefined;
  const findSchema = async (): Promise<string> => {
    const readPage = page('extension_schemas', {}, decodeSchema, 'extension schemas');
    const http = listing('extension_schemas');
    return chooseSchema(await listAll({ what: 'extension schemas', readPage, http }), http);
  };
  const schemaId = (): Promise<string> => {
    schema ??= findSchema();
    return schema;
  };

  const readServices = (query: Query) =>
    page(
      'services',
      query,
      decodeService,
      'name' in query ? `services called \`${query.name}\`` : 'services',
    );
  const services = (query: Query, off?: AbortSignal, first?: Page<Service>): Promise<Service[]> => {
    const onProgress = progress('services');
    return listAll({
      what: 'services',
      readPage: readServices(query),
      http: listing('services'),
      first,
      onProgress,
      off,
    });
  };

  let all: Promise<readonly Service[]> | undefined;
  const allServices = (off?: AbortSignal, first?: Page<Service>): Promise<readonly Service[]> => {
    all ??= services({}, off, first);
    return all;
  };

  /** One service by id; one that is gone matches nothing. */
  const serviceById = async (id: string, off: AbortSignal): Promise<Service[]> => {
    try {
      return [await one('/services', id, 'service', decodeService, `the service ${id}`, { off })];
    } catch (error) {
      if (error instanceof RemoteError && error.reason === 'gone') return [];
      throw error;
    }
  };

  /** Services with exactly these names: one filtered read for each, or all pages where those are fewer. */
  const servicesByName = async (names: readonly string[], off: AbortSignal): Promise<readonly Service[]> => {
    if (names.length === 0) return [];
    if (names.length > FEW) {
      const first = await readServices({})({ ...FIRST_PAGE, off });
      if (!isBeyondWall(first) && pagesAfter(first) <= names.length) return allServices(off, first);
    }
    const found = await together(
      names.map((name) => (one: AbortSignal) => services({ name }, one)),
      off,
    );
    // A server that ignores the filter answers with other services, and perhaps not with all.
    const ignored = found.some((list, index) => list.some((service) => service.name !== names[index]));
    return ignored ? allServices(off) : found.flat();
  };

  const servicesOfTeams = async (names: readonly string[], off: AbortSignal): Promise<readonly Service[]> => {
    const teams = await teamsNamed(names);
    const found = await together(
      teams.map(
        ({ id }) =>
          (one: AbortSignal) =>
            services({ 'team_ids[]': [id] }, one),
      ),
      off,
    );
    return found.flat();
  };

  const teams = new Map<string, Promise<readonly Team[]>>();
  const teamsNamed = async (names: readonly string[]): Promise<readonly Team[]> => {
    const found = await Promise.all(
      names.map((name) => {
        const known = teams.get(name) ?? teamNamed(name);
        teams.set(name, known);
        return known;
      }),
    );
    return found.flat();
  };
  const readTeams = (query: string) => page('teams', { query }, decodeTeam, 'teams');
  const teamNamed = async (name: string): Promise<readonly Team[]> => {
    const readPage = readTeams(name);
    return (await listAll({ what: 'teams', readPage, http: listing('teams') })).filter(
      (team) => team.name === name,
    );
  };

  /** The list may refuse to say which actions are disabled (fact 9); then it is read without. */
  let include: Query = { 'include[]': ['temporarily_disabled'] };
  const readExtensions =
    (query: Query) =>
    async (request: PageRequest): Promise<Page<Extension & { readonly id: string }>> => {
      const extension_schema_id = await schemaId();
      const used = include;
      const { extension_object_id: service } = query;
      const what = service === undefined ? 'actions' : `actions on the service ${service}`;
      const read = (extra: Query) =>
        page('extensions', { extension_schema_id, ...query, ...extra }, withId, what)(request);
      try {
        return await read(used);
      } catch (error) {
        const refused = error instanceof RemoteError && error.reason === 'invalid' && 'include[]' in used;
        if (!refused) throw error;
        include = {};
        return await read(include);
      }
    };
  const extensions = async (
    query: Query,
    {
      off,
      first,
    }: { readonly off?: AbortSignal; readonly first?: Page<Extension & { readonly id: string }> },
  ) => {
    const own = await schemaId();
    const onProgress = 'extension_object_id' in query ? undefined : progress('actions');
    const readPage = readExtensions(query);
    const found = await listAll({
      what: 'extensions',
      readPage,
      http: listing('extensions'),
      first,
      onProgress,
      off,
    });
    // Filtered again: a server that ignores the filter must not widen what is in scope.
    return found.filter((entry) => entry.schemaId === own).map(({ action }) => action);
  };

  const actionsOf = async (of: readonly Service[]): Promise<LiveAction[]> => {
    const wanted = new Set(of.map(({ id }) => id));
    const lists = await together(
      [...wanted].map((id) => (off: AbortSignal) => extensions({ extension_object_id: id }, { off })),
    );
    const unique = new Map(lists.flat().map((action) => [action.id, action]));
    return [...unique.values()].filter((action) => action.services.some(({ id }) => wanted.has(id)));
  };

  const actions = async (of: readonly Service[] | 'all'): Promise<readonly LiveAction[]> => {
    if (of !== 'all' && of.length <= FEW) return actionsOf(of);
    const first = await readExtensions({})(FIRST_PAGE);
    if (of === 'all') return isBeyondWall(first) ? actionsOf(await allServices()) : extensions({}, { first });
    if (isBeyondWall(first) || pagesAfter(first) > of.length) return actionsOf(of);
    const wanted = new Set(of.map(({ id }) => id));
    const found = await extensions({}, { first });
    return found.filter((action) => action.services.some(({ id }) => wanted.has(id)));
  };

  return {
    schemaId,
    allServices: () => allServices(),
    async servicesFor(selectors, outer) {
      if (all || selectors.some(({ kind }) => kind === 'glob')) return allServices(outer);
      const ids = unique(selectors, 'id', ({ id }) => id);
      const [byId, byName, byTeam] = await together(
        [
          (off) =>
            together(
              ids.map((id) => (one: AbortSignal) => serviceById(id, one)),
              off,
            ),
          (off) =>
            servicesByName(
              unique(selectors, 'name', ({ name }) => name),
              off,
            ),
          (off) =>
            servicesOfTeams(
              unique(selectors, 'team', ({ team }) => team),
              off,
            ),
        ],
        outer,
      );
      return [...new Map([...byId.flat(), ...byName, ...byTeam].map((s) => [s.id, s])).values()];
    },
    teamsNamed,
    teamsLike: async (text) => (await readTeams(text)({ limit: 100, offset: 0, total: false })).items,
    servicesPage: (query, { limit, offset }) =>
      readServices(query === '' ? {} : { query })({
        limit: Math.min(limit, PAGE_SIZE),
        offset,
        total: false,
      }),
    actions,
    action: (id) =>
      one('/extensions', id, 'extension', decodeExtension, `the action ${id}`, {
        query: { 'include[]': ['temporarily_disabled'] },
      }),
  };
}

function withId(item: unknown): Extension & { readonly id: string } {
  const extension = decodeExtension(item);
  return { ...extension, id: extension.action.id };
}

function pagesAfter({ total, items }: Page<unknown>): number {
  return total === null || items.length === 0 ? 0 : Math.ceil(total / items.length) - 1;
}

function unique<Kind extends Selector['kind']>(
  selectors: readonly Selector[],
  kind: Kind,
  text: (selector: Extract<Selector, { readonly kind: Kind }>) => string,
): string[] {
  const own = selectors.filter(
    (selector): selector is Extract<Selector, { readonly kind: Kind }> => selector.kind === kind,
  );
  return [...new Set(own.map(text))];
}
