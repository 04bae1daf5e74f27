/** Offset paging like PagerDuty's (fact 25). */
import { ApiProblem, badArguments } from './problem.ts';

const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 100;
/** `offset + limit` may not go beyond this (fact 25). */
const WALL = 10_000;

export interface PageQuery {
  readonly limit: number;
  readonly offset: number;
  readonly total: boolean;
}

/** Reads `limit`, `offset` and `total`. @throws ApiProblem 400 for anything out of bounds */
export function pageOf(query: URLSearchParams): PageQuery {
  // A larger one is clamped, and reported clamped (fact 25).
  const limit = Math.min(wholeNumber(query, 'limit', DEFAULT_LIMIT), MAX_LIMIT);
  const offset = wholeNumber(query, 'offset', 0);
  if (limit < 1) throw badArguments('Limit must be at least 1');
  if (offset + limit > WALL) {
    throw new ApiProblem(400, 2002, 'Arguments Caused Error', [
      'Offset+limit exceeds maximum allowed value of 10000. Please try a smaller offset or a filter',
    ]);
  }
  const total = query.get('total') ?? 'false';
  if (total !== 'true' && total !== 'false') throw badArguments('Total must be true or false');
  return { limit, offset, total: total === 'true' };
}

function wholeNumber(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name);
  if (text === null) return fallback;
  if (!/^\d{1,9}$/.test(text)) throw badArguments(`${name} must be a whole number`);
  return Number(text);
}

/** The members of every list answer. `total` is null unless requested (fact 25). */
export function pageMembers(page: PageQuery, count: number): Record<string, unknown> {
  return {
    limit: page.limit,
    offset: page.offset,
    total: page.total ? count : null,
    more: page.offset + page.limit < count,
  };
}

/** The records of one page. */
export function slicePage<T>(records: readonly T[], page: PageQuery): readonly T[] {
  return records.slice(page.offset, page.offset + page.limit);
}

/** The values of `include[]`. Unknown ones are ignored. */
export function includes(query: URLSearchParams): ReadonlySet<string> {
  return new Set(query.getAll('include[]'));
}
