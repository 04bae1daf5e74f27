/** Finds the configuration file and reads it. */
import { basename, extname, join, resolve } from 'node:path';
import type { Problem } from '../../errors.ts';
import { readdir } from '../../files.ts';
import { type FileRead, readConfigFile } from './read-file.ts';
import { searchPath, showFile } from './search-path.ts';

/** Data files only: code is never loaded (T33). The order is the order of precedence within one directory. */
const SEARCH_PLACES: readonly string[] = [
  'pdactions.config.json',
  'pdactions.config.yaml',
  'pdactions.config.yml',
  '.pdactionsrc',
  '.pdactionsrc.json',
  '.pdactionsrc.yaml',
  '.pdactionsrc.yml',
  'package.json',
];

const MANIFEST = 'package.json';

const CODE = /\.[cm]?[jt]sx?$/i;
const CODE_PLACE = /^(?:pdactions\.config|\.pdactionsrc)\.[cm]?[jt]s$/;
const NOT_LOADED = 'code is never loaded as configuration: a pull request could run it with your token';

export interface FoundConfig {
  readonly ok: true;
  /** As named in messages; symbolic links are resolved. */
  readonly file: string;
  /** Its real path, absolute. */
  readonly path: string;
  readonly text: string;
  readonly format: 'json' | 'yaml' | 'package';
  readonly warnings: readonly Problem[];
}

/** The file found; `null` without one. */
export type Load = SearchResult | null;

/** A file, or the reason why it cannot be used. */
export type SearchResult = FoundConfig | { readonly ok: false; readonly problems: readonly Problem[] };

export interface SearchPlace {
  readonly cwd: string;
  readonly home: string | undefined;
  /** The current user, for the owner check (T34); absent on Windows. */
  readonly uid: number | undefined;
  /** Replaces the text of one file, by its real path: an edit that is checked before it is written. */
  readonly instead?: { readonly path: string; readonly text: string } | undefined;
}

async function readFor(path: string, { uid, instead }: SearchPlace): Promise<FileRead> {
  const read = await readConfigFile(path, uid);
  return read.ok && read.path === instead?.path ? { ...read, text: instead.text } : read;
}

/** Reads the file that the user named. */
export async function loadNamed(path: string, where: SearchPlace): Promise<SearchResult> {
  const { cwd } = where;
  const absolute = resolve(cwd, path);
  const objection = objectToName(path);
  if (objection) return failed(showFile(absolute, cwd), objection.message, objection.fix);
  return toLoad(await readFor(absolute, where), absolute, cwd, []);
}

/** Checks the name of a file before it is read: only data files are accepted (T33). */
export function objectToName(path: string): { readonly message: string; readonly fix: string } | undefined {
  if (CODE.test(path)) return { message: NOT_LOADED, fix: 'Write it as JSON or YAML.' };
  const extension = extname(path);
  const isData = ['', '.json', '.yaml', '.yml'].includes(extension.toLowerCase());
  if (isData || basename(path).startsWith('.pdactionsrc')) return undefined;
  return {
    message: `unsupported file type \`${extension}\``,
    fix: 'Use a .json, .yaml or .yml file.',
  };
}

/** Looks for a file from the working directory up to the root of the repository. */
export async function loadFound(where: SearchPlace): Promise<Load> {
  const directories = await searchPath(where.cwd, where.home);
  for (const directory of directories) {
    const load = await lookInto(directory, where);
    if (load) return load;
  }
  return null;
}

/** The configuration files of one directory by their names, the effective one first; does not look into a `package.json`. */
export async function configNamesIn(directory: string): Promise<string[]> {
  const names = new Set(await namesIn(directory));
  return SEARCH_PLACES.filter((place) => place !== MANIFEST && names.has(place));
}

async function lookInto(directory: string, where: SearchPlace): Promise<Load> {
  const names = new Set(await namesIn(directory));
  const code = [...names].filter((name) => CODE_PLACE.test(name));
  // Starts loading the library while the files are read.
  if (SEARCH_PLACES.some((place) => names.has(place))) void import('./load.ts');
  const candidates = await readCandidates(directory, names, where);
  if (!('reads' in candidates)) return candidates;
  const { reads } = candidates;
  const name = reads.size === 0 ? undefined : await choose(directory, [...reads.keys()]);
  const read = name === undefined ? undefined : reads.get(name);
  const shown = (other: string): string => showFile(join(directory, other), where.cwd);
  if (name !== undefined && read !== undefined) {
    const others = [...reads.keys()].filter((other) => other !== name && other !== MANIFEST);
    return toLoad(read, join(directory, name), where.cwd, [
      ...others.map((other) =>
        warning(shown(other), 'this file is ignored: another config file takes precedence'),
      ),
      ...code.map((other) => warning(shown(other), NOT_LOADED)),
    ]);
  }
  const [first] = code;
  return first === undefined
    ? null
    : failed(shown(first), NOT_LOADED, 'Write it as pdactions.config.json or pdactions.config.yaml.');
}

/**
 * Reads a possible configuration before cosmiconfig does, which would block forever on a pipe, and read a device to its end
 * (T20). The result of its own read is not used.
 */
async function readCandidates(
  directory: string,
  names: ReadonlySet<string>,
  where: SearchPlace,
): Promise<{ readonly reads: ReadonlyMap<string, FileRead> } | SearchResult> {
  const reads = new Map<string, FileRead>();
  for (const name of SEARCH_PLACES.filter((place) => names.has(place))) {
    const path = join(directory, name);
    const read = await readFor(path, where);
    if (read.ok) reads.set(name, read);
    // An unreadable manifest is not our problem to report.
    else if (name !== MANIFEST) return toLoad(read, path, where.cwd, []);
  }
  return { reads };
}

/** The effective file. A file that vanished meanwhile has been read already, and must not give way to one further up (T20). */
async function choose(directory: string, names: readonly string[]): Promise<string | undefined> {
  const { searchIn } = await import('./load.ts');
  return (await searchIn(directory, names)) ?? names.find((name) => name !== MANIFEST);
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch {
    return [];
  }
}

function toLoad(read: FileRead, path: string, cwd: string, warnings: readonly Problem[]): SearchResult {
  if (!read.ok) return failed(showFile(path, cwd), read.message, read.fix);
  const isManifest = basename(path) === MANIFEST;
  const isJson = extname(path).toLowerCase() === '.json';
  const format = isManifest ? 'package' : isJson ? 'json' : 'yaml';
  return { ok: true, file: showFile(read.path, cwd), path: read.path, text: read.text, format, warnings };
}

function failed(file: string, message: string, fix: string): SearchResult {
  return { ok: false, problems: [{ file, path: '', message, fix }] };
}

function warning(file: string, message: string): Problem {
  return { file, path: '', message, fix: 'Remove it, so that it is not mistaken for the file in use.' };
}
