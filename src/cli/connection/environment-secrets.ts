/** The secrets in the environment, for every command (T28, T29, T61). */
import { type Environment, proxySecrets } from '../../lib/way/proxy-env.ts';

/** Variables whose value is a secret. The process removes them, so that no other program inherits them (T29). */
export const SECRET_VARIABLES = ['PAGERDUTY_TOKEN', 'PAGERDUTY_CLIENT_SECRET'] as const;

/** Everything that must not appear in any output, from the first line on. */
export function environmentSecrets(env: Environment): readonly string[] {
  return [...SECRET_VARIABLES.flatMap((name) => env[name] ?? []), ...proxySecrets(env)];
}
