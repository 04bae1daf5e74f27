/**
 * Page 1 of all extensions, asked for together with the schemas: the list of one schema alone has to wait for the schema's id. Nothing is
 * remembered between runs, so that id is never known before.
 */
import type { Extension, Page } from '../wire.ts';
import { isBeyondWall, pagesAfter } from './paging.ts';

/** The way on: with the pages that follow, with the list of our schema from its beginning, or with each service for itself. */
export type WayOn = 'rest' | 'schema' | 'services';

/**
 * The way that takes the fewest requests, as far as the first page of all extensions can tell: an account whose extensions fit on it is
 * read with it.
 * @param services how many would have to be asked one by one
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

/** A record that does not say its schema can be told apart by the server alone. */
export function hasSchema({ schemaId }: Extension): boolean {
  return schemaId !== null;
}
