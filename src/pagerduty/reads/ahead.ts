/**
 * Page 1 of all extensions, requested together with the schemas: the list of one schema alone must wait for the schema's id. Nothing is
 * remembered between runs, so that id is never known before.
 */
import type { Extension, Page } from '../wire.ts';
import { isBeyondWall, pagesAfter } from './paging.ts';

/** The next reads: the following pages, the list of our schema from its beginning, or each service by itself. */
export type WayOn = 'rest' | 'schema' | 'services';

/**
 * The cheapest next reads, judged by the first page of all extensions: an account whose extensions fit on it is
 * complete with it.
 * @param services the number of services to read one by one
 */
export function wayOn(first: Page<Extension>, schema: string, services: number): WayOn {
  const { items, total } = first;
  const ours = items.filter(({ schemaId }) => schemaId === schema).length;
  const schemaPages = Math.max(1, Math.ceil((ours * (total ?? 0)) / items.length ** 2 || 0));
  const canFinish = total !== null && !isBeyondWall(first) && items.every(hasSchema);
  const rest = canFinish ? pagesAfter(first) : Number.POSITIVE_INFINITY;
  if (services < Math.min(rest, schemaPages)) return 'services';
  return rest <= schemaPages ? 'rest' : 'schema';
}

/** The server alone can classify a record without its schema. */
export function hasSchema({ schemaId }: Extension): boolean {
  return schemaId !== null;
}
