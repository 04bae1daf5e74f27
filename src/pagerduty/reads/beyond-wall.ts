/**
 * More actions than paging reaches (facts 8, 25, F56): read label by label, and service by service if no label helps. Actions of one
 * label come in the same order in every list that shows them, so only its service shows an action after the first 10,000 of its label.
 */
import type { Page } from '../wire.ts';
import type { ExtensionList, Record } from './extension-list.ts';
import { LabelSearch, ON_A_SERVICE } from './label-search.ts';
import { pagesAfter, readPages, restOffsets } from './paging.ts';
import type { Requests } from './requests.ts';
import { openUnion, type Union } from './slices.ts';
import { together } from './together.ts';

/** Limit for services read before the union is counted again: few while they reveal labels, more and more while they do not. */
const [FIRST_BATCH, LARGEST_BATCH] = [4, 96];

/** Pages of the whole list that are read to learn labels. */
const SAMPLES = 3;

export interface BeyondWall {
  readonly extensions: ExtensionList;
  readonly requests: Requests;
  /** The ids of the services whose actions are wanted. */
  readonly services: readonly string[];
  /** Page 1 of the list of our schema. */
  readonly first: Page<Record>;
  /** Labels that actions probably have. */
  readonly labels: readonly string[];
  readonly onProgress: {
    readonly actions: (done: number, total: number) => void;
    readonly oneByOne: (done: number, total: number) => void;
  };
}

/** The actions on these services, and perhaps others: the whole list, proven by its count, or the lists of single services. */
export async function readBeyondWall(options: BeyondWall): Promise<Iterable<Record>> {
  const { extensions, requests, services, first, labels, onProgress } = options;
  requests.expect(pagesAfter(first));
  const union = openUnion<Record>({
    readPage: (query) => extensions.pages(query),
    total: first.total ?? 0,
    most: services.length,
    onProgress: onProgress.actions,
  });
  const search = new LabelSearch(union);
  await search.ask(labels);
  await search.learn(union.take(first.items));
  if (!union.isFull()) await sampleList(options, { union, search });
  if (await union.isComplete()) return union.records.values();
  return serviceByService(options, { union, search });
}

/** Reads a few pages of the whole list, and the rest if those show more missing actions than single services would. */
async function sampleList(
  { extensions, first }: BeyondWall,
  { union, search }: LabelSearchResult,
): Promise<void> {
  const read = async (offsets: readonly number[]): Promise<boolean> => {
    const fresh: Record[] = [];
    await readPages(offsets, extensions.pages({}), ({ items }) => {
      fresh.push(...union.take(items));
    });
    await search.learn(fresh);
    return fresh.length > ON_A_SERVICE * offsets.length;
  };
  const offsets = restOffsets(first);
  const step = Math.ceil(offsets.length / SAMPLES);
  const isSample = (index: number): boolean => (index + 1) % step === 0;
  const goesOn = await read(offsets.filter((_, index) => isSample(index)));
  if (goesOn && !union.isFull()) await read(offsets.filter((_, index) => !isSample(index)));
}

interface LabelSearchResult {
  readonly union: Union<Record>;
  readonly search: LabelSearch;
}

/** The union with services read one by one, those with the fewest actions first, until it is complete or all have been read. */
async function serviceByService(
  { extensions, requests, services, onProgress }: BeyondWall,
  { union, search }: LabelSearchResult,
): Promise<Iterable<Record>> {
  requests.expect(services.length);
  const read = new Map<string, Record>();
  let waiting = likelyFirst(services, union);
  for (let size = FIRST_BATCH; waiting.length > 0; ) {
    const batch = waiting.slice(0, size);
    waiting = waiting.slice(size);
    const records = (await together(batch.map((id) => extensions.onService(id)))).flat();
    for (const record of records) read.set(record.id, record);
    onProgress.oneByOne(services.length - waiting.length, services.length);
    const learnt = await search.learn(union.take(records));
    if (await union.isComplete()) return union.records.values();
    if (learnt) waiting = likelyFirst(waiting, union);
    size = learnt ? FIRST_BATCH : Math.min(2 * size, LARGEST_BATCH);
  }
  // Each list is complete by itself; records only in the union may be gone by now.
  return read.values();
}

/** The fraction whose multiples spread most evenly: the golden ratio's. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * The ids of services, most likely with missing actions first: without a label that is on more services than paging reaches, then
 * those with the fewest actions. Equal ones are spread, so that the first few represent all.
 */
function likelyFirst(ids: readonly string[], { records, tooLong }: Union<Record>): string[] {
  const parts = tooLong.map(({ query }) => String(query.query).toLowerCase());
  const [counts, partsOn] = [new Map<string, number>(), new Map<string, Set<string>>()];
  for (const { action } of records.values()) {
    const label = parts.length > 0 ? action.label.toLowerCase() : '';
    const has = parts.filter((part) => label.includes(part));
    for (const { id } of action.services) {
      counts.set(id, (counts.get(id) ?? 0) + 1);
      if (has.length > 0) partsOn.set(id, new Set([...(partsOn.get(id) ?? []), ...has]));
    }
  }
  const rank = (id: string, index: number): number =>
    (partsOn.get(id)?.size ?? 0) * A_PART + (counts.get(id) ?? 0) + ((index * GOLDEN) % 1);
  return ids
    .map((id, index) => ({ id, rank: rank(id, index) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ id }) => id);
}

/** More than any number of actions on one service. */
const A_PART = 1_000_000;
