import type { Service } from '../../core/action.ts';
import type { Selector } from '../../core/selector.ts';
import { RefusedError } from '../../errors.ts';
import { decodeService, type ListedService, listedService, type Page } from '../wire.ts';
import { FIRST_PAGE, isBeyondWall, listAll, PAGE_SIZE, pagesAfter, type ReadPage } from './paging.ts';
import { orHidden, type Query, type Requests } from './requests.ts';
import { readSlices, type Slice } from './slices.ts';
import type { TeamReads } from './teams.ts';
import { together } from './together.ts';

/** Up to this many reads are made one by one without first reading the length of the whole list, which costs one, too. */
export const FEW = 5;

/** Limit for filters of one round, if paging does not reach the end of the list of services. */
const MOST_SLICES = 1_000;

type OnProgress = (done: number, total: number) => void;

interface ServiceReadsOptions {
  readonly requests: Requests;
  readonly teams: TeamReads;
  readonly onProgress: OnProgress;
  /** Called with services without an id, once they have been counted. */
  readonly onOdd: (services: readonly Service[]) => void;
}

/** Reads of services. The whole list is read once at most. */
export class ServiceReads {
  readonly #options: ServiceReadsOptions;
  #whole: Promise<readonly Service[]> | undefined;

  constructor(options: ServiceReadsOptions) {
    this.#options = options;
  }

  /** All of them. `first`: the first page, if known. */
  all(off?: AbortSignal, first?: Page<ListedService>): Promise<readonly Service[]> {
    this.#whole ??= this.#readAll(off, first);
    return this.#whole;
  }

  /** As listed, including records without an id. */
  page(
    query: string,
    { limit, offset }: { readonly limit: number; readonly offset: number },
  ): Promise<Page<ListedService>> {
    const request = { limit: Math.min(limit, PAGE_SIZE), offset, total: false };
    return this.#pages(query === '' ? {} : { query })(request);
  }

  /** At least the services that the selectors can match. */
  async matching(selectors: readonly Selector[], outer?: AbortSignal): Promise<readonly Service[]> {
    const { ids, names, teamNames, globs } = byKind(selectors);
    if (globs > 0) return this.all(outer);
    const listed = await this.#allIfCheaper(ids.length + names.length, outer);
    if (listed) return this.#withIds(listed, ids, outer);
    const answers = await together(
      [
        (off) => this.#byId(ids, off),
        (off) => this.#byName(names, off),
        (off) => this.#ofTeams(teamNames, off),
      ],
      outer,
    );
    return [...new Map(answers.flat().map((service) => [service.id, service])).values()];
  }

