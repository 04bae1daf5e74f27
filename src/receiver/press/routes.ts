/** The paths of actions, and the credentials that their deliveries must carry. */
import type { ActionSpec, Template } from '../../core/action.ts';
import { matchesPattern, patternsMeet, type UrlPattern, urlPattern } from '../../core/filling/pattern.ts';
import { isPerService } from '../../core/filling/template.ts';
import type { Handler } from '../../core/handler.ts';
import { UsageError } from '../../errors.ts';
import { percentDecoded } from '../../parse-url.ts';
import { credential, type PressCredential } from './credentials.ts';
import type { Press } from './message.ts';

/** An action of the config, with its handler. */
export type HandledAction = ActionSpec & {
  readonly handler?: Handler | undefined;
  /** The folder that its command runs in. */
  readonly folder: string;
  /** The action before a rotation of its secrets, whose values remain valid until that is over. */
  readonly previous?: Pick<ActionSpec, 'url' | 'headers' | 'perService'> | undefined;
};

export interface Route {
  readonly action: string;
  /** As the config writes it. */
  readonly label: string;
  /** True if the label differs by service. */
  readonly hasOwnLabels: boolean;
  /** Decoded, for lookups; with `${service.…}` as written if each service has a path of its own. */
  readonly path: string;
  /** The pattern of the path, if each service has its own. */
  readonly pattern?: UrlPattern | undefined;
  /** The URL as the config writes it, if it contains variables: then the path is not shown. */
  readonly written?: string | undefined;
  readonly hasQuery: boolean;
  readonly credentials: readonly PressCredential[];
  /** True for a path replaced by a rotation. */
  readonly isOldPath?: true;
  /** False: every client that reaches it can press. */
  readonly isProtected: boolean;
  readonly handler: Handler | undefined;
  readonly folder: string;
}

/** The label of a pressed action: that of its definition; if it differs by service, the one in the message, or the key without one. */
export function labelOf({ action, label, hasOwnLabels }: Route, press?: Press): string {
  return hasOwnLabels ? press?.button.label || action : label;
}

/** The paths of probes, which no action can have. */
export const PROBE_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** True if a press of the action must carry a secret. */
export type IsProtected = (action: HandledAction) => boolean;

/**
 * The table, by exact path.
 * @throws UsageError if two actions, or an action and the health check, share a path
 */
export function routesOf(
  actions: readonly HandledAction[],
  isProtected: IsProtected,
): ReadonlyMap<string, Route> {
  const routes = new Map<string, Route>();
  for (const action of actions) {
    const route = routeOf(action, isProtected);
    const earlier = [...routes.values()].find((other) => isSamePlace(route, other));
    if (earlier || PROBE_PATHS.has(route.path)) {
      const other = earlier ? `which "${earlier.action}" also has` : 'which is reserved for a health check';
      const path = route.written === undefined ? `the path ${route.path}` : 'a path';
      throw new UsageError(`"${action.key}" has ${path} in its URL, ${other}`, {
        hint: 'Give each action its own path: only the path shows which button was pressed.',
      });
    }
    routes.set(route.path, route);
  }
  for (const action of actions) {
    const old = action.previous && pathOf(action.previous);
    const route = routes.get(pathOf(action).path);
    if (route && old !== undefined && !routes.has(old.path) && !PROBE_PATHS.has(old.path)) {
      routes.set(old.path, { ...route, ...old, isOldPath: true });
    }
  }
  return routes;
}

/** The query is compared as a whole and may be a secret, so it cannot differ by service. */
function expectFixedQuery({ key, perService }: HandledAction): void {
  if (!perService) return;
  const query = perService.url.findIndex((part) => typeof part === 'string' && part.includes('?'));
  const end = perService.url.findLastIndex((part) => typeof part !== 'string');
  if (query === -1 || query > end) return;
  throw new UsageError(
    `"${key}" has \`\${service.*}\` in the query of its URL, which \`listen\` cannot match`,
    {
      hint: 'Put it in the path, or remove it: the message of each press names its service.',
    },
  );
}

function routeOf(action: HandledAction, isProtected: IsProtected): Route {
  expectFixedQuery(action);
  const { url, urlSource, previous } = action;
  const { search } = new URL(url);
  const olds = new Map(previous && valuesOf(previous));
  const credentials = valuesOf(action).map(([name, value]) => credential(name, value, olds.get(name)));
  return {
    action: action.key,
    label: action.label,
    hasOwnLabels: action.perService !== undefined && isPerService(action.perService.label),
    ...pathOf(action),
    written: urlSource,
    hasQuery: search !== '',
    credentials,
    isProtected: isProtected(action),
    handler: action.handler,
    folder: action.folder,
  };
}

/** The values of a delivery: by header, in lower case, and by null for the query. */
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

/** The header made from a login in the URL, unless the action has one of its own. */
function loginOf({ url: text, headers }: Pick<ActionSpec, 'url' | 'headers'>): string | undefined {
  const url = new URL(text);
  if (url.username === '') return undefined;
  if (headers?.some(({ name }) => name.toLowerCase() === 'authorization')) return undefined;
  const login = `${percentDecoded(url.username)}:${percentDecoded(url.password)}`;
  return `Basic ${Buffer.from(login).toString('base64')}`;
}

function pathOf({
  url,
  perService,
}: Pick<ActionSpec, 'url' | 'perService'>): Pick<Route, 'path' | 'pattern'> {
  const { pathname } = new URL(url);
  const path = decodedPath(pathname) ?? pathname;
  return perService && isPerService(perService.url)
    ? { path, pattern: urlPattern(pathIn(perService.url)) }
    : { path };
}

/** The template without the origin, which is literal, and the query and fragment. */
function pathIn([first, ...rest]: Template): Template {
  const start = typeof first === 'string' ? first.replace(/^https?:\/\/[^/?#]*/i, '') : '';
  const parts = [start, ...rest];
  const end = parts.findIndex((part) => typeof part === 'string' && /[?#]/.test(part));
  if (end === -1) return parts;
  return [...parts.slice(0, end), String(parts[end]).replace(/[?#][\s\S]*/, '')];
}

/** True if some request would match both. */
function isSamePlace(a: Route, b: Route): boolean {
  if (a.pattern && b.pattern) return patternsMeet(a.pattern, b.pattern);
  const [pattern, exact] = a.pattern ? [a.pattern, b.path] : [b.pattern, a.path];
  return pattern ? matchesPattern(pattern, encodeURI(exact)) : a.path === b.path;
}

/** The route of a request. */
export function routeAt(
  routes: ReadonlyMap<string, Route>,
  { path, encoded }: Pick<RequestTarget, 'path' | 'encoded'>,
): Route | undefined {
  const exact = routes.get(path);
  if (exact && !exact.pattern) return exact;
  return [...routes.values()].find(({ pattern }) => pattern && matchesPattern(pattern, encoded));
}

/** The target of a request. */
export interface RequestTarget {
  /** Decoded. */
  readonly path: string;
  /** As sent. */
  readonly encoded: string;
  readonly query: string;
}

/** Splits the target of a request. Undefined unless it is a plain path on this server (T41). */
export function targetOf(url: string | undefined): RequestTarget | undefined {
  if (url === undefined || !url.startsWith('/')) return undefined;
  const mark = url.indexOf('?');
  const encoded = mark === -1 ? url : url.slice(0, mark);
  const path = decodedPath(encoded);
  return path === undefined ? undefined : { path, encoded, query: mark === -1 ? '' : url.slice(mark) };
}

function decodedPath(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
