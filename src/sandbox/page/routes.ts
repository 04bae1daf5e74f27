/** The page at `/`, and its requests: to read the view, and to act like a responder (T48, T49). */

import type { IncomingHttpHeaders } from 'node:http';
import { VERSION } from '../../version.ts';
import { RETRY_FOR_MS } from '../deliveries/rules.ts';
import { isObject, parseJson, textOf } from '../narrow.ts';
import { users } from '../resources/users.ts';
import { type ApiResponse, json } from '../wire/http.ts';
import { sameSecret } from '../wire/same-secret.ts';
import { advance, perform, type World } from '../world.ts';
import { loadPageFiles, type PageFile } from './files.ts';
import { isLoopbackAddress } from './gatekeeper.ts';
import { type BrowserRequest, PAGE_PATH } from './path.ts';
import { pageView } from './view.ts';

export interface AccountPage {
  /** Answers one request. The signal aborts when the client no longer waits for the answer. */
  serve(request: BrowserRequest, signal: AbortSignal): Promise<ApiResponse>;
}

interface PageOptions {
  /** Opens the routes below, and nothing else. The page contains it for every visitor from this machine. */
  readonly token: string;
  /** The time that a request for news waits, in milliseconds. */
  readonly holdMs: number;
}

/** Blocks foreign and inline content, markup from text, and frames. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
};

const ELSEWHERE = `This page is available only on the machine that runs the sandbox, because it can press buttons.
Open it there, or forward the port:  ssh -N -L PORT:127.0.0.1:PORT MACHINE
`;

/** The page of a sandbox. */
export function createPage(world: World, options: PageOptions): AccountPage {
  let loading: Promise<ReadonlyMap<string, PageFile>> | undefined;
  const files = () => {
    loading ??= loadPageFiles();
    return loading;
  };
  const answer = async (request: BrowserRequest, signal: AbortSignal): Promise<ApiResponse> => {
    if (!isOfThisMachine(request.peer)) return { status: 403, headers: TEXT, body: ELSEWHERE };
    const name = request.path === '/' ? 'index.html' : request.path.slice(PAGE_PATH.length);
    const file = (await files()).get(name);
    if (file) return serveFile(file, request, options.token);
    if (!knows(request.headers, options.token))
      return refuse(403, 'the page token is not valid for this sandbox; reload the page');
    await world.timeline.catchUp();
    if (request.method === 'GET') return look(world, name, request, signal, options.holdMs);
    return act(world, name, request);
  };
  return {
    serve: async (request, signal) => {
      const response = await answer(request, signal);
      return { ...response, headers: { ...HEADERS, ...response.headers } };
    },
  };
}

const TEXT = { 'content-type': 'text/plain; charset=utf-8' };

/** An IPv4 peer of a dual-stack socket is written as an IPv6 address. */
function isOfThisMachine(peer: string | undefined): boolean {
  return peer !== undefined && isLoopbackAddress(peer.replace(/^::ffff:/i, ''));
}

function knows(headers: IncomingHttpHeaders, token: string): boolean {
  const given = headers['x-sandbox-page'];
  return typeof given === 'string' && sameSecret(given, token);
}

function serveFile({ type, text }: PageFile, { method }: BrowserRequest, token: string): ApiResponse {
  if (method !== 'GET' && method !== 'HEAD') return refuse(405, 'this file is read-only: use GET');
  const body = type.startsWith('text/html')
    ? text.replace('{{token}}', token).replace('{{version}}', VERSION)
    : text;
  return { status: 200, headers: { 'content-type': type }, body };
}

/** The changes since the page's version, as soon as there is one; 204 after a long wait. */
async function look(
  world: World,
  name: string,
  { query }: BrowserRequest,
  signal: AbortSignal,
  holdMs: number,
): Promise<ApiResponse> {
  if (name !== 'changes') return refuse(404, `unknown route: GET ${PAGE_PATH}${name}`);
  const since = Number(/^\d{1,15}$/.exec(query.get('since') ?? '')?.[0] ?? 0);
  if (since === world.watch.version()) {
    const end = new AbortController();
    const timer = setTimeout(() => end.abort(), holdMs);
    await world.watch.next(AbortSignal.any([signal, end.signal]));
    clearTimeout(timer);
  }
  if (since === world.watch.version()) return { status: 204, headers: {}, body: '' };
  return json(200, pageView(world, since));
}

