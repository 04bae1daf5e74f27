/**
 * Files of the package inside a single executable (Node SEA), which has no folder to read them from: `scripts/executable.mjs` adds
 * them by their paths from the package's root, with a list of them.
 */

/** The name of the list. */
const LIST = 'assets.json';

/** The text of a file of the package, by its path from the root; undefined if the package is in a folder. */
export function assetText(path: string): string | undefined {
  const sea = process.getBuiltinModule('node:sea');
  return sea?.isSea() ? sea.getAsset(path, 'utf8') : undefined;
}

/** The paths of all files in the executable; undefined if the package is in a folder. */
export function assetPaths(): readonly string[] | undefined {
  const list = assetText(LIST);
  return list === undefined ? undefined : (JSON.parse(list) as string[]);
}
