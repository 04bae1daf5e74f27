/** Makes the routes of `listen` from the config, with all checks against strangers and leaks. */
import { dirname, resolve } from 'node:path';
import { looksSecret } from '../../config/check/header.ts';
import type { Config } from '../../config/config.ts';
import { allowedNames } from '../../config/secrets/allow-env.ts';
import { UsageError } from '../../errors.ts';
import { isLoopback } from '../../parse-url.ts';
import { type HandledAction, type Route, routesOf } from '../../receiver/press/routes.ts';
import type { CanFork, Context } from '../context.ts';
import { previousActions } from './also-accept.ts';
import { weaknessOf } from './protection.ts';

export interface RouteOptions {
  readonly host: string;
  readonly insecureNoSecret?: boolean | undefined;
  readonly forward?: string | undefined;
  /** NAME=VAR, each. */
  readonly alsoAccept?: readonly string[] | undefined;
}

type Routes = ReadonlyMap<string, Route>;

/** The routes of all actions with a handler; with `--forward`, of all actions. @throws UsageError if they must not be served */
export async function listenRoutes(config: Config, context: CanFork, options: RouteOptions): Promise<Routes> {
  const previous = await previousActions(config, context, options.alsoAccept ?? []);
  const actions = [...config.actions.values()]
    .filter(({ handler }) => handler !== undefined || options.forward !== undefined)
    .map((action) => ({
      ...action,
      folder: dirname(resolve(context.cwd, action.place.file)),
      previous: previous?.actions.get(action.key),
    }));
  if (actions.length === 0) {
    throw new UsageError('no action in the config has a `handler`', {
      hint: 'Add one, for example "handler": {"command": ["./restart.sh"]}. See docs/listen.md.',
    });
  }
  // Presses of a sandbox come from this machine, and its demo has nothing to protect.
  const isTry = context.globals.sandbox !== undefined && isLoopback(options.host);
  const weaknesses = new Map(actions.map((action) => [action.key, weakness(action, context, isTry)]));
  const routes = routesOf(actions, ({ key }) => weaknesses.get(key) === undefined);
  checkProtection(weaknesses, options);
  checkEnvironment(routes, [...config.secrets, ...(previous?.secrets ?? [])], context);
  return routes;
}

/** On a local sandbox, any header is enough. */
function weakness(
  action: HandledAction,
  { env, globals }: Pick<Context, 'globals' | 'env'>,
  isTry: boolean,
): string | undefined {
  if (isTry && action.headers?.some(({ value }) => value.trim() !== '')) return undefined;
  return weaknessOf(action, { env, allowed: allowedNames(globals.allowEnv, env) });
}

/** An unprotected receiver must be for this machine only, and needs a flag (T47). */
function checkProtection(
  weaknesses: ReadonlyMap<string, string | undefined>,
  { host, insecureNoSecret }: RouteOptions,
): void {
  const open = [...weaknesses].flatMap(([key, why]) => (why === undefined ? [] : [`"${key}" (${why})`]));
  if (open.length === 0) return;
  if (insecureNoSecret !== true) {
    throw new UsageError(`the network could press ${open.join(', ')}`, {
      hint: 'Set the variable of a header to 16 characters or more, for example `export NAME="$(openssl rand -hex 32)"` with "headers": {"Authorization": "Bearer ${NAME}"}, and run `pdactions sync --rotate-secrets`. To try it on this machine only, pass `--insecure-no-secret`.',
    });
  }
  if (isLoopback(host)) return;
  throw new UsageError(`\`--insecure-no-secret\` works on this machine only, not on ${host}`, {
    hint: 'Leave out `--host`, or give the actions a header with a secret.',
  });
}

/** A variable that a script may see must not contain a secret that authorises presses (T45). */
function checkEnvironment(
  routes: Routes,
  secrets: readonly string[],
  { env, io }: Pick<Context, 'io' | 'env'>,
): void {
  for (const { action, handler } of routes.values()) {
    for (const name of handler?.env ?? []) {
      const value = env[name] ?? '';
      // A script could print it into the log, and on the incident.
      if (looksSecret(name)) io.addSecret(value);
      if (value.length < 4 || !secrets.some((secret) => secret.includes(value) || value.includes(secret)))
        continue;
      throw new UsageError(`the handler of "${action}" may see ${name}, which is a secret of the config`, {
        hint: 'With it, the script could press the button. Give the script its own credential.',
      });
    }
  }
}