type Act = (body: Readonly<Record<string, unknown>>) => {
  readonly method?: 'POST' | 'PUT';
  readonly path: string;
  readonly body: unknown;
};

/** An id for a path; an invalid one is replaced with an unused one. */
const idOf = (value: unknown): string =>
  typeof value === 'string' && /^[\w-]{1,64}$/.test(value) ? value : '-';

/** A responder's acts, as requests to the API: the same rules hold. */
const ACTS: Readonly<Record<string, Act>> = {
  incidents: ({ title, serviceId, urgency }) => ({
    path: '/incidents',
    body: {
      incident: { type: 'incident', title, urgency, service: { id: serviceId, type: 'service_reference' } },
    },
  }),
  press: ({ incidentId, actionId }) => ({
    path: `/incidents/${idOf(incidentId)}/custom_action`,
    body: { custom_action: { webhook: { id: actionId, type: 'webhook_reference' } } },
  }),
  notes: ({ incidentId, text }) => ({
    path: `/incidents/${idOf(incidentId)}/notes`,
    body: { note: { content: text } },
  }),
  status: ({ incidentId, status }) => ({
    method: 'PUT',
    path: `/incidents/${idOf(incidentId)}`,
    body: { incident: { type: 'incident_reference', status } },
  }),
  enable: ({ actionId }) => ({ path: `/extensions/${idOf(actionId)}/enable`, body: {} }),
};

async function act(world: World, name: string, request: BrowserRequest): Promise<ApiResponse> {
  if (request.method !== 'POST') return refuse(405, 'use GET to read and POST to act');
  // A form of another site can be sent anywhere, but not with this type (T49).
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    return refuse(415, 'Content-Type must be application/json');
  }
  const make = Object.hasOwn(ACTS, name) ? ACTS[name] : undefined;
  if (!make && name !== 'clock') return refuse(404, `unknown route: POST ${PAGE_PATH}${name}`);
  const body = parseJson(request.body);
  if (!isObject(body)) return refuse(400, 'the body must be a JSON object');
  if (!make) return moveClock(world, body);
  const response = asResponder(world, make(body));
  await world.keeper.save();
  return response.status < 300 ? json(200, { id: createdId(response) }) : refusalOf(response);
}

/** Moves the sandbox's clock to a moment that the user would otherwise wait for: at most as far as a delivery waits, and never back. */
async function moveClock(world: World, { until }: Readonly<Record<string, unknown>>): Promise<ApiResponse> {
  // Rounded up, because times on the wire have no fractions of a second.
  const ms = typeof until === 'string' ? Date.parse(until) + 1 - world.wall() : Number.NaN;
  if (!(ms <= RETRY_FOR_MS)) return refuse(400, '`until` must be a time within the next 48 hours');
  if (ms > 0) await advance(world, ms);
  await world.keeper.save();
  return json(200, { id: null });
}

/** As the one user of the account, whatever the kind of the token. */
function asResponder(world: World, { method = 'POST', path, body }: ReturnType<Act>): ApiResponse {
  const [user] = users.in(world.state).values();
  const request = {
    method,
    path,
    query: new URLSearchParams(),
    headers: { 'content-type': 'application/json', from: user?.email },
    body: JSON.stringify(body),
    now: world.wall(),
  };
  return perform(world, request, null, 'page');
}

function createdId({ body }: ApiResponse): string | null {
  const created = parseJson(body);
  const { incident } = isObject(created) ? created : {};
  return textOf(incident, 'id') ?? null;
}

/** PagerDuty's refusal, in one sentence. */
function refusalOf({ status, body }: ApiResponse): ApiResponse {
  const answer = parseJson(body);
  const error = isObject(answer) && isObject(answer.error) ? answer.error : {};
  const details = Array.isArray(error.errors) ? error.errors.map(String) : [];
  return refuse(status, [String(error.message ?? 'The request was refused'), ...details].join(': '));
}

function refuse(status: number, message: string): ApiResponse {
  return json(status, { sandbox: { message } });
}
