/**
 * From nothing to a configuration: load → parse → shape → rules (with `${…}` expanded on the way). Everything that is wrong comes
 * back at once, with its place.
 *
 * What needs a library is imported when it is needed: a command without a configuration file loads none of them.
 */
import type { Problem } from '../errors.ts';
import type { Config, ConfigResult } from './config.ts';
import { type Found, loadFound, loadNamed } from './find.ts';
import { inspect } from './inspect.ts';
import { entryOf, type Finding, type Located, type Parsed, showPath } from './located.ts';
import { parseJson } from './parse-json.ts';
import type { Reading } from './reading.ts';
import { createSource, type Source } from './source.ts';

export interface LoadOptions {
  /** The working directory, absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The home directory: the search does not go above it. */
  readonly home?: string | undefined;
  /** The file that `--config` names; absent: search. */
  readonly explicit?: string | undefined;
  /** `--strict`: hosts that PagerDuty cannot reach are errors (T12). */
  readonly strict?: boolean | undefined;
  /** The names of `--allow-env`: nothing else is expanded (T25). Absent: what PDACTIONS_ALLOW_ENV says. */
  readonly allowEnv?: readonly string[] | undefined;
  /** Who runs this, for the owner check (T34). Absent: who runs the process. */
  readonly uid?: number | undefined;
}

/**
 * Loads the configuration.
 * @returns the configuration, or every problem it has; `null` when there is no file
 */
export async function loadConfig(options: LoadOptions): Promise<ConfigResult | null> {
  const { cwd, home, explicit, uid = process.getuid?.() } = options;
  const where = { cwd, home, uid };
  const load = await (explicit === undefined ? loadFound(where) : loadNamed(explicit, where));
  if (load === null) return null;
  return load.ok ? await readConfig(load, options) : { ok: false, problems: load.problems, warnings: [] };
}

async function readConfig(
  found: Found,
  { env, allowEnv, strict = false }: LoadOptions,
): Promise<ConfigResult> {
  const source = createSource(found.file, found.text);
  const parsed = await parse(found);
  const reading: Reading = {
    source,
    variables: { env, allowed: allowedNames(allowEnv, env.PDACTIONS_ALLOW_ENV) },
    strict,
    faults: [...parsed.findings],
    warnings: [],
    secrets: new Set(),
  };
  const root = isNothing(parsed.root) ? undefined : parsed.root;
  const config = root && (await readDocument(root, reading));
  if (!root && parsed.findings.length === 0) reading.faults.push(nothing(found));
  const inside = found.format === 'package' ? ['pdactions'] : [];
  const toProblems = (findings: readonly Finding[]): Problem[] =>
    inOrder(findings).map((finding) => toProblem(finding, source, inside));
  const warnings = [...found.warnings, ...toProblems(reading.warnings)];
  return config && reading.faults.length === 0
    ? { ok: true, config, warnings }
    : { ok: false, problems: toProblems(reading.faults), warnings };
}

async function parse({ format, text }: Found): Promise<Parsed> {
  if (format === 'yaml') return (await import('./parse.ts')).parseYaml(text);
  if (text.trim() === '') return { root: undefined, findings: [] };
  const parsed = parseJson(text);
  if (format === 'json' || !parsed.root) return parsed;
  return { root: entryOf(parsed.root, 'pdactions')?.value, findings: [] };
}

async function readDocument(root: Located, reading: Reading): Promise<Config> {
  const { findShapeFaults } = await import('./shape.ts');
  const { applyRules } = await import('./rules.ts');
  const early = [...reading.faults, ...inspect(root, reading.source), ...findShapeFaults(root)];
  const late: Finding[] = [];
  const config = applyRules(root, { ...reading, faults: late });
  // What was said of a value before, the rules need not say again.
  const said = new Set(early.map(({ path }) => showPath(path)));
  const added = late.filter(({ path }) => !said.has(showPath(path)));
  reading.faults.splice(0, reading.faults.length, ...early, ...added);
  return config;
}

/** The names that may be expanded. Set but empty means none: a restriction must not fall away with its value. */
function allowedNames(
  flag: readonly string[] | undefined,
  variable: string | undefined,
): ReadonlySet<string> | undefined {
  const names = flag ?? variable?.split(',');
  return names && new Set(names.map((name) => name.trim()).filter((name) => name !== ''));
}

function isNothing(root: Located | undefined): boolean {
  return root === undefined || (root.kind === 'scalar' && root.value === null);
}

/** A file without content must not look like a configuration that wants nothing (T20). */
function nothing({ format }: Found): Finding {
  const message = format === 'package' ? 'there is no "pdactions" in this package.json' : 'the file is empty';
  return { at: 0, path: [], message, fix: 'Write at least "actions" and "services".' };
}

function inOrder(findings: readonly Finding[]): Finding[] {
  const unique = new Map(
    findings.map((finding) => [`${finding.at} ${showPath(finding.path)} ${finding.message}`, finding]),
  );
  return [...unique.values()].sort((a, b) => a.at - b.at);
}

function toProblem({ at, path, message, fix }: Finding, source: Source, inside: readonly string[]): Problem {
  const { file, line, column } = source.placeAt(at);
  return { file, line, column, path: showPath([...inside, ...path]), message, fix };
}
