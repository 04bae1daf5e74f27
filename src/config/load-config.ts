/**
 * Loads a configuration: load and parse, with all that is extended → shape → rules (with `${…}` expanded on the way) → merge.
 * Returns all problems at once, with their positions.
 *
 * Libraries are imported on demand: a command without a configuration file loads none of them.
 */
import type { Problem } from '../errors.ts';
import { checkHeaderName } from './check/header.ts';
import type { Config, ConfigResult } from './config.ts';
import { loadFound, loadNamed, type SearchPlace } from './find/find.ts';
import { type LocatedProblem, type Step, showPath } from './parse/located.ts';
import { type Document, type Gathered, gather } from './read/files.ts';
import { inspect } from './read/inspect.ts';
import type { FilePart } from './read/merge.ts';
import type { Reading } from './read/reading.ts';
import type { Source } from './read/source.ts';
import { allowedNames, missingList, shownNames } from './secrets/allow-env.ts';
import { mayHoldSecret } from './secrets/query-secrets.ts';

export interface LoadOptions {
  /** The working directory, absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The home directory: the search does not go above it. */
  readonly home?: string | undefined;
  /** The files that `--config` names; absent or empty: search. */
  readonly explicit?: string | readonly string[] | undefined;
  /** `--strict`: hosts that PagerDuty cannot reach are errors (T12). */
  readonly strict?: boolean | undefined;
  /** True with a sandbox: presses come from this machine and can reach it. */
  readonly pressedHere?: boolean | undefined;
  /** For callers that need only labels and services: endpoints and headers stay empty, so that no variable must be set. */
  readonly labelsOnly?: boolean | undefined;
  /** Replaces variables without a value with placeholders: for a check, never for a plan. */
  readonly placeholders?: boolean | undefined;
  /** The names of `--allow-env`: nothing else is expanded (T25). Absent: those of PDACTIONS_ALLOW_ENV. */
  readonly allowEnv?: readonly string[] | undefined;
  /** The current user, for the owner check (T34). Absent: the owner of the process. */
  readonly uid?: number | undefined;
  /** Replaces the text of one file: an edit that is checked before it is written. */
  readonly instead?: SearchPlace['instead'];
}

/**
 * Loads the configuration: the file that is found, or all that are named, with everything they extend.
 * @returns the configuration, or every problem it has; `null` without a file
 */
export async function loadConfig(options: LoadOptions): Promise<ConfigResult | null> {
  const { cwd, home, explicit = [], uid = process.getuid?.(), instead } = options;
  const where = { cwd, home, uid, instead };
  const named = [explicit].flat();
  const loads = named.length === 0 ? [await loadFound(where)] : [];
  for (const path of named) loads.push(await loadNamed(path, where));
  const problems = loads.flatMap((load) => (load && !load.ok ? load.problems : []));
  if (problems.length > 0) return { ok: false, problems, warnings: [] };
  const loaded = loads.filter((load) => load?.ok === true);
  return loaded.length === 0 ? null : readConfig(await gather(loaded, where), options);
}

/** Reads again, with the registries of special addresses, if an endpoint is an address and not a name. */
async function readConfig(gathered: Gathered, options: LoadOptions): Promise<ConfigResult> {
  const first = await readOnce(gathered, options, undefined);
  if (!first.meetsAddress) return first.result;
  const { isInternalHost } = await import('./check/special-addresses.ts');
  return (await readOnce(gathered, options, isInternalHost)).result;
}

async function readOnce(
  { documents, warnings: early }: Gathered,
  options: LoadOptions,
  isInternal: Reading['isInternal'],
): Promise<{ readonly result: ConfigResult; readonly meetsAddress: boolean }> {
  const { env, allowEnv, strict = false, labelsOnly = false } = options;
  const allowed = allowedNames(allowEnv, env);
  const parts = openParts(documents, options, allowed, isInternal);
  const { config, findings } = await readParts(parts);
  const [first] = parts;
  const shown = shownNames(first?.reading.names ?? [], env);
  const unlisted = labelsOnly ? undefined : missingList(shown, env, allowed);
  // A missing list of allowed variables concerns the whole config, and is reported for the first file.
  const added = (part: FilePart, wanted: boolean): LocatedProblem[] =>
    unlisted && part === first && wanted === strict ? [unlisted] : [];
  const problems = parts.flatMap((part) =>
    toProblems(part.document, [...(findings.get(part) ?? []), ...added(part, true)]),
  );
  const warnings = [
    ...early,
    ...parts.flatMap((part) => toProblems(part.document, [...part.reading.warnings, ...added(part, false)])),
  ];
  const ok = config && problems.length === 0;
  const result: ConfigResult = ok ? { ok, config, warnings } : { ok: false, problems, warnings };
  const urlVariables = shown.filter((name) => first?.reading.urlNames.has(name));
  return {
    meetsAddress: parts.some(({ reading }) => reading.meetsAddress),
    result: { ...result, variables: shown, urlVariables },
  };
}

