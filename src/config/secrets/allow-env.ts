/** The list of `--allow-env`, and the message where CI runs without one (T57). */
import type { LocatedProblem } from '../parse/located.ts';
import { looksRandom } from './query-secrets.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The names that may be expanded. Set but empty means none: an empty restriction must still restrict. */
export function allowedNames(
  flag: readonly string[] | undefined,
  { PDACTIONS_ALLOW_ENV: variable }: Env,
): ReadonlySet<string> | undefined {
  const names = flag ?? variable?.split(',');
  return names && new Set(names.map((name) => name.trim()).filter((name) => name !== ''));
}

/** The printable ones among the names, in order: a secret in the place of a name is not repeated. */
export function shownNames(names: Iterable<string>, env: Env): string[] {
  return [...names]
    .filter((name) => /^[A-Za-z_]\w*$/.test(name) && (env[name] !== undefined || !looksRandom(name)))
    .toSorted();
}

/**
 * The list to pass if CI runs and nothing is allowed by name: there, a pull request can name any variable of the job.
 * @param names all variables that the config refers to
 * @returns undefined with a list, outside CI, and for a config without variables
 */
export function missingList(
  names: readonly string[],
  { CI: ci }: Env,
  allowed: ReadonlySet<string> | undefined,
): LocatedProblem | undefined {
  const isCi = Boolean(ci) && ci !== 'false' && ci !== '0';
  if (allowed || names.length === 0 || !isCi) return undefined;
  return {
    at: 0,
    path: [],
    message: `in CI, the config can read any variable of the job; to allow only these, pass \`--allow-env ${names.join(',')}\``,
  };
}
