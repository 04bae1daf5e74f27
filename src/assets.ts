/**
 * Files of the package inside a single executable (Node SEA), where there is no folder to read them from: `scripts/executable.mjs` puts
 * them in, by their paths from the package's root, with a list of them.
 */

/** The name of the list. */
const LIST = 'assets.json';

/** The text of a file of the package, by its path from the root; undefined where the package lies in a folder. */
export function assetText(path: string): string | undefined {
  const sea = process.getBuiltinModule('node:sea');
  return sea?.isSea() ? sea.getAsset(path, 'utf8') : undefined;
}

/** The paths of all files in the executable; undefined where the package lies in a folder. */
export function assetPaths(): readonly string[] | undefined {
  const list = assetText(LIST);
  return list === undefined ? undefined : (JSON.parse(list) as string[]);
}
