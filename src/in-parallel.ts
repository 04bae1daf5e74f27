import pMap from 'p-map';

/**
 * Runs the work for each item, at most `most` at a time. After the first failure no further item is started.
 * @returns the results, in the order of the items
 */
export function inParallel<Item, Result>(
  items: readonly Item[],
  most: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  return pMap(items, work, { concurrency: most });
}
