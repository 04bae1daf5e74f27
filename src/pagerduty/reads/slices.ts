/**
 * Reads lists longer than PagerDuty's paging (fact 25, F56) in slices by filters, and believes them if their union has as many
 * different ids as the whole list announces. The meaning of a filter does not matter; only the count proves anything.
 */
import { RemoteError } from '../../errors.ts';
import type { Page } from '../wire.ts';
import {
  FIRST_PAGE,
  isBeyondWall,
  type ListRecord,
  type ReadPage,
  readPages,
  restOffsets,
} from './paging.ts';
import type { Query } from './requests.ts';
import { together } from './together.ts';

/** One part of a list. */
export interface Slice {
  readonly query: Query;
  /** False for another order of the whole list, which is then read as far as paging reaches. */
  readonly filters: boolean;
}

export interface UnionOptions<T> {
  readonly readPage: (query: Query) => ReadPage<T>;
  /** The length of the whole list. */
  readonly total: number;
  /** A round of more slices than this is skipped: another way to read the missing records is cheaper. */
  readonly most: number;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly off?: AbortSignal | undefined;
}

/** The cost of reading slices, and the number of records they have added. */
export interface Gain {
  readonly requests: number;
  readonly records: number;
}

export interface Union<T> {
  readonly records: Map<string, T>;
  /** Filters with more records than paging reaches. */
  readonly tooLong: readonly Slice[];
  /** Adds records. @returns the new ones among them */
  take(items: readonly T[]): readonly T[];
  /** Reads further slices into the union, unless the filter turned out to have no effect. */
  add(slices: readonly Slice[]): Promise<Gain>;
  /** True if the union is as long as the whole list, so that the search is over. */
  isFull(): boolean;
  /** True if the union is the whole list, even after the last slice was read. */
  isComplete(): Promise<boolean>;
}

/** An empty union. */
export function openUnion<T extends ListRecord>(options: UnionOptions<T>): Union<T> {
  const { total, most, readPage, off } = options;
  const records = new Map<string, T>();
  const tooLong: Slice[] = [];
  let filtersWork = true;
  const take = (items: readonly T[]): readonly T[] => {
    const fresh = items.filter(({ id }) => !records.has(id));
    for (const item of items) records.set(item.id, item);
    options.onProgress?.(Math.min(records.size, total), total);
    return fresh;
  };
  return {
    records,
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
      const read = slices.map((slice) => async (signal: AbortSignal) => {
        const first = await readSlice(slice, options, takePage, signal);
        if (first && isBeyondWall(first)) tooLong.push(slice);
        return first !== undefined;
      });
      const useful = await together(read, off);
      filtersWork &&= useful.some(Boolean) || !slices.some(({ filters }) => filters);
      return gain;
    },
    isFull: () => records.size >= total,
    async isComplete() {
      if (records.size !== total) return false;
      const now = await readPage({})({ ...FIRST_PAGE, off });
      return now.total === total;
    },
  };
}

export interface Slicing<T> extends Omit<UnionOptions<T>, 'total'> {
  /** The first page of the whole list, with its total. */
  readonly first: Page<T>;
  /** The queries, one round after the other, made from the records found so far; a round ends the search if all are found. */
  readonly rounds: readonly ((
    records: ReadonlyMap<string, T>,
  ) => readonly Slice[] | Promise<readonly Slice[]>)[];
}

/** The union of the slices, and the means to prove its completeness. */
export async function readSlices<T extends ListRecord>({
  first,
  rounds,
  ...options
}: Slicing<T>): Promise<Union<T>> {
  const union = openUnion({ ...options, total: first.total ?? 0 });
  union.take(first.items);
  for (const round of rounds) {
    if (union.isFull()) break;
    await union.add(await round(union.records));
  }
  return union;
}

/** Reads one slice, while it adds records. @returns its first page; undefined if the filter has no effect */
async function readSlice<T extends ListRecord>(
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
  // Even a slice that is too long itself, because each of its pages saves many reads of single services.
  await readPages(restOffsets(first), page, take, off);
  return first;
}

/** A refused filter is no reason to give up: its records are still missing, and counted as such. */
function unlessRefused(error: unknown): undefined {
  if (error instanceof RemoteError && error.reason === 'invalid') return undefined;
  throw error;
}