  /** The list, completed with the missing services of these ids. */
  async #withIds(
    listed: readonly Service[],
    ids: readonly string[],
    outer: AbortSignal | undefined,
  ): Promise<readonly Service[]> {
    const known = new Set(listed.map(({ id }) => id));
    const missing = ids.filter((id) => !known.has(id));
    if (missing.length === 0) return listed;
    const [byId] = await together([(off) => this.#byId(missing, off)], outer);
    return [...listed, ...byId];
  }

  #pages(query: Query): ReadPage<ListedService> {
    return this.#options.requests.page(
      'services',
      query,
      (item, at) => listedService(item, `no-id-${at + 1}`),
      'name' in query ? `services called \`${query.name}\`` : 'services',
    );
  }

  async #list(query: Query, off?: AbortSignal, first?: Page<ListedService>): Promise<Service[]> {
    const { requests, onProgress } = this.#options;
    const http = requests.listing('services');
    return this.#usable(
      await listAll({ what: 'services', readPage: this.#pages(query), http, first, onProgress, off }),
    );
  }

  /** The services with an id; the others are reported once they have been counted. */
  #usable(listed: readonly ListedService[]): Service[] {
    const odd = listed.filter(({ withoutId }) => withoutId);
    if (odd.length === 0) return [...listed];
    this.#options.onOdd(odd);
    return listed.filter(({ withoutId }) => !withoutId);
  }

  async #readAll(off?: AbortSignal, known?: Page<ListedService>): Promise<readonly Service[]> {
    const first = known ?? (await this.#pages({})({ ...FIRST_PAGE, off }));
    this.#options.requests.expect(pagesAfter(first));
    return isBeyondWall(first) ? this.#inSlices(first, off) : this.#list({}, off, first);
  }

  /** More services than paging reaches: from both ends, by team, by the words of their names. */
  async #inSlices(first: Page<ListedService>, off?: AbortSignal): Promise<readonly Service[]> {
    const { requests, teams, onProgress } = this.#options;
    const rounds = [
      () => [{}, { sort_by: 'name:desc' }].map((query): Slice => ({ query, filters: false })),
      async () => (await teams.all(off)).map(({ id }) => filter({ 'team_ids[]': [id] })),
      (services: ReadonlyMap<string, Service>) =>
        wordsIn(services.values()).map((query) => filter({ query })),
    ];
    const readPage = (query: Query): ReadPage<ListedService> => this.#pages(query);
    const union = await readSlices({ readPage, first, rounds, most: MOST_SLICES, onProgress, off });
    if (await union.isComplete()) return this.#usable([...union.records.values()]);
    throw new RefusedError(
      `the account has ${count(first.total ?? 0)} services, but PagerDuty lists only ${count(union.records.size)}`,
      {
        reason: 'too_many_records',
        http: requests.listing('services'),
        hint: 'Select services by exact name, `id:ID` or `team:NAME`: those are read one by one. Nothing was written.',
      },
    );
  }

  async #byId(ids: readonly string[], off: AbortSignal): Promise<Service[]> {
    const { requests } = this.#options;
    const service = { path: '/services', key: 'service', decode: decodeService };
    const read = (id: string) => (signal: AbortSignal) =>
      orHidden(requests.one({ ...service, id, what: `the service ${id}`, off: signal }));
    return (await together(ids.map(read), off)).flat();
  }

  /** Services with exactly these names, one filtered read for each. */
  async #byName(names: readonly string[], off: AbortSignal): Promise<readonly Service[]> {
    const answers = await together(
      names.map((name) => (signal: AbortSignal) => this.#list({ name }, signal)),
      off,
    );
    // A server that ignores the filter answers with other services, and perhaps not with all.
    const ignored = answers.some((services, index) => services.some(({ name }) => name !== names[index]));
    return ignored ? this.all(off) : answers.flat();
  }

  async #ofTeams(names: readonly string[], off: AbortSignal): Promise<readonly Service[]> {
    const teams = await this.#options.teams.named(names);
    const read = ({ id }: { readonly id: string }) => {
      return (signal: AbortSignal) => this.#list({ 'team_ids[]': [id] }, signal);
    };
    return (await together(teams.map(read), off)).flat();
  }

  /** The whole list, if it takes fewer requests than this many single reads. */
  async #allIfCheaper(singles: number, off?: AbortSignal): Promise<readonly Service[] | undefined> {
    if (this.#whole) return this.#whole;
    if (singles <= FEW) return undefined;
    const first = await this.#pages({})({ ...FIRST_PAGE, off });
    if (!isBeyondWall(first) && pagesAfter(first) <= singles) return this.all(off, first);
    this.#options.requests.expect(singles);
    return undefined;
  }
}

function filter(query: Query): Slice {
  return { query, filters: true };
}

/** A word in fewer names than this is not worth a request. */
const FREQUENT = 20;

/** The frequent words in the names of services, each once, the most frequent first. */
function wordsIn(services: Iterable<Service>): string[] {
  const counts = new Map<string, number>();
  for (const { name } of services) {
    const words = name.toLowerCase().split(/[^\p{L}\p{N}]+/u);
    for (const word of new Set(words)) if (word.length > 1) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const sorted = [...counts].filter(([, count]) => count >= FREQUENT).sort(([, a], [, b]) => b - a);
  return sorted.slice(0, MOST_SLICES).map(([word]) => word);
}

function byKind(selectors: readonly Selector[]) {
  const [ids, names, teamNames] = [new Set<string>(), new Set<string>(), new Set<string>()];
  let globs = 0;
  for (const selector of selectors) {
    if (selector.kind === 'id') ids.add(selector.id);
    else if (selector.kind === 'name') names.add(selector.name);
    else if (selector.kind === 'team') teamNames.add(selector.team);
    else globs += 1;
  }
  return { ids: [...ids], names: [...names], teamNames: [...teamNames], globs };
}

function count(records: number): string {
  return records.toLocaleString('en-US');
}
