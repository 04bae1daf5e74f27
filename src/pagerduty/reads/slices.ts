/**
 * Lists longer than PagerDuty's paging reaches (fact 25, F56): read in slices by filters, and believed when their union has as many
 * different ids as the whole list says. No meaning of a filter is taken for granted; only the count proves anything.
 */
import { RemoteError } from '../../errors.ts';
import type { Page } from '../wire.ts';
import { type Entry, FIRST_PAGE, isBeyondWall, type ReadPage, readPages, restOffsets } from './paging.ts';
import type { Query } from './requests.ts';
import { together } from './together.ts';

/** One part of a list. */
export interface Slice {
  readonly query: Query;
  /** False for another order of the whole list: then as much of it is read as paging reaches. */
  readonly filters: boolean;
}

export interface UnionOptions<T> {
  readonly readPage: (query: Query) => ReadPage<T>;
  /** The length of the whole list. */
  readonly total: number;
  /** A round of more slices than this is left out: reading what is missing in another way is cheaper. */
  readonly most: number;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly off?: AbortSignal | undefined;
}

/** What reading slices has cost, and how many records it has added. */
export interface Gain {
  readonly requests: number;
  readonly records: number;
}

export interface Union<T> {
  readonly found: Map<string, T>;
  /** Filters with more records than paging reaches. */
  readonly tooLong: readonly Slice[];
  /** Adds records. @returns those that were not there before */
  take(items: readonly T[]): readonly T[];
  /** Reads further slices into the union, unless the filter has proven to filter nothing. */
  add(slices: readonly Slice[]): Promise<Gain>;
  /** True when the union is as long as the whole list: nothing more needs to be looked for. */
  isFull(): boolean;
  /** True when the union is the whole list, also after the last slice was read. */
  isComplete(): Promise<boolean>;
}

/** An empty union. */
export function openUnion<T extends Entry>(options: UnionOptions<T>): Union<T> {
  const { total, most, readPage, off } = options;
  const found = new Map<string, T>();
  const tooLong: Slice[] = [];
  let filtersWork = true;
  const take = (items: readonly T[]): readonly T[] => {
    const fresh = items.filter(({ id }) => !found.has(id));
    for (const item of items) found.set(item.id, item);
    options.onProgress?.(Math.min(found.size, total), total);
    return fresh;
  };
  return {
    found,
    tooLong,
    take,
    async add(asked) {
      const gain = { requests: 0, records: 0 };
      const slices = asked.filter(({ filters }) => !filters || filtersWork);
      if (slices.length === 0 || slices.length > most) return gain;
      const takePage = ({ items }: Page<T>): void => {
        gain.requests += 1;
        gain.records += take(items).length;
      };
      const read = slices.map((slice) => async (one: AbortSignal) => {
        const first = await readSlice(slice, options, takePage, one);
        if (first && isBeyondWall(first)) tooLong.push(slice);
        return first !== undefined;
      });
      const useful = await together(read, off);
      filtersWork &&= useful.some(Boolean) || !slices.some(({ filters }) => filters);
      return gain;
    },
    isFull: () => found.size >= total,
    async isComplete() {
      if (found.size !== total) return false;
      const now = await readPage({})({ ...FIRST_PAGE, off });
      return now.total === total;
    },
  };
}

export interface Slicing<T> extends Omit<UnionOptions<T>, 'total'> {
  /** The first page of the whole list, with its total. */
  readonly first: Page<T>;
  /** The queries, one round after the other, made from the records found so far; a round ends the search when all are found. */
  readonly rounds: readonly ((
    found: ReadonlyMap<string, T>,
  ) => readonly Slice[] | Promise<readonly Slice[]>)[];
}

/** The union of what the slices show, and the means to prove that it is all. */
export async function readSlices<T extends Entry>({
  first,
  rounds,
  ...options
}: Slicing<T>): Promise<Union<T>> {
  const union = openUnion({ ...options, total: first.total ?? 0 });
  union.take(first.items);
  for (const round of rounds) {
    if (union.isFull()) break;
    await union.add(await round(union.found));
  }
  return union;
}

/** Reads one slice, as far as that adds anything. @returns its first page; undefined when the filter filters nothing */
async function readSlice<T extends Entry>(
  { query, filters }: Slice,
  { readPage, total }: UnionOptions<T>,
  take: (page: Page<T>) => void,
  off: AbortSignal,
): Promise<Page<T> | undefined> {
  const page = readPage(query);
  const first = await page({ ...FIRST_PAGE, off }).catch(unlessRefused);
  if (!first) return undefined;
  take(first);
  if (filters && first.total === total) return undefined;
  // Also a slice that is too long itself: each of its pages spares many reads of single services.
  await readPages(restOffsets(first), page, take, off);
  return first;
}

/** A filter that PagerDuty does not take is no reason to give up: what it would have shown is still missing, and counted as such. */
function unlessRefused(error: unknown): undefined {
  if (error instanceof RemoteError && error.reason === 'invalid') return undefined;
  throw error;
}
