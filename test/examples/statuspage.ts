/** A small and strict imitation of the parts of Statuspage's API that the recipe uses. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export const KEY = 'k3y-Of-The-Page-0815';
export const PAGE = 'p4g3';
const COMPONENT = ['operational', 'degraded_performance', 'partial_outage', 'major_outage'];
const INCIDENT = ['investigating', 'identified', 'monitoring', 'resolved'];

type Fields = Record<string, unknown>;

export interface Statuspage {
  readonly env: Readonly<Record<string, string>>;
  readonly components: Map<string, Fields>;
  readonly incidents: Fields[];
  /** Requests to change something, as `METHOD /path`. */
  readonly writes: string[];
  /** Answers valid requests with this status, until it is removed. */
  failing: { readonly on: RegExp; readonly status: number } | undefined;
}

export async function statuspage(...components: string[]): Promise<Statuspage> {
  const server = createServer(async (request, response) => {
    const body = request.method === 'GET' ? {} : ((await json(request)) as Fields);
    const { status, answer } = reply(page, `${request.method} ${request.url}`, request.headers, body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const page: Statuspage = {
    env: {
      STATUSPAGE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      STATUSPAGE_PAGE: PAGE,
      STATUSPAGE_API_KEY: KEY,
      // As the recipe's README says.
      PDACTIONS_ALLOW_ENV:
        'HOOKS_URL,HOOKS_SECRET,STATUS_COMPONENTS,STATUSPAGE_URL,STATUSPAGE_PAGE,STATUSPAGE_API_KEY,STATUSPAGE_NOTIFY',
    },
    components: new Map(components.map((id) => [id, { id, status: 'operational' }])),
    incidents: [],
    writes: [],
    failing: undefined,
  };
  return page;
}

interface Reply {
  readonly status: number;
  readonly answer: unknown;
}

const refusal = (status: number): Reply => ({ status, answer: { error: 'refused' } });

function reply(
  page: Statuspage,
  what: string,
  headers: Readonly<Record<string, unknown>>,
  body: Fields,
): Reply {
  if (headers.authorization !== `OAuth ${KEY}`) return refusal(401);
  const { failing } = page;
  if (failing?.on.test(what)) return refusal(failing.status);
  const [, method = '', kind = '', id] =
    /^(\w+) \/v1\/pages\/p4g3\/(\w+)(?:\/(\w+))?(?:\?limit=100)?$/.exec(what) ?? [];
  if (method !== 'GET') page.writes.push(`${method} /${kind}`);
  if (method === 'GET' && kind === 'incidents') return { status: 200, answer: page.incidents };
  if (method === 'POST' && kind === 'incidents') return create(page, body.incident as Fields);
  const found =
    kind === 'components' ? page.components.get(id ?? '') : page.incidents.find((one) => one.id === id);
  if (!found) return refusal(404);
  if (method === 'GET') return { status: 200, answer: found };
  const fields = (kind === 'components' ? body.component : body.incident) as Fields;
  const words = kind === 'components' ? COMPONENT : INCIDENT;
  if (method !== 'PATCH' || !words.includes(String(fields.status ?? found.status))) return refusal(422);
  return { status: 200, answer: Object.assign(found, fields) };
}

function create(page: Statuspage, fields: Fields): Reply {
  const known = (fields.component_ids as string[]).every((id) => page.components.has(id));
  if (!known || !fields.name || !INCIDENT.includes(String(fields.status))) return refusal(422);
  const incident = { id: `i${page.incidents.length + 1}`, ...fields };
  page.incidents.unshift(incident);
  return { status: 201, answer: incident };
}
