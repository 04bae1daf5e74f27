import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { type Exchange, type Finding, loadDescription } from './description.ts';

const description = loadDescription();

interface Departure {
  readonly fact: string;
  readonly why: string;
  readonly excuses: (finding: Finding, exchange: Exchange) => boolean;
}

/** Deliberate differences between the sandbox and the description, because the real API differs too. Each must occur at least once. */
const DEPARTURES: readonly Departure[] = [
  {
    fact: '3',
    why: 'a PUT that is wrong must be answered somehow, and 400 is listed for every other write',
    excuses: ({ what, at }, { method }) => what === 'status' && at === '400' && method === 'PUT',
  },
  {
    fact: '3',
    why: 'the rate limit "applies to every request", though 429 is not listed everywhere',
    excuses: ({ what, at }) => what === 'status' && at === '429',
  },
  {
    fact: '7',
    why: 'real extensions have the type "webhook"',
    excuses: ({ what, at, message }) =>
      what === 'response body' &&
      /^\/extensions?(\/\d+)?\/type$/.test(at) &&
      message.includes('must be equal to one of the allowed values'),
  },
  {
    fact: '8',
    why: 'the description knows `include[]`, but not that what is included stands there whole',
    excuses: ({ what, at, message }, { path }) =>
      what === 'response body' &&
      path.includes('include[]=') &&
      /\/(extension_schema|extension_objects\/\d+|teams\/\d+)\/type$/.test(at) &&
      message.includes('_reference"]'),
  },
  {
    fact: '9',
    why: 'PagerDuty itself asks lists for temporarily_disabled',
    excuses: ({ what, at, message }, { path }) =>
      what === 'parameter' &&
      at === 'include[]' &&
      message.includes('temporarily_disabled') &&
      path.startsWith('/extensions?'),
  },
  {
    fact: '18',
    why: 'what /users/me says to an account key is a text, not an object',
    excuses: ({ what, at, message }, { path }) =>
      what === 'response body' && path === '/users/me' && at === '/error' && message.includes('"object"'),
  },
  {
    fact: '33',
    why: 'an incident without a priority or a grouping has null there',
    excuses: ({ what, at, message }) =>
      what === 'response body' && /\/(priority|alert_grouping)$/.test(at) && message.includes('"object"'),
  },
  {
    fact: '22',
    why: 'the body of a 401 is not JSON',
    excuses: ({ what, at }) => what === 'content type' && at === '401',
  },
  {
    fact: '31',
    why: 'the call that presses a button is described nowhere',
    excuses: ({ what, at }) => what === 'operation' && /^POST \/incidents\/\w+\/custom_action$/.test(at),
  },
];

const met = new Set<Departure>();
const seen = new Set<string>();
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ deliver: false });
});
afterAll(() => sandbox.close());

interface Send {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly on?: Sandbox;
}

