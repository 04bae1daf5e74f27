/**
 * The files of a configuration: those found or named, and the bases that they extend. Each is read once; problems stay with the file
 * that causes them.
 */
import { dirname, isAbsolute, resolve } from 'node:path';
import type { Problem } from '../../errors.ts';
import { type FoundConfig, loadNamed, objectToName, type SearchPlace } from '../find/find.ts';
import { isInside, repositoryRoot } from '../find/search-path.ts';
import { LONGEST_PATH, MOST_BASES } from '../keys/limits.ts';
import type { FileRole } from '../keys/shape.ts';
import { entryOf, type Located, type LocatedProblem, type Parsed } from '../parse/located.ts';
import { parseJson } from '../parse/parse-json.ts';
import { createSource, type Source } from './source.ts';

/** At most this many layers of bases; more would be a maze. */
const DEEPEST_BASE = 5;
/** All files together: far more than any team has, and still fast to read. */
const MOST_FILES = 100;

/** One file, as far as it could be read. */
export interface Document {
  readonly source: Source;
  readonly format: FoundConfig['format'];
  readonly role: FileRole;
  /** Absent: the file is empty, or cannot be parsed. */
  readonly root: Located | undefined;
  /** The files that it extends, in the order written. */
  readonly bases: readonly Document[];
  /** True if it, or a file that it extends, could not be read: then the missing actions are unknown. */
  readonly isPartial: boolean;
  /** Its problems so far. */
  readonly findings: LocatedProblem[];
}

export interface Gathered {
  /** Those that were found or named, then all bases, each once, in the order of discovery. */
  readonly documents: readonly Document[];
  /** About the files themselves. */
  readonly warnings: readonly Problem[];
}

/** Reads the given files and all their bases. */
export async function gather(roots: readonly FoundConfig[], where: SearchPlace): Promise<Gathered> {
  const gathering = new Gathering(roots, where);
  for (const root of roots) await gathering.add(root, 'config', []);
  return gathering;
}

class Gathering implements Gathered {
  readonly warnings: Problem[] = [];
  readonly #where: SearchPlace;
  readonly #rootPaths: ReadonlySet<string>;
  /** By real path; registered before its bases are read, so that a file that extends itself is noticed. */
  readonly #known = new Map<string, Document>();

  constructor(roots: readonly FoundConfig[], where: SearchPlace) {
    this.#where = where;
    this.#rootPaths = new Set(roots.map(({ path }) => path));
  }

