import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assetText } from '../../assets.ts';

/** A file that comes with the package, by its path from the package's root: the same text that the documentation shows. */
export async function packageFile(path: string): Promise<string> {
  const asset = assetText(path);
  if (asset !== undefined) return asset;
  let folder = dirname(fileURLToPath(import.meta.url));
  // The bundle and the sources lie at different depths.
  while (!existsSync(join(folder, 'package.json')) || !existsSync(join(folder, 'schema.json'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error(`the package's own files are missing: ${path}`);
    folder = above;
  }
  return readFile(join(folder, path), 'utf8');
}
