/** Which path belongs to which action, and what its deliveries have to carry. */
import type { ActionSpec } from '../../core/action.ts';
import type { Handler } from '../../core/handler.ts';
import { UsageError } from '../../errors.ts';
import { percentDecoded } from '../../parse-url.ts';
import { type Credential, credential } from './credentials.ts';

/** An action of the config, with what is run for it. */
export type HandledAction = ActionSpec & {
  readonly handler?: Handler | undefined;
  /** Where its command runs. */
  readonly folder: string;
  /** The action before a rotation of its secrets, whose values count too until that is over. */
  readonly previous?: Pick<ActionSpec, 'url' | 'headers'> | undefined;
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
  /** True for a path that a rotation has replaced. */
  readonly isOldPath?: true;
  /** False: anybody who reaches it can press. */
  readonly isProtected: boolean;
  readonly handler: Handler | undefined;
  readonly folder: string;
}

/** What probes ask for; no action can have such a path. */
export const PROBE_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** Whether a press of an action has to carry something that others cannot know. */
export type IsProtected = (action: HandledAction) => boolean;

/**
 * The table, by exact path.
 * @throws UsageError when two actions, or an action and the health check, share a path
 */
export function routesOf(
  actions: readonly HandledAction[],
  isProtected: IsProtected,
): ReadonlyMap<string, Route> {
  const routes = new Map<string, Route>();
  for (const action of actions) {
    const route = routeOf(action, isProtected);
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
  for (const action of actions) {
    const path = action.previous && pathOf(action.previous.url);
    const route = routes.get(pathOf(action.url));
    if (route && path !== undefined && !routes.has(path) && !PROBE_PATHS.has(path)) {
      routes.set(path, { ...route, path, isOldPath: true });
    }
  }
  return routes;
}

function routeOf(action: HandledAction, isProtected: IsProtected): Route {
  const { url, urlSource, previous } = action;
  const { search } = new URL(url);
  const olds = new Map(previous && valuesOf(previous));
  const credentials = valuesOf(action).map(([name, value]) => credential(name, value, olds.get(name)));
  return {
    action: action.key,
    label: action.label,
    path: pathOf(url),
    written: urlSource,
    hasQuery: search !== '',
    credentials,
    isProtected: isProtected(action),
    handler: action.handler,
    folder: action.folder,
  };
}

/** What a delivery carries: by header, in small letters, and by null for the query. */
function valuesOf(
  action: Pick<ActionSpec, 'url' | 'headers'>,
): readonly (readonly [string | null, string])[] {
  const { search } = new URL(action.url);
  const login = loginOf(action);
  return [
    ...(action.headers ?? []).map(({ name, value }) => [name.toLowerCase(), value] as const),
    ...(login === undefined ? [] : [['authorization', login] as const]),
    ...(search === '' ? [] : [[null, search] as const]),
  ];
}

/** The header that a login in the URL becomes, unless the action has one of its own. */
function loginOf({ url: text, headers }: Pick<ActionSpec, 'url' | 'headers'>): string | undefined {
  const url = new URL(text);
  if (url.username === '') return undefined;
  if (headers?.some(({ name }) => name.toLowerCase() === 'authorization')) return undefined;
  const login = `${percentDecoded(url.username)}:${percentDecoded(url.password)}`;
  return `Basic ${Buffer.from(login).toString('base64')}`;
}

function pathOf(url: string): string {
  const { pathname } = new URL(url);
  return decodedPath(pathname) ?? pathname;
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
