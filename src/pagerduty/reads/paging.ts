/**
 * Reads whole lists, and believes them only if complete: as many different ids as the announced total, before and after. A list that
 * lost an entry to a shift between two pages would make a plan delete or create wrongly (F27–F30).
 */
import { type HttpFacts, RefusedError, RemoteError } from '../../errors.ts';
import type { Page } from '../wire.ts';
import { together } from './together.ts';

/** The largest page of PagerDuty, and its limit for offset paging (fact 25). */
export const PAGE_SIZE = 100;
export const WALL = 10_000;

/** Number of readings of a changing list before giving up. */
const MOST_READINGS = 3;

export interface PageRequest {
  readonly offset: number;
  readonly limit: number;
  readonly total: boolean;
  /** Aborts if the caller no longer needs the page. */
  readonly off?: AbortSignal | undefined;
}

export type ReadPage<T> = (page: PageRequest) => Promise<Page<T>>;

export interface ListOptions<T> {
  /** For messages: `services`, `extensions`. */
  readonly what: string;
  readonly readPage: ReadPage<T>;
  /** The request, for messages. */
  readonly http?: HttpFacts | undefined;
  /** The first page, if already read. */
  readonly first?: Page<T> | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Aborts if the caller no longer needs the list. */
  readonly off?: AbortSignal | undefined;
}

/** A record of a list. */
export interface ListRecord {
  readonly id: string;
}

/** The first page of a list, with its total. */
export const FIRST_PAGE: PageRequest = { offset: 0, limit: PAGE_SIZE, total: true };

/** True if offset paging cannot reach the end of the list. */
export function isBeyondWall({ total, hasMore }: Page<unknown>): boolean {
  return hasMore && total !== null && total > WALL;
}

/** The pages that follow the first, by its own size. */
export function pagesAfter({ total, items }: Page<unknown>): number {
  return total === null || items.length === 0 ? 0 : Math.ceil(total / items.length) - 1;
}

/** The offsets of the pages after the first, as far as paging reaches. */
export function restOffsets({ total, hasMore, items }: Page<unknown>): number[] {
  const step = items.length;
  if (!hasMore || step === 0) return [];
  const reachable = Math.min(total ?? WALL, WALL);
  return Array.from({ length: Math.ceil(reachable / step) - 1 }, (_, index) => (index + 1) * step);
}

/** The pages at these offsets, read concurrently and unverified: the caller decides about them. */
export async function readPages<T>(
  offsets: readonly number[],
  readPage: ReadPage<T>,
  take: (page: Page<T>) => void,
  outer?: AbortSignal,
): Promise<void> {
  await together(
    offsets.map((offset) => async (off: AbortSignal) => {
      take(await readPage({ offset, limit: Math.min(PAGE_SIZE, WALL - offset), total: false, off }));
    }),
    outer,
  );
}

/**
 * Everything in a list, each id once.
 * @throws RefusedError `unstable_list` if it kept changing, `too_many_records` if it is longer than paging can reach
 * @throws RemoteError `contract` if its paging contradicts itself (F30)
 */
export async function listAll<T extends ListRecord>(options: ListOptions<T>): Promise<T[]> {
  let first = options.first;
  for (let reading = 1; reading <= MOST_READINGS; reading += 1) {
    first ??= await options.readPage({ ...FIRST_PAGE, off: options.off });
    const entries = await readOnce(first, options);
    if (entries) return entries;
    first = undefined;
  }
  throw new RefusedError(`the list of ${options.what} kept changing while it was read`, {
    reason: 'unstable_list',
    http: options.http,
    hint: 'Another client is editing the account. Run the command again in a moment; nothing was written.',
  });
}

/** One reading; undefined if it is inconsistent. */
async function readOnce<T extends ListRecord>(
  first: Page<T>,
  options: ListOptions<T>,
): Promise<T[] | undefined> {
  if (isBeyondWall(first)) throw tooMany(options);
  const records = new Map<string, T>();
  const take = (page: Page<T>): number => {
    const before = records.size;
    // Of two copies the later one counts (F27).
    for (const item of page.items) records.set(item.id, item);
    options.onProgress?.(records.size, Math.max(first.total ?? 0, records.size));
    return records.size - before;
  };
  take(first);
  if (first.total === null) {
    await followMore(first, take, options);
    return [...records.values()];
  }
  const last = first.hasMore ? await readRest(first, first.total, take, options) : first;
  if (last.hasMore) await expectNothing(records.size, take, options);
  return last.total === first.total && records.size === first.total ? [...records.values()] : undefined;
}

/** The remaining pages at once; the last one shows whether the total is still the same. */
async function readRest<T extends ListRecord>(
  first: Page<T>,
  total: number,
  take: (page: Page<T>) => number,
  options: ListOptions<T>,
): Promise<Page<T>> {
  const { readPage, off: outer } = options;
  // A server may give fewer than requested, so its own page size counts.
  const step = first.items.length;
  if (step === 0) throw contradicts(options, 'an empty page claims that more follow');
  const offsets = Array.from({ length: Math.ceil(total / step) - 1 }, (_, index) => (index + 1) * step);
  const pages = await together(
    offsets.map((offset) => (off: AbortSignal) => {
      const limit = Math.min(PAGE_SIZE, WALL - offset);
      return readPage({ offset, limit, total: offset === offsets.at(-1), off });
    }),
    outer,
  );
  for (const page of pages) {
    if (take(page as Page<T>) === 0 && page.hasMore) throw repeats(options);
  }
  return (pages.at(-1) as Page<T> | undefined) ?? first;
}

/** Without a total only `more` is reliable, page by page. */
async function followMore<T extends ListRecord>(
  first: Page<T>,
  take: (page: Page<T>) => number,
  options: ListOptions<T>,
): Promise<void> {
  const { readPage, off } = options;
  let offset = first.items.length;
  for (let { hasMore } = first; hasMore; ) {
    if (offset >= WALL) throw tooMany(options);
    const page = await readPage({ offset, limit: Math.min(PAGE_SIZE, WALL - offset), total: false, off });
    if (take(page) === 0 && page.hasMore) throw repeats(options);
    offset += page.items.length;
    hasMore = page.hasMore;
  }
}

/** The total is reached, but the list announces more: it grew, or its paging lies. */
async function expectNothing<T extends ListRecord>(
  offset: number,
  take: (page: Page<T>) => number,
  options: ListOptions<T>,
): Promise<void> {
  const { readPage, off } = options;
  if (offset >= WALL) throw tooMany(options);
  const page = await readPage({ offset, limit: Math.min(PAGE_SIZE, WALL - offset), total: true, off });
  if (take(page) === 0 && page.hasMore) throw repeats(options);
}

type ListSource = Pick<ListOptions<never>, 'what' | 'http'>;

function repeats(source: ListSource): RemoteError {
  return contradicts(source, 'its pages repeat');
}

function contradicts({ what, http }: ListSource, why: string): RemoteError {
  return new RemoteError(`could not read the list of ${what}: ${why}`, {
    reason: 'contract',
    http,
    aftermath: 'stop',
    hint: 'A proxy or another program may be answering instead. If it is PagerDuty, report a bug in pdactions. Nothing was written.',
  });
}

function tooMany({ what, http }: ListSource): RefusedError {
  return new RefusedError(`the account has more than 10,000 ${what}, more than PagerDuty lists`, {
    reason: 'too_many_records',
    http,
    hint: 'Select services by exact name or `id:ID`: those are read one by one. Nothing was written.',
  });
}
