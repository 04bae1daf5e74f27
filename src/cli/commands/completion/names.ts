import type { Names } from './candidates.ts';

const NOTHING: Names = { keys: [], labels: [], selectors: [] };

/** An environment in which every variable is set, because a shell that completes a word lacks the secrets of a deployment. */
const EVERYTHING_SET: Readonly<Record<string, string | undefined>> = new Proxy(
  {},
  {
    get: (_, name) => anyValue(name),
    getOwnPropertyDescriptor: (_, name) => ({ value: anyValue(name), configurable: true, enumerable: true }),
  },
);

function anyValue(name: string | symbol): string | undefined {
  return name === 'PDACTIONS_ALLOW_ENV' ? undefined : 'https://value.example.com';
}

/**
 * Names from the config; none without a valid one. Silent, because the user did not ask about the config.
 * @param explicit the config files on the line; empty: one is searched for
 */
export async function namesFromConfig(
  cwd: string,
  home: string,
  explicit: readonly string[],
): Promise<Names> {
  const { loadConfig } = await import('../../../config/load-config.ts');
  try {
    const result = await loadConfig({ cwd, home, explicit, env: EVERYTHING_SET });
    if (!result?.ok) return NOTHING;
    const { actions, selections } = result.config;
    return {
      keys: [...actions.keys()],
      // A label that differs from service to service cannot be typed.
      labels: [
        ...new Set([...actions.values()].filter(({ perService }) => !perService).map(({ label }) => label)),
      ],
      selectors: selections.map(({ selector }) => selector.text),
    };
  } catch {
    return NOTHING;
  }
}