  get documents(): readonly Document[] {
    const all = [...this.#known.values()];
    return [...all.filter(({ role }) => role === 'config'), ...all.filter(({ role }) => role === 'base')];
  }

  /** @param chain the real paths of the extending files */
  async add(source: FoundConfig, role: FileRole, chain: readonly string[]): Promise<Document> {
    const known = this.#known.get(source.path);
    if (known) return known;
    this.warnings.push(...source.warnings);
    const parsed = await parse(source);
    const root = isNothing(parsed.root) ? undefined : parsed.root;
    const bases: Document[] = [];
    const document = {
      source: createSource(source.file, source.text),
      format: source.format,
      role,
      root,
      bases,
      isPartial: root === undefined,
      findings: [...parsed.findings],
    };
    if (!root && parsed.findings.length === 0) document.findings.push(nothing(source));
    this.#known.set(source.path, document);
    for (const asked of extendsOf(root)) {
      const base = await this.#extend(asked, document, [...chain, source.path]);
      if (base) bases.push(base);
      if (!base || base.isPartial) document.isPartial = true;
    }
    return document;
  }

  async #extend(
    asked: ExtendsEntry,
    from: Document,
    chain: readonly string[],
  ): Promise<Document | undefined> {
    const refuse = (message: string, fix: string): undefined => {
      from.findings.push({ at: asked.at, path: asked.path, message, fix });
    };
    const directory = dirname(chain.at(-1) ?? '');
    const inside = await repositoryRoot(directory, this.#where.home);
    const path = resolve(directory, asked.text);
    const objection = objectToPath(asked.text, path, inside) ?? objectToName(asked.text);
    if (objection) return refuse(objection.message, objection.fix);
    if (this.#known.size >= MOST_FILES) {
      return refuse(`the configuration consists of more than ${MOST_FILES} files`, 'Merge some of them.');
    }
    const loaded = await loadNamed(path, this.#where);
    if (!loaded.ok) {
      const [problem] = loaded.problems;
      return refuse(`${problem?.file}: ${problem?.message}`, problem?.fix ?? 'Check the path.');
    }
    // The real path counts, because a symbolic link can lead anywhere.
    if (!isInside(loaded.path, inside)) return refuse(OUTSIDE.message, OUTSIDE.fix);
    if (chain.includes(loaded.path)) {
      return refuse(
        `${loaded.file} extends this file, directly or indirectly`,
        'Break the cycle: remove one `extends`.',
      );
    }
    if (chain.length > DEEPEST_BASE) {
      return refuse(
        `\`extends\` is nested more than ${DEEPEST_BASE} levels deep`,
        'Extend the files with the actions directly.',
      );
    }
    if (this.#rootPaths.has(loaded.path)) {
      return refuse(`${loaded.file} is already loaded as a configuration of its own`, NO_BASE_FIX);
    }
    const base = await this.add(loaded, 'base', chain);
    const key = ['services', 'prune'].find((name) => entryOf(base.root, name) !== undefined);
    if (key === undefined) return base;
    return refuse(`${loaded.file} has "${key}", so it cannot be extended`, NO_BASE_FIX);
  }
}

const NO_BASE_FIX =
  'Move the shared actions to a file without "services" and extend that, or pass both files with `--config`.';

const OUTSIDE = {
  message: 'this path leads outside the repository',
  fix: 'Use a path relative to this file, inside the same repository.',
};

function objectToPath(text: string, path: string, inside: string) {
  if (isAbsolute(text)) return { ...OUTSIDE, message: 'an absolute path works on one machine only' };
  if (/^[a-z][a-z0-9+.-]+:/i.test(text)) {
    return {
      message: 'this is a URL; only files in the repository can be extended',
      fix: 'Copy the file into the repository.',
    };
  }
  return isInside(path, inside) ? undefined : OUTSIDE;
}

interface ExtendsEntry {
  readonly text: string;
  readonly at: number;
  readonly path: readonly (string | number)[];
}

/** The paths that a file extends; the check of its shape has reported invalid ones. */
function extendsOf(root: Located | undefined): ExtendsEntry[] {
  const node = entryOf(root, 'extends')?.value;
  const items = node?.kind === 'list' ? node.items : node === undefined ? [] : [node];
  return items.slice(0, MOST_BASES).flatMap((item, index) => {
    if (item.kind !== 'scalar' || typeof item.value !== 'string' || item.value === '') return [];
    if (item.value.length > LONGEST_PATH) return [];
    return [
      { text: item.value, at: item.at, path: node?.kind === 'list' ? ['extends', index] : ['extends'] },
    ];
  });
}

async function parse({ format, text }: FoundConfig): Promise<Parsed> {
  if (format === 'yaml') return (await import('../parse/parse.ts')).parseYaml(text);
  if (text.trim() === '') return { root: undefined, findings: [] };
  const parsed = parseJson(text);
  if (format === 'json' || !parsed.root) return parsed;
  return { root: entryOf(parsed.root, 'pdactions')?.value, findings: [] };
}

function isNothing(root: Located | undefined): boolean {
  return root === undefined || (root.kind === 'scalar' && root.value === null);
}

/** An empty file must not look like a configuration without actions (T20). */
function nothing({ format }: FoundConfig): LocatedProblem {
  const message = format === 'package' ? 'this package.json has no "pdactions" key' : 'the file is empty';
  return { at: 0, path: [], message, fix: 'Add at least "actions" and "services".' };
}
