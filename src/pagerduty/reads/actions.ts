import { type LiveAction, NO_SERVICE, type Service } from '../../core/action.ts';
import { RemoteError } from '../../errors.ts';
import { type Extension, type Page, readExtension } from '../wire.ts';
import { hasSchema, wayOn } from './ahead.ts';
import { FIRST_PAGE, isBeyondWall, type ListOptions, listAll, pagesAfter, type ReadPage } from './paging.ts';
import type { Query, Requests } from './requests.ts';
import { FEW } from './services.ts';
import { readSlices, type Slice } from './slices.ts';
import { together } from './together.ts';

/** Services that are asked for their actions before the union is counted again. */
const BATCH = 96;

export interface ActionReads {
  /** Reads the first page of all extensions for the next `on`, which may or may not need it. */
  prefetch(): void;
  /**
   * The custom incident actions on these services, each once, verified complete.
   * @param services gives those of the whole account, for where they have to be asked one by one
   * @param labels that actions probably have
   */
  on(
    of: readonly Service[] | 'all',
    services: () => Promise<readonly Service[]>,
    labels: readonly string[],
  ): Promise<readonly LiveAction[]>;
  byId(id: string): Promise<Extension>;
  /** Reads one record of the list. @throws AuthError for a token that may read no action at all */
  expectReadable(): Promise<void>;
}

type Record = Extension & { readonly id: string };
type Progress = (done: number, total: number) => void;

/** The id of the schema, asked for at most once. */
export interface SchemaId {
  (): Promise<string>;
  isKnown(): boolean;
}

