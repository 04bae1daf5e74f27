/**
 * Decides which file of a directory is the configuration. The only file that imports cosmiconfig: statically, because a bundle gives a
 * CommonJS package no named exports when it is imported dynamically; this file itself is imported on demand.
 */
import { basename } from 'node:path';
import { cosmiconfig, type Loader, type PublicExplorer } from 'cosmiconfig';

const MANIFEST = 'package.json';

/**
 * The effective file.
 * @param names existing files, by the order of precedence; `package.json` counts only if it has the property
 */
export async function searchIn(directory: string, names: readonly string[]): Promise<string | undefined> {
  const result = await createExplorer(names).search(directory);
  return result ? basename(result.filepath) : undefined;
}

/**
 * Restricts cosmiconfig to one directory at a time: its loaders do not parse, so that no `$import` reads another
 * file, and none loads code.
 *
 * Its constructor looks for settings of its own in the working directory, and runs `.config/config.js` (or `.cjs`, `.mjs`, `.ts`)
 * for that: code from a pull request (T33). No option disables this; so during the call, which is synchronous, the working
 * directory is an invalid one.
 */
function createExplorer(searchPlaces: readonly string[]): PublicExplorer {
  const mark: Loader = (filepath) => ({ filepath });
  const loaders = {
    '.json': (filepath: string, text: string) =>
      basename(filepath) === MANIFEST ? manifest(text) : { filepath },
    '.yaml': mark,
    '.yml': mark,
    noExt: mark,
    '.js': never,
    '.cjs': never,
    '.mjs': never,
    '.ts': never,
  };
  const cwd = process.cwd;
  process.cwd = () => import.meta.filename;
  try {
    return cosmiconfig('pdactions', {
      searchPlaces: [...searchPlaces],
      searchStrategy: 'none',
      ignoreEmptySearchPlaces: false,
      cache: false,
      loaders,
    });
  } finally {
    process.cwd = cwd;
  }
}

function never(): never {
  throw new Error('code is never loaded as configuration');
}

/** A manifest counts if it has the property; a broken one if it seems to, so that its problem is shown. */
function manifest(text: string): { readonly pdactions?: true } {
  try {
    const content: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    const has = typeof content === 'object' && content !== null && Object.hasOwn(content, 'pdactions');
    return has ? { pdactions: true } : {};
  } catch {
    return /"pdactions"\s*:\s*\{/.test(text) ? { pdactions: true } : {};
  }
}
