/** Which path belongs to which action, and what its deliveries have to carry. */
import type { ActionSpec, HeaderSpec } from '../../core/action.ts';
import type { Handler } from '../../core/handler.ts';
import { UsageError } from '../../errors.ts';
import { percentDecoded } from '../../parse-url.ts';
import { type Credential, credential } from './credentials.ts';

/** An action of the config, with what is run for it. */
export type HandledAction = ActionSpec & {
  readonly handler?: Handler | undefined;
  /** Where its command runs. */
  readonly folder: string;
};

export interface Route {
  readonly action: string;
  readonly label: string;
  /** Decoded, as it is looked up. */
  readonly path: string;
  /** The URL as the config writes it, where variables are in it: then the path is not shown. */
  readonly written?: string | undefined;
  readonly hasQuery: boolean;
  readonly credentials: readonly Credential[];
  /** False: anybody who reaches it can press. */
  readonly isProtected: boolean;
  readonly handler: Handler | undefined;
  readonly folder: string;
}

/** What probes ask for; no action can have such a path. */
export const PROBE_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** Whether a value is one that others cannot know: by the name of the header, or because it comes from the environment. */
export type IsSecret = (header: HeaderSpec) => boolean;

/**
 * The table, by exact path.
 * @throws UsageError when two actions, or an action and the health check, share a path
 */
export function routesOf(actions: Iterable<HandledAction>, isSecret: IsSecret): ReadonlyMap<string, Route> {
  const routes = new Map<string, Route>();
  for (const action of actions) {
    const route = routeOf(action, isSecret);
    const earlier = routes.get(route.path);
    if (earlier || PROBE_PATHS.has(route.path)) {
      const other = earlier ? `as "${earlier.action}" has` : 'which is that of a health check';
      const path = route.written === undefined ? `the path ${route.path}` : 'a path';
      throw new UsageError(`"${action.key}" has ${path} in its URL, ${other}`, {
        hint: 'Give each action a path of its own: the path alone says which button was pressed.',
      });
    }
    routes.set(route.path, route);
  }
  return routes;
}

function routeOf(action: HandledAction, isSecret: IsSecret): Route {
  const url = new URL(action.url);
  const headers = action.headers ?? [];
  const credentials = headers.map(({ name, value }) => credential(name, value));
  let isProtected = headers.some((header) => header.value.trim() !== '' && isSecret(header));
  if (url.username !== '' && !headers.some(({ name }) => name.toLowerCase() === 'authorization')) {
    const login = `${percentDecoded(url.username)}:${percentDecoded(url.password)}`;
    credentials.push(credential('authorization', `Basic ${Buffer.from(login).toString('base64')}`));
    isProtected = true;
  }
  if (url.search !== '') {
    credentials.push(credential(null, url.search));
    // Only what comes from the environment is a secret; the rest stands in the repository.
    isProtected ||= action.urlSource?.includes('?') === true && /\?.*\$\{/s.test(action.urlSource);
  }
  return {
    action: action.key,
    label: action.label,
    path: decodedPath(url.pathname) ?? url.pathname,
    written: action.urlSource,
    hasQuery: url.search !== '',
    credentials,
    isProtected,
    handler: action.handler,
    folder: action.folder,
  };
}

/** Splits what a request asks for. Undefined for whatever is not a plain path on this server (T41). */
export function targetOf(
  url: string | undefined,
): { readonly path: string; readonly query: string } | undefined {
  if (url === undefined || !url.startsWith('/')) return undefined;
  const mark = url.indexOf('?');
  const path = decodedPath(mark === -1 ? url : url.slice(0, mark));
  return path === undefined ? undefined : { path, query: mark === -1 ? '' : url.slice(mark) };
}

function decodedPath(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