/** Reads of actions, over the id of their schema. */
export function createActionReads(
  requests: Requests,
  schemaId: SchemaId,
  onProgress: { readonly actions: Progress; readonly oneByOne: Progress },
): ActionReads {
  const { page, one, listing, expect } = requests;
  /** The list may refuse to say which actions are disabled (fact 9); then it is read without. */
  let include: Query = { 'include[]': ['temporarily_disabled'] };
  const pages =
    (query: Query): ReadPage<Record> =>
    async (request) =>
      anyPages({ extension_schema_id: await schemaId(), ...query })(request);

  /** Pages of extensions of any schema, unless the query names one. */
  const anyPages =
    (query: Query): ReadPage<Record> =>
    async (request) => {
      const used = include;
      const { extension_object_id: service } = query;
      const what = service === undefined ? 'actions' : `actions on the service ${service}`;
      const read = (extra: Query) => page('extensions', { ...query, ...extra }, withId, what)(request);
      try {
        return await read(used);
      } catch (error) {
        const refused = error instanceof RemoteError && error.reason === 'invalid' && 'include[]' in used;
        if (!refused) throw error;
        include = {};
        return await read(include);
      }
    };

  const listOf = (readPage: ReadPage<Record>, more: Partial<ListOptions<Record>>) =>
    listAll({ what: 'extensions', readPage, http: listing('extensions'), ...more });

  const list = (query: Query, more: { readonly off?: AbortSignal; readonly first?: Page<Record> }) => {
    const progress = 'extension_object_id' in query ? undefined : onProgress.actions;
    return listOf(pages(query), { onProgress: progress, ...more });
  };

  /** Filtered again: a server that ignores the filter must not widen what is in scope. */
  const own = async (records: Iterable<Record>): Promise<LiveAction[]> => {
    const schema = await schemaId();
    return [...records]
      .filter(({ schemaId: of }) => of === null || of === schema)
      .map(({ action }) => action);
  };

  const onService = (id: string) => (off: AbortSignal) => list({ extension_object_id: id }, { off });

  /** Each service for itself, every record once. */
  const oneByOne = async (of: readonly Service[]): Promise<LiveAction[]> => {
    const wanted = idsOf(of);
    if (wanted.size > FEW) expect(wanted.size);
    let done = 0;
    const read = [...wanted].map((id) => async (off: AbortSignal) => {
      const records = await onService(id)(off);
      done += 1;
      if (wanted.size > FEW) onProgress.oneByOne(done, wanted.size);
      return records;
    });
    const lists = await together(read);
    const found = await own(new Map(lists.flat().map((record) => [record.id, record])).values());
    return found.filter(isOn(wanted));
  };

  /** More actions than paging reaches: by label, and service by service what is then still missing. */
  const inSlices = async (of: readonly Service[], first: Page<Record>, labels: readonly string[]) => {
    const most = of.length;
    expect(pagesAfter(first));
    const asked = new Set<string>();
    const byLabel = (candidates: Iterable<string>): Slice[] => {
      const added = [...new Set(candidates)].filter((label) => label !== '' && !asked.has(label));
      for (const label of added) asked.add(label);
      return added.map((query) => ({ query: { query }, filters: true }));
    };
    const rounds = [
      (found: ReadonlyMap<string, Record>) => byLabel([...labels, ...labelsIn(found)]),
      (): Slice[] => [{ query: {}, filters: false }],
      (found: ReadonlyMap<string, Record>) => byLabel(labelsIn(found)),
    ];
    const union = await readSlices({ readPage: pages, first, rounds, most, onProgress: onProgress.actions });
    if (await union.isComplete()) return own(union.found.values());
    return own(await completed(of, union));
  };

  /** The union with services read one by one, those with the fewest records first, until it is complete or all have been read. */
  const completed = async (of: readonly Service[], union: Awaited<ReturnType<typeof readSlices<Record>>>) => {
    const { found } = union;
    const counts = new Map<string, number>();
    for (const { action } of found.values()) {
      for (const { id } of action.services) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    const waiting = [...idsOf(of)].sort((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0));
    expect(waiting.length);
    const read = new Map<string, Record>();
    for (let done = 0; done < waiting.length; done += BATCH) {
      const lists = await together(waiting.slice(done, done + BATCH).map(onService));
      for (const record of lists.flat()) {
        read.set(record.id, record);
        found.set(record.id, record);
      }
      onProgress.oneByOne(Math.min(done + BATCH, waiting.length), waiting.length);
      if (await union.isComplete()) return found.values();
    }
    // Each list has proven complete for itself; what only the union has may be gone by now.
    return read.values();
  };

  let prefetched: Promise<Page<Record>> | undefined;
  const prefetch = (): Promise<Page<Record>> => {
    // The schema first: where only one request is made at a time, it is what a failure is about.
    schemaId().catch(() => undefined);
    const first = anyPages({})(FIRST_PAGE);
    // A failure is reported where the page is needed.
    first.catch(() => undefined);
    return first;
  };

  /** Page 1 of all extensions: what `prefetch` has asked for, or asked for now while the schema is not known. */
  const takeAhead = (): Promise<Page<Record>> | undefined => {
    const ahead = prefetched ?? (schemaId.isKnown() ? undefined : prefetch());
    prefetched = undefined;
    return ahead;
  };

  /** The wanted actions from page 1 of all extensions; undefined where only the list of our schema can tell, or it is cheaper. */
  const fromAhead = async (
    ahead: Promise<Page<Record>>,
    of: readonly Service[] | 'all',
  ): Promise<readonly LiveAction[] | undefined> => {
    const schema = await schemaId();
    const first = await ahead;
    const way = wayOn(first, schema, of === 'all' ? Number.POSITIVE_INFINITY : of.length);
    if (way === 'services' && of !== 'all') return oneByOne(of);
    if (way !== 'rest') return undefined;
    const records = await listOf(anyPages({}), { first, onProgress: onProgress.actions });
    return records.every(hasSchema) ? own(records) : undefined;
  };

  /** The list of our schema, or each service for itself where that is cheaper. */
  const ofSchema = async (
    of: readonly Service[] | 'all',
    services: () => Promise<readonly Service[]>,
    labels: readonly string[],
  ): Promise<readonly LiveAction[]> => {
    const first = await pages({})(FIRST_PAGE);
    if (of !== 'all' && pagesAfter(first) > of.length) return oneByOne(of);
    if (!isBeyondWall(first)) return own(await list({}, { first }));
    return inSlices(of === 'all' ? await services() : of, first, labels);
  };

  return {
    prefetch() {
      prefetched = prefetch();
    },
    async on(asked, services, labels) {
      const of = asked === 'all' ? asked : asked.filter(({ id }) => id !== NO_SERVICE.id);
      if (of !== 'all' && of.length <= FEW) {
        prefetched = undefined;
        return oneByOne(of);
      }
      const ahead = takeAhead();
      const whole = ahead && (await fromAhead(ahead, of));
      return within(of, whole ?? (await ofSchema(of, services, labels)));
    },
    async expectReadable() {
      await pages({})({ limit: 1, offset: 0, total: false });
    },
    byId: (id) =>
      one('/extensions', id, 'extension', (item) => readExtension(item, id), `the action ${id}`, {
        query: { 'include[]': ['temporarily_disabled'] },
      }),
  };
}

/** @param at its place in the list, for one without an id */
function withId(item: unknown, at: number): Record {
  const extension = readExtension(item, `no-id-${at + 1}`);
  return { ...extension, id: extension.action.id };
}

/** An action on no known service may be on one of these: the caller decides whether to show it. */
function within(of: readonly Service[] | 'all', found: readonly LiveAction[]): readonly LiveAction[] {
  if (of === 'all') return found;
  const isWanted = isOn(idsOf(of));
  return found.filter((action) => action.services.length === 0 || isWanted(action));
}

function idsOf(services: readonly Service[]): ReadonlySet<string> {
  return new Set(services.map(({ id }) => id));
}

function isOn(wanted: ReadonlySet<string>): (action: LiveAction) => boolean {
  return (action) => action.services.some(({ id }) => wanted.has(id));
}

function labelsIn(found: ReadonlyMap<string, Record>): string[] {
  return [...found.values()].map(({ action }) => action.label);
}
