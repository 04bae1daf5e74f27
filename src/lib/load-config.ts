import { resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { loadConfig as load } from '../config/load-config.ts';
import { ConfigError, type Problem, UsageError } from '../errors.ts';

/** The config to load, and the variables it may read. */
export interface LoadConfigOptions {
  /** The directory where the search starts; it goes up to the root of the repository. Default: the working directory. */
  readonly cwd?: string | undefined;
  /** The config file, or several. By default, the search finds one. */
  readonly file?: string | readonly string[] | undefined;
  /** Values for `${NAME}`. The process environment is read only if you pass it here. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** The only variables that may be expanded. By default, those listed in `PDACTIONS_ALLOW_ENV` of `env`. */
  readonly allowEnv?: readonly string[] | undefined;
  /** Reports endpoints that PagerDuty cannot reach as problems, not as warnings. */
  readonly strict?: boolean | undefined;
}

/** A valid config. Its contents, which include secrets, are private. */
export interface LoadedConfig {
  /** The files it consists of. */
  readonly files: readonly string[];
  readonly account: string | null;
  readonly region: 'us' | 'eu' | null;
  /** The keys of its actions. */
  readonly actions: readonly string[];
  readonly warnings: readonly Problem[];
}

const loaded = new WeakMap<LoadedConfig, Config>();

/**
 * Loads a config with everything that it extends.
 * @throws ConfigError with all problems, or if no config is found
 */
export async function loadConfig(options: LoadConfigOptions = {}): Promise<LoadedConfig> {
  const { cwd = '.', file, env = {}, allowEnv, strict } = options;
  const result = await load({ cwd: resolve(cwd), explicit: file, env, allowEnv, strict });
  if (!result) {
    throw new ConfigError('no config file found', [], {
      hint: 'Pass one as `file`, or search from another `cwd`.',
    });
  }
  if (!result.ok) {
    const { problems } = result;
    const details = problems.map(({ file: name, line, path, message }) =>
      `${name}${line === undefined ? '' : `:${line}`} ${path}: ${message}`.trim(),
    );
    throw new ConfigError(
      problems.length === 1 ? 'the config has a problem' : `the config has ${problems.length} problems`,
      problems,
      { details },
    );
  }
  const { config, warnings } = result;
  const made: LoadedConfig = Object.freeze({
    files: config.files.map(({ file: name }) => name),
    account: config.account ?? null,
    region: config.region ?? null,
    actions: [...config.actions.keys()],
    warnings,
  });
  loaded.set(made, config);
  return made;
}

/** The contents of a loaded config. @throws UsageError for any object that `loadConfig` has not made */
export function configOf(made: LoadedConfig): Config {
  const config = loaded.get(made);
  if (config) return config;
  throw new UsageError('this config was not made by `loadConfig`');
}