async function send(
  method: string,
  path: string,
  { body, headers = {}, on = sandbox }: Send = {},
): Promise<Exchange> {
  const requestHeaders = {
    accept: 'application/vnd.pagerduty+json;version=2',
    authorization: `Token token=${on.token}`,
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...headers,
  };
  const response = await fetch(on.url + path, {
    method,
    headers: requestHeaders,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const contentType = response.headers.get('content-type');
  const isJson = contentType?.startsWith('application/json') && text !== '';
  return {
    method,
    path,
    requestHeaders,
    ...(body !== undefined && { requestBody: body }),
    status: response.status,
    contentType,
    ...(isJson && { responseBody: JSON.parse(text) }),
  };
}

/** Deviations from the description, except the known ones. */
function strange(exchange: Exchange): readonly Finding[] {
  const operation = description.operationOf(exchange.method, exchange.path);
  if (operation) seen.add(`${operation} ${exchange.status}`);
  return description.check(exchange).filter((finding) => {
    const departure = DEPARTURES.find(({ excuses }) => excuses(finding, exchange));
    if (departure) met.add(departure);
    return !departure;
  });
}

async function expectAsDescribed(
  status: number,
  method: string,
  path: string,
  options?: Send,
): Promise<Exchange> {
  const exchange = await send(method, path, options);
  expect(exchange.status).toBe(status);
  expect(strange(exchange)).toEqual([]);
  return exchange;
}

const reference = (id: string, type: string) => ({ id, type });
const action = (name: string, serviceId = 'PCHKOUT') => ({
  extension: {
    name,
    type: 'extension',
    endpoint_url: 'https://automation.example.com/run',
    extension_schema: reference('PCUSTOM', 'extension_schema_reference'),
    extension_objects: [reference(serviceId, 'service_reference')],
    config: { headers: [{ name: 'X-Key', value: 'v' }] },
  },
});
const from = { from: 'sam@acme.example' };

describe('every read answers as described', () => {
  it.each([
    '/extension_schemas',
    '/extension_schemas?limit=2&offset=1&total=true',
    '/extension_schemas/PCUSTOM',
    '/extensions',
    '/extensions?limit=2&offset=1&total=true&query=a',
    '/extensions?extension_object_id=PCHKOUT&extension_schema_id=PJFWPEP',
    '/extensions?include[]=extension_objects&include[]=extension_schemas',
    '/extensions?include[]=temporarily_disabled',
    '/extensions/PVENDOR',
    '/extensions/PVENDOR?include[]=temporarily_disabled&include[]=extension_objects',
    '/services',
    '/services?query=api&limit=1&total=true&sort_by=name:desc&include[]=teams',
    '/services?name=Checkout%20API&team_ids[]=PTEAM01',
    '/services/PPAYAPI?include[]=teams',
    '/teams?query=pay&total=true',
    '/incidents?statuses[]=triggered&service_ids[]=PCHKOUT&urgencies[]=high&sort_by=created_at:desc',
    '/incidents/PINC001',
    '/incidents/1',
    '/incidents/PINC001/notes',
    '/users/me',
    '/abilities',
  ])('GET %s', async (path) => {
    await expectAsDescribed(200, 'GET', path);
  });
});

describe('every write answers as described', () => {
  it('creates, updates, enables and deletes an extension', async () => {
    const { responseBody } = await expectAsDescribed(201, 'POST', '/extensions', { body: action('Restart') });
    const { id } = (responseBody as { extension: { id: string } }).extension;
    await expectAsDescribed(200, 'PUT', `/extensions/${id}`, { body: action('Reboot') });
    await expectAsDescribed(200, 'POST', `/extensions/${id}/enable`);
    await expectAsDescribed(204, 'DELETE', `/extensions/${id}`);
  });

  it('creates an incident and a note', async () => {
    const service = reference('PIJ90N7', 'service_reference');
    const incident = { type: 'incident', title: 'Search is down', service, urgency: 'low' };
    const { responseBody } = await expectAsDescribed(201, 'POST', '/incidents', {
      body: { incident },
      headers: from,
    });
    const { id } = (responseBody as { incident: { id: string } }).incident;
    const body = { note: { content: 'Looking into it' } };
    await expectAsDescribed(200, 'POST', `/incidents/${id}/notes`, { body, headers: from });
    await expectAsDescribed(200, 'GET', `/incidents/${id}/notes`);
  });

  it('presses a button', async () => {
    const { responseBody } = await send('POST', '/extensions', { body: action('Press me') });
    const { id } = (responseBody as { extension: { id: string } }).extension;
    const body = { custom_action: { webhook: reference(id, 'webhook_reference') } };
    await expectAsDescribed(200, 'POST', '/incidents/PINC001/custom_action', { body });
  });
});

describe('every refusal answers as described', () => {
  const on = async (
    options: Parameters<typeof startSandbox>[0],
    run: (other: Sandbox) => Promise<unknown>,
  ) => {
    const other = await startSandbox(options);
    await run(other).finally(() => other.close());
  };

  it.each([
    ['GET', '/extensions?limit=0'],
    ['GET', '/extensions?offset=9999&limit=100'],
    ['GET', '/services?limit=0'],
    ['GET', '/extension_schemas?total=x'],
    ['GET', '/teams?limit=x'],
    ['GET', '/incidents?sort_by=nonsense'],
    ['POST', '/extensions'],
    ['PUT', '/extensions/PVENDOR'],
    ['POST', '/incidents'],
    ['POST', '/incidents/PINC001/notes'],
  ])('400 to %s %s', async (method, path) => {
    const body = method === 'GET' ? {} : { body: {} };
    await expectAsDescribed(400, method, path, body);
  });

  it.each([
    ['GET', '/extensions/PNOBODY'],
    ['PUT', '/extensions/PNOBODY'],
    ['DELETE', '/extensions/PNOBODY'],
    ['POST', '/extensions/PNOBODY/enable'],
    ['GET', '/extension_schemas/PNOBODY'],
    ['GET', '/services/PNOBODY'],
    ['GET', '/incidents/PNOBODY'],
    ['GET', '/incidents/PNOBODY/notes'],
  ])('404 to %s %s', async (method, path) => {
    await expectAsDescribed(404, method, path, method === 'PUT' ? { body: { extension: {} } } : {});
  });

  it('401', async () => {
    const headers = { authorization: 'Token token=wrong' };
    for (const path of ['/extensions', '/services', '/teams', '/abilities', '/extension_schemas']) {
      await expectAsDescribed(401, 'GET', path, { headers });
    }
  });

  it.each(['read-only', 'scoped-read'] as const)('403 with a %s token', async (tokenKind) => {
    await on({ switches: { tokenKind } }, async (other) => {
      await expectAsDescribed(403, 'POST', '/extensions', { body: action('x'), on: other });
      await expectAsDescribed(403, 'PUT', '/extensions/PVENDOR', { body: { extension: {} }, on: other });
      await expectAsDescribed(403, 'DELETE', '/extensions/PVENDOR', { on: other });
      await expectAsDescribed(403, 'POST', '/extensions/PVENDOR/enable', { on: other });
    });
  });

  it('400 to /users/me with an account key', async () => {
    await on({ switches: { tokenKind: 'account' } }, async (other) => {
      await expectAsDescribed(400, 'GET', '/users/me', { on: other });
    });
  });

  it('429', async () => {
    await on({ rateLimit: { limit: 1, windowSeconds: 60 } }, async (other) => {
      await expectAsDescribed(200, 'GET', '/abilities', { on: other });
      await expectAsDescribed(429, 'GET', '/abilities', { on: other });
      await expectAsDescribed(429, 'GET', '/extensions', { on: other });
    });
  });

  it('400 to a fourth action (U2)', async () => {
    await on({}, async (other) => {
      for (const name of ['a', 'b', 'c'])
        await expectAsDescribed(201, 'POST', '/extensions', { body: action(name), on: other });
      await expectAsDescribed(400, 'POST', '/extensions', { body: action('d'), on: other });
    });
  });
});

describe('with any switch position, accepted answers match the description', () => {
  it.each([
    { headerNames: 'hidden' },
    { redacted: 'headers-and-url' },
    { redacted: 'nothing' },
    { description: 'field' },
    { description: 'config' },
    { schemaId: 'account' },
    { listOrder: 'name' },
  ] as const)('%j', async (switches) => {
    const other = await startSandbox({ switches });
    try {
      await expectAsDescribed(200, 'GET', '/extensions', { on: other });
      await expectAsDescribed(200, 'GET', '/extensions/PVENDOR', { on: other });
    } finally {
      await other.close();
    }
  });
});

describe('afterwards', () => {
  it('every described operation has been answered with success', () => {
    const missed = description.operations.filter(
      (operation) => ![200, 201, 204].some((status) => seen.has(`${operation} ${status}`)),
    );
    expect(missed).toEqual([]);
  });

  it('every departure occurs: an unused one is not a departure', () => {
    expect(
      DEPARTURES.filter((departure) => !met.has(departure)).map(({ fact, why }) => `${fact}: ${why}`),
    ).toEqual([]);
  });

  it('a wrong answer would have been noticed', () => {
    const wrong: Exchange = {
      method: 'GET',
      path: '/extensions',
      requestHeaders: { accept: 'x' },
      status: 200,
      contentType: 'application/json',
      responseBody: { extensions: [{ id: 7 }] },
    };
    const places = description.check(wrong).map(({ at }) => at);
    expect(places).toEqual(expect.arrayContaining(['/extensions/0', '/extensions/0/id']));
  });
});