/** Gives each file its own reading; the names of variables are collected over all. */
function openParts(
  documents: readonly Document[],
  { env, strict = false, pressedHere = false, labelsOnly = false, placeholders }: LoadOptions,
  allowed: Reading['variables']['allowed'],
  isInternal: Reading['isInternal'],
): readonly FilePart[] {
  const shared = {
    strict,
    pressedHere,
    labelsOnly,
    isInternal,
    variables: { env, allowed, placeholders },
    names: new Set<string>(),
    urlNames: new Set<string>(),
  };
  return documents.map((document) => ({
    document,
    reading: {
      ...shared,
      source: document.source,
      meetsAddress: false,
      problems: [],
      warnings: [],
      secrets: new Set<string>(),
    },
  }));
}

/** The result of reading the files: the config, absent without content, and the problems of each file. */
interface ReadParts {
  readonly config: Config | undefined;
  readonly findings: ReadonlyMap<FilePart, readonly LocatedProblem[]>;
}

async function readParts(parts: readonly FilePart[]): Promise<ReadParts> {
  if (!parts.some(({ document }) => document.root)) {
    return { config: undefined, findings: new Map(parts.map((part) => [part, findingsOf(part, [])])) };
  }
  const { findShapeProblems } = await import('./keys/shape.ts');
  const { applyRules } = await import('./read/merge.ts');
  const shapeOf = ({ document: { root, source, role } }: FilePart): readonly LocatedProblem[] =>
    root ? [...inspect(root, source), ...findShapeProblems(root, role)] : [];
  const shapes = parts.map((part) => [part, shapeOf(part)] as const);
  const config = applyRules(parts);
  return { config, findings: new Map(shapes.map(([part, shape]) => [part, findingsOf(part, shape)])) };
}

/** Problems from parsing, shape and rules: an earlier one about a value suppresses later ones. */
function findingsOf(
  { document, reading }: FilePart,
  shape: readonly LocatedProblem[],
): readonly LocatedProblem[] {
  const unread = new Set(document.findings.map(({ path }) => showPath(path)));
  const early = [
    ...document.findings,
    ...shape.filter(({ path }) => !unread.has(showPath(path)) || path.length === 0),
  ];
  const said = new Set(early.map(({ path }) => showPath(path)));
  return [...early, ...reading.problems.filter(({ path }) => !said.has(showPath(path)))];
}

/** By position. An anchor is one position however many aliases refer to it, so a mistake in it is one problem. */
function inOrder(findings: readonly LocatedProblem[]): LocatedProblem[] {
  const unique = new Map<string, LocatedProblem>();
  for (const finding of findings) {
    const key = `${finding.at} ${finding.message}`;
    if (!unique.has(key)) unique.set(key, finding);
  }
  return [...unique.values()].sort((a, b) => a.at - b.at);
}

function toProblems({ source, format }: Document, findings: readonly LocatedProblem[]): Problem[] {
  const inside = format === 'package' ? ['pdactions'] : [];
  return inOrder(findings).map((finding) => toProblem(finding, source, inside));
}

function toProblem(
  { at, path, message, fix }: LocatedProblem,
  source: Source,
  inside: readonly string[],
): Problem {
  const { file, line, column } = source.placeAt(at);
  return { file, line, column, path: showPath([...inside, ...withoutSecret(path)]), message, fix };
}

/** The author may have written a header's value in place of its name, so only line and column are shown. */
function withoutSecret(path: readonly Step[]): readonly Step[] {
  const name = path[0] === 'actions' && path[2] === 'headers' ? path[3] : undefined;
  const mayBeShown = typeof name !== 'string' || checkHeaderName(name).ok || !mayHoldSecret(name);
  return mayBeShown ? path : path.slice(0, 3);
}
