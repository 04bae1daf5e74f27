/** The files of the page: they are served as they lie in `browser/`. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface PageFile {
  readonly type: string;
  readonly text: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** By name. What is not known here is not served, whatever a path says (T41). */
export async function loadPageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const folder = pageFolder();
  const names = (await readdir(folder)).filter((name) => extname(name) in TYPES);
  const files = names.map(async (name) => {
    const text = await readFile(join(folder, name), 'utf8');
    return [name, { type: TYPES[extname(name)] ?? '', text }] as const;
  });
  return new Map(await Promise.all(files));
}

/** `browser/` beside this source, or `browser/` in `dist/`, whichever chunk of the bundle holds this module. */
function pageFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const folder = [here, dirname(here)].map((at) => join(at, 'browser')).find((at) => existsSync(at));
  if (folder === undefined) throw new Error('the files of the page are missing');
  return folder;
}
