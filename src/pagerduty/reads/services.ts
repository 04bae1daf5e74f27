import type { Service } from '../../core/action.ts';
import type { Selector } from '../../core/selector.ts';
import { RefusedError } from '../../errors.ts';
import { decodeService, type ListedService, listedService, type Page } from '../wire.ts';
import { FIRST_PAGE, isBeyondWall, listAll, PAGE_SIZE, pagesAfter, type ReadPage } from './paging.ts';
import type { Query, Requests } from './requests.ts';
import { readSlices, type Slice } from './slices.ts';
import type { TeamReads } from './teams.ts';
import { together } from './together.ts';

/** At most this many reads are made one by one without asking first how long the whole list is: asking costs one, too. */
export const FEW = 5;

/** The most filters that the list of services is asked with in one round, where paging does not reach its end. */
const MOST_SLICES = 1_000;

export interface ServiceReads {
  all(): Promise<readonly Service[]>;
  /** At least those that the selectors can match. */
  matching(selectors: readonly Selector[], off?: AbortSignal): Promise<readonly Service[]>;
  /** As listed: what has no id is among them. */
  page(
    query: string,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<Page<ListedService>>;
}

type Progress = (done: number, total: number) => void;

/** Reads of services. The whole list is read once at most. */
export function createServiceReads(
  requests: Requests,
  teams: TeamReads,
  onProgress: Progress,
  onOdd: (services: readonly Service[]) => void,
): ServiceReads {
  const { page, one, listing, orHidden, expect } = requests;
  const pages = (query: Query): ReadPage<ListedService> =>
    page(
      'services',
      query,
      (item, at) => listedService(item, `no-id-${at + 1}`),
      'name' in query ? `services called \`${query.name}\`` : 'services',
    );
  const list = async (query: Query, off?: AbortSignal, first?: Page<ListedService>): Promise<Service[]> => {
    const http = listing('services');
    return usable(await listAll({ what: 'services', readPage: pages(query), http, first, onProgress, off }));
  };

  /** Those with an id; the others are reported once they have been counted. */
  const usable = (listed: readonly ListedService[]): Service[] => {
    const odd = listed.filter(({ withoutId }) => withoutId);
    if (odd.length > 0) onOdd(odd);
    return odd.length === 0 ? [...listed] : listed.filter(({ withoutId }) => !withoutId);
  };

  let whole: Promise<readonly Service[]> | undefined;
  const all = (off?: AbortSignal, first?: Page<ListedService>): Promise<readonly Service[]> => {
    whole ??= readAll(off, first);
    return whole;
  };
  const readAll = async (off?: AbortSignal, known?: Page<ListedService>): Promise<readonly Service[]> => {
    const first = known ?? (await pages({})({ ...FIRST_PAGE, off }));
    expect(pagesAfter(first));
    return isBeyondWall(first) ? inSlices(first, off) : list({}, off, first);
  };

  /** More services than paging reaches: from both ends, by team, by the words of their names. */
  const inSlices = async (first: Page<ListedService>, off?: AbortSignal): Promise<readonly Service[]> => {
    const rounds = [
      () => [{}, { sort_by: 'name:desc' }].map((query): Slice => ({ query, filters: false })),
      async () => (await teams.all(off)).map(({ id }) => filter({ 'team_ids[]': [id] })),
      (found: ReadonlyMap<string, Service>) => wordsIn(found.values()).map((query) => filter({ query })),
    ];
    const union = await readSlices({ readPage: pages, first, rounds, most: MOST_SLICES, onProgress, off });
    if (await union.isComplete()) return usable([...union.found.values()]);
    throw new RefusedError(
      `the account has ${count(first.total ?? 0)} services, of which PagerDuty lists ${count(union.found.size)}`,
      {
        reason: 'too_many_records',
        http: listing('services'),
        hint: 'Select services by exact name, `id:…` or `team:…`: those are read one by one. Nothing was written.',
      },
    );
  };

  const byId = async (ids: readonly string[], off: AbortSignal): Promise<Service[]> => {
    const read = (id: string) => (own: AbortSignal) =>
      orHidden(() => one('/services', id, 'service', decodeService, `the service ${id}`, { off: own }));
    return (await together(ids.map(read), off)).flat();
  };

  /** Services with exactly these names, one filtered read for each. */
  const byName = async (names: readonly string[], off: AbortSignal): Promise<readonly Service[]> => {
    const found = await together(
      names.map((name) => (own: AbortSignal) => list({ name }, own)),
      off,
    );
    // A server that ignores the filter answers with other services, and perhaps not with all.
    const ignored = found.some((services, index) => services.some(({ name }) => name !== names[index]));
    return ignored ? all(off) : found.flat();
  };

  const ofTeams = async (names: readonly string[], off: AbortSignal): Promise<readonly Service[]> => {
    const read = ({ id }: { readonly id: string }) => {
      return (own: AbortSignal) => list({ 'team_ids[]': [id] }, own);
    };
    return (await together((await teams.named(names)).map(read), off)).flat();
  };

  /** The whole list, if it takes fewer requests than this many single reads. */
  const allIfCheaper = async (singles: number, off?: AbortSignal) => {
    if (whole) return whole;
    if (singles <= FEW) return undefined;
    const first = await pages({})({ ...FIRST_PAGE, off });
    if (!isBeyondWall(first) && pagesAfter(first) <= singles) return all(off, first);
    expect(singles);
    return undefined;
  };

  return {
    all: () => all(),
    page: (query, { limit, offset }) => {
      const request = { limit: Math.min(limit, PAGE_SIZE), offset, total: false };
      return pages(query === '' ? {} : { query })(request);
    },
    async matching(selectors, outer) {
      const { ids, names, teamNames, globs } = byKind(selectors);
      if (globs > 0) return all(outer);
      const listed = await allIfCheaper(ids.length + names.length, outer);
      if (listed) {
        const known = new Set(listed.map(({ id }) => id));
        const missing = ids.filter((id) => !known.has(id));
        return missing.length === 0
          ? listed
          : [...listed, ...(await together([(off) => byId(missing, off)], outer))[0]];
      }
      const found = await together(
        [(off) => byId(ids, off), (off) => byName(names, off), (off) => ofTeams(teamNames, off)],
        outer,
      );
      return [...new Map(found.flat().map((service) => [service.id, service])).values()];
    },
  };
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
