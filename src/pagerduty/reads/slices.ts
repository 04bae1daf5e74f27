/**
 * Lists longer than PagerDuty's paging reaches (fact 25, F56): read in slices by filters, and believed when their union has as many
 * different ids as the whole list says. No meaning of a filter is taken for granted; only the count proves anything.
 */
import { RemoteError } from '../../errors.ts';
import type { Page } from '../wire.ts';
import { type Entry, FIRST_PAGE, type ReadPage, readReachable } from './paging.ts';
import type { Query } from './requests.ts';
import { together } from './together.ts';

/** One part of a list. */
export interface Slice {
  readonly query: Query;
  /** False for another order of the whole list: then as much of it is read as paging reaches. */
  readonly filters: boolean;
}

export interface Slicing<T> {
  readonly readPage: (query: Query) => ReadPage<T>;
  /** The first page of the whole list, with its total. */
  readonly first: Page<T>;
  /** The queries, one round after the other, made from the actions found so far; a round ends the search when all are found. */
  readonly rounds: readonly ((
    found: ReadonlyMap<string, T>,
  ) => readonly Slice[] | Promise<readonly Slice[]>)[];
  /** A round of more slices than this is left out: reading what is missing in another way is cheaper. */
  readonly most: number;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly off?: AbortSignal | undefined;
}

export interface Union<T> {
  readonly found: Map<string, T>;
  /** Reads further slices into the union, unless the filter has proven to filter nothing. */
  add(slices: readonly Slice[]): Promise<void>;
  /** True when the union is the whole list, also after the last slice was read. */
  isComplete(): Promise<boolean>;
}

/** The union of what the slices show, and the means to prove that it is all. */
export async function readSlices<T extends Entry>(slicing: Slicing<T>): Promise<Union<T>> {
  const { first, rounds, most, readPage, off } = slicing;
  const total = first.total ?? 0;
  const found = new Map<string, T>();
  const take = ({ items }: Page<T>): void => {
    for (const item of items) found.set(item.id, item);
    slicing.onProgress?.(Math.min(found.size, total), total);
  };
  take(first);
  let filtersWork = true;
  const add = async (asked: readonly Slice[]): Promise<void> => {
    const slices = asked.filter(({ filters }) => !filters || filtersWork);
    if (slices.length === 0 || slices.length > most) return;
    const read = slices.map((slice) => (one: AbortSignal) => readSlice(slice, slicing, total, take, one));
    const useful = await together(read, off);
    filtersWork &&= useful.some(Boolean) || !slices.some(({ filters }) => filters);
  };
  for (const round of rounds) {
    if (found.size >= total) break;
    await add(await round(found));
  }
  return {
    found,
    add,
    async isComplete() {
      if (found.size !== total) return false;
      const now = await readPage({})({ ...FIRST_PAGE, off });
      return now.total === total;
    },
  };
}

/** Reads one slice, as far as that adds anything. @returns false when the filter filters nothing */
async function readSlice<T extends Entry>(
  { query, filters }: Slice,
  { readPage }: Slicing<T>,
  total: number,
  take: (page: Page<T>) => void,
  off: AbortSignal,
): Promise<boolean> {
  const page = readPage(query);
  const first = await page({ ...FIRST_PAGE, off }).catch(unlessRefused);
  if (!first) return false;
  take(first);
  if (filters && first.total === total) return false;
  // Also a slice that is too long itself: each of its pages spares many reads of single services.
  await readReachable(first, page, take, off);
  return true;
}

/** A filter that PagerDuty does not take is no reason to give up: what it would have shown is still missing, and counted as such. */
function unlessRefused(error: unknown): undefined {
  if (error instanceof RemoteError && error.reason === 'invalid') return undefined;
  throw error;
}
