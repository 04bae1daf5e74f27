/** From the config to what is listened for, with everything checked that would let somebody in, or something out. */
import { dirname, resolve } from 'node:path';
import { looksSecret } from '../../../config/check/header.ts';
import type { Config } from '../../../config/config.ts';
import { expand, isTemplate } from '../../../config/secrets/interpolate.ts';
import type { HeaderSpec } from '../../../core/action.ts';
import { UsageError } from '../../../errors.ts';
import { type Route, routesOf } from '../../../receiver/press/routes.ts';
import { isLoopback } from '../../connection/address.ts';
import type { Context } from '../../context.ts';
import { previousActions } from './also-accept.ts';

export interface RouteOptions {
  readonly host: string;
  readonly insecureNoSecret?: boolean | undefined;
  readonly forward?: string | undefined;
  /** NAME=VAR, each. */
  readonly alsoAccept?: readonly string[] | undefined;
}

type Routes = ReadonlyMap<string, Route>;

/** The routes of all actions with a handler; with `--forward`, of all actions. @throws UsageError when they must not be served */
export async function listenRoutes(config: Config, context: Context, options: RouteOptions): Promise<Routes> {
  const previous = await previousActions(config, context, options.alsoAccept ?? []);
  const actions = [...config.actions.values()]
    .filter(({ handler }) => handler !== undefined || options.forward !== undefined)
    .map((action) => ({
      ...action,
      folder: dirname(resolve(context.cwd, action.place.file)),
      previous: previous?.actions.get(action.key),
    }));
  if (actions.length === 0) {
    throw new UsageError('no action of the config has a `handler`', {
      hint: 'Say what to run, for example "handler": {"command": ["./restart.sh"]}. docs/listen.md shows more.',
    });
  }
  // The buttons of a sandbox are pressed on this machine, and its demo has nothing to keep.
  const isTry = context.globals.sandbox !== undefined && isHere(options.host);
  const routes = routesOf(actions, isTry ? ({ value }) => value.trim() !== '' : isSecret);
  checkProtection(routes, options);
  checkEnvironment(routes, [...config.secrets, ...(previous?.secrets ?? [])], context);
  return routes;
}

/** The shortest literal that counts as a secret: hard to guess, though readers of the config know it. */
const SHORTEST_LITERAL = 16;
const DEFAULTS = /^(change-?me|secret|password|passw0rd|default|example|test|token|admin|todo|x+)$/i;

/** Whether others cannot know a value: it comes from the environment, and is neither a default nor a placeholder (T58). */
function isSecret({ name, value, source }: HeaderSpec): boolean {
  const bare = value.replace(/^(bearer|basic|token) +/i, '').trim();
  if (DEFAULTS.test(bare)) return false;
  const written = expand(source, { env: {} });
  if (!written.ok || written.value !== value) return true;
  return looksSecret(name) && !isTemplate(source) && bare.length >= SHORTEST_LITERAL;
}

/** An address as `--host` takes it: IPv6 has no brackets there. */
export function isHere(host: string): boolean {
  return isLoopback(host.includes(':') ? `[${host}]` : host);
}

/** An open door is for one's own machine only, and only when somebody says so (T47). */
function checkProtection(routes: Routes, { host, insecureNoSecret }: RouteOptions): void {
  const open = [...routes.values()].filter(({ isProtected }) => !isProtected).map(({ action }) => action);
  if (open.length === 0) return;
  const names = open.map((name) => `"${name}"`).join(', ');
  if (insecureNoSecret !== true) {
    throw new UsageError(`anybody could press ${names}: the config gives no header with a secret`, {
      hint: 'A default, a placeholder or a short literal counts as none. Add one: "headers": {"Authorization": "Bearer ${NAME}"}. For a try on this machine alone there is `--insecure-no-secret`.',
    });
  }
  if (isHere(host)) return;
  throw new UsageError(`\`--insecure-no-secret\` is for this machine alone, and ${host} is not`, {
    hint: 'Leave `--host` out, or give the actions a header with a secret.',
  });
}

/** A variable that a script may see must not hold what lets people press (T45). */
function checkEnvironment(routes: Routes, secrets: readonly string[], { env, io }: Context): void {
  for (const { action, handler } of routes.values()) {
    for (const name of handler?.env ?? []) {
      const value = env[name] ?? '';
      // A script that tells too much would put it into the log, and on the incident.
      if (looksSecret(name)) io.addSecret(value);
      if (value.length < 4 || !secrets.some((secret) => secret.includes(value) || value.includes(secret)))
        continue;
      throw new UsageError(`the handler of "${action}" may see ${name}, which is a secret of the config`, {
        hint: 'Whoever has it can press the button. Give the script a credential of its own.',
      });
    }
  }
}
