/** Makes the context of a command, each part on first use. */
import { foldUnreachable } from '../config/check/unreachable.ts';
import type { Config, ConfigResult } from '../config/config.ts';
import { type LoadOptions, loadConfig as load } from '../config/load-config.ts';
import { ConfigError } from '../errors.ts';
import type { Prompter } from '../ui/prompt/prompter.ts';
import { renderProblems } from '../ui/render/error.ts';
import { annotateProblems } from '../ui/render/github/annotations.ts';
import { line, styled } from '../ui/text/text.ts';
import { ActivityDisplay } from './activity.ts';
import { isPressedHere } from './connection/address.ts';
import type { CommandConnection, ConfigDemands, Context, Surroundings } from './context.ts';
import { liveUrls } from './live-urls.ts';
import type { GlobalOptions } from './options.ts';
import type { Verdict } from './verdict.ts';

/** A context for one command. */
export function createContext(
  surroundings: Surroundings & Pick<Context, 'command'>,
  globals: GlobalOptions,
): Context {
  const { io, clock } = surroundings;
  const verdicts: Verdict[] = [];
  const activity = new ActivityDisplay(io, clock);
  let connection: Promise<CommandConnection> | undefined;
  const context: Context = {
    ...surroundings,
    ...configReaders(surroundings, globals),
    globals,
    format: globals.format ?? 'table',
    activity,
    verdicts,
    verdict: (verdict) => verdicts.push(verdict),
    connection() {
      connection ??= import('./connection/connect.ts').then(({ connect }) => connect(context));
      return connection;
    },
    store: async () => (await context.connection()).store,
    prompter: () => openPrompter(surroundings),
    async close() {
      activity.end();
      await (await connection?.catch(() => undefined))?.close();
    },
  };
  return context;
}

async function openPrompter({ io, stdin, stderr, interrupted }: Surroundings): Promise<Prompter> {
  const { createPrompter } = await import('../ui/prompt/prompter.ts');
  const { loadWidths } = await import('../ui/render/width.ts');
  await loadWidths();
  return createPrompter(io, { stdin: stdin(), stderr, signal: interrupted });
}

type ConfigReaders = Pick<Context, 'config' | 'labels' | 'liveUrls' | 'configRegion' | 'configAccount'>;

/** The parts of a context that need the config. It is loaded once, on first use. */
function configReaders(surroundings: Surroundings, globals: GlobalOptions): ConfigReaders {
  let config: Promise<ConfigResult | null> | undefined;
  const load = (placeholders?: boolean): Promise<ConfigResult | null> => {
    config ??= loadConfig(surroundings, globals, { placeholders });
    return config;
  };
  /** The parts of it that exist without its variables. Expands them if possible, so that their values are known and redacted. */
  const loadLabels = async (): Promise<ConfigResult | null> => {
    const loaded = await load();
    return !loaded || loaded.ok ? loaded : loadConfig(surroundings, globals, { labelsOnly: true });
  };
  return {
    async config(demands = {}) {
      const loaded = await load(demands.placeholders);
      if (loaded) return expectGood(surroundings, loaded, demands);
      throw new ConfigError('no config file found', [], {
        hint: 'Create one here with `pdactions init`, or pass one with `--config FILE`.',
      });
    },
    async labels() {
      const loaded = await loadLabels();
      return loaded && expectGood(surroundings, loaded.ok ? { ...loaded, warnings: [] } : loaded);
    },
    async liveUrls() {
      const loaded = await load().catch(() => null);
      return liveUrls(loaded?.ok ? loaded.config : null);
    },
    async configRegion() {
      const loaded = await loadLabels();
      if (!loaded || loaded.ok) return loaded?.config.region;
      const text = 'the config has problems, so its region is not used; run `pdactions validate` to see them';
      surroundings.io.warn(text);
      return undefined;
    },
    async configAccount() {
      const loaded = await loadLabels().catch(() => null);
      return loaded?.ok ? loaded.config.account : undefined;
    },
  };
}

async function loadConfig(
  surroundings: Surroundings,
  globals: GlobalOptions,
  { labelsOnly = false, placeholders }: Pick<LoadOptions, 'labelsOnly' | 'placeholders'> = {},
): Promise<ConfigResult | null> {
  const { io, cwd, env, home } = surroundings;
  const { config: explicit, strict, allowEnv } = globals;
  const how = { strict, allowEnv, pressedHere: isPressedHere(globals, env), labelsOnly, placeholders };
  const result = await load({ cwd, env, home: home() || undefined, explicit, ...how });
  // Before any output about it, whichever part is used (T28).
  if (result?.ok) for (const secret of result.config.secrets) io.addSecret(secret);
  return result;
}

/** The config of a result. Prints its warnings, and annotates its problems on GitHub. @throws ConfigError with all its problems */
function expectGood(
  surroundings: Surroundings,
  result: ConfigResult,
  { warningsAsErrors = false }: ConfigDemands = {},
): Config {
  const { io } = surroundings;
  if (warningsAsErrors && result.warnings.length > 0) {
    const problems = result.ok ? result.warnings : [...result.problems, ...result.warnings];
    return expectGood(surroundings, { ok: false, problems, warnings: [] });
  }
  annotateProblems(io, result.warnings, 'warning', surroundings);
  const { rest, sentences } = foldUnreachable(result.warnings);
  if (rest.length > 0) {
    io.say(line(styled('warn', 'Warnings about the config:')));
    for (const parts of renderProblems(rest, 'warn')) io.say(parts);
  }
  for (const sentence of sentences) io.warn(sentence);
  if (!result.ok) {
    annotateProblems(io, result.problems, 'error', surroundings);
    const count = result.problems.length;
    throw new ConfigError(
      count === 1 ? 'the config has a problem' : `the config has ${count} problems`,
      result.problems,
    );
  }
  return result.config;
}
