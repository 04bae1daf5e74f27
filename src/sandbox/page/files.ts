/** The files of the page, served unchanged from `browser/`. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assetPaths, assetText } from '../../assets.ts';

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

/** The folder of the page's built files, from the package's root. */
const BUILT = 'dist/browser/';

/** By name. No other file is served, whatever a path contains (T41). */
export async function loadPageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const { names, read } = (await inExecutable()) ?? (await inFolder());
  const files = names
    .filter((name) => extname(name) in TYPES)
    .map(async (name) => [name, { type: TYPES[extname(name)] ?? '', text: await read(name) }] as const);
  return new Map(await Promise.all(files));
}

interface Files {
  readonly names: readonly string[];
  read(name: string): Promise<string>;
}

async function inFolder(): Promise<Files> {
  const folder = pageFolder();
  return { names: await readdir(folder), read: (name) => readFile(join(folder, name), 'utf8') };
}

async function inExecutable(): Promise<Files | undefined> {
  const names = assetPaths()
    ?.filter((path) => path.startsWith(BUILT))
    .map((path) => basename(path));
  return names && { names, read: async (name) => assetText(BUILT + name) ?? '' };
}

/** `browser/` beside this source, or `browser/` in `dist/`, whichever chunk of the bundle contains this module. */
function pageFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const folder = [here, dirname(here)].map((at) => join(at, 'browser')).find((at) => existsSync(at));
  if (folder === undefined) throw new Error('the files of the page are missing');
  return folder;
}
