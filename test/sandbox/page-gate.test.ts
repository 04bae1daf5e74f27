import { describe, expect, it } from 'vitest';
import { create, sandboxFor } from './client.ts';
import { endpoint } from './endpoint.ts';
import { manualClock } from './manual-clock.ts';
import { pageToken, type RawRequest, raw } from './page-client.ts';

interface Own {
  readonly token: string;
  readonly api: string;
  readonly control: string;
  readonly port: number;
}
const tokenHeader = (token: string | null) => (token === null ? [] : ['X-Sandbox-Page', token]);
const looking = (token: string | null, headers: readonly string[]): RawRequest => ({
  path: '/_sandbox/page/changes?since=0',
  headers: [...tokenHeader(token), ...headers],
});
const press = (token: string | null, headers: readonly string[]): RawRequest => ({
  method: 'POST',
  path: '/_sandbox/page/press',
  headers: [...tokenHeader(token), ...headers],
  body: '{"incidentId":"PINC001","actionId":"ANY"}',
});
const navigate = (site: string): RawRequest => ({
  headers: ['Sec-Fetch-Site', site, 'Sec-Fetch-Mode', 'navigate', 'Sec-Fetch-Dest', 'document'],
});
const fromPage = ({ token, api, control: own, port }: Own) => [
  ...['Origin', `http://127.0.0.1:${port}`, 'Sec-Fetch-Site', 'same-origin', ...tokenHeader(token)],
  ...['Authorization', `Token token=${api}`, 'X-Sandbox-Token', own],
];

const JSON_TYPE = ['Content-Type', 'application/json'];
/** Attempts with the right token from the page itself, and foreign ones, each with the detail that makes it foreign. */
const attempts: readonly (readonly [string, number, (own: Own) => RawRequest])[] = [
  ['another name', 421, ({ token }) => looking(token, ['Host', 'evil.com'])],
  [
    'a name that resolves here',
    421,
    ({ token, port }) => looking(token, ['Host', `127.0.0.1.nip.io:${port}`]),
  ],
  ['the page by another name', 421, ({ port }) => ({ headers: ['Host', `evil.com:${port}`] })],
  ['two names', 421, ({ port }) => ({ headers: ['Host', `127.0.0.1:${port}`, 'Host', 'evil.com'] })],
  ['a link on another site', 403, () => navigate('cross-site')],
  ['a link on another port', 403, () => navigate('same-site')],
  [
    'a script tag elsewhere',
    403,
    () => ({ path: '/_sandbox/page/main.js', headers: ['Sec-Fetch-Site', 'cross-site'] }),
  ],
  [
    'fetch from elsewhere',
    403,
    ({ token }) => press(token, ['Origin', 'https://evil.example', ...JSON_TYPE]),
  ],
  ['fetch from a file', 403, ({ token }) => press(token, ['Origin', 'null', ...JSON_TYPE])],
  ['another port', 403, ({ token }) => press(token, ['Origin', 'http://127.0.0.1:1', ...JSON_TYPE])],
  [
    'the other name of this machine',
    403,
    ({ token, port }) => press(token, ['Origin', `http://localhost:${port}`, ...JSON_TYPE]),
  ],
  ['https', 403, ({ token, port }) => press(token, ['Origin', `https://127.0.0.1:${port}`, ...JSON_TYPE])],
  [
    'a preflight',
    403,
    () => ({
      method: 'OPTIONS',
      path: '/_sandbox/page/press',
      headers: ['Origin', 'https://evil.example'],
    }),
  ],
  ['no token', 403, () => press(null, JSON_TYPE)],
  ['a wrong token', 403, () => press('x'.repeat(20), JSON_TYPE)],
  ['the token of the API', 403, ({ api }) => press(api, JSON_TYPE)],
  ['the control token', 403, ({ control: token }) => press(token, JSON_TYPE)],
  ['no token, read only', 403, () => looking(null, [])],
  ['a form', 415, ({ token }) => press(token, ['Content-Type', 'application/x-www-form-urlencoded'])],
  ['plain text', 415, ({ token }) => press(token, ['Content-Type', 'text/plain'])],
  [
    'a GET that would change something',
    404,
    ({ token }) => ({ path: '/_sandbox/page/press', headers: tokenHeader(token) }),
  ],
  ['another method', 405, ({ token }) => ({ ...press(token, JSON_TYPE), method: 'PUT' })],
  ['the API, from the page', 403, (own) => ({ path: '/services', headers: fromPage(own) })],
  ['control routes, from the page', 403, (own) => ({ path: '/_sandbox/state', headers: fromPage(own) })],
  [
    'the API through dot segments',
    404,
    (own) => ({ path: '/_sandbox/page/../../services', headers: fromPage(own) }),
  ],
];

async function withButton(url: string) {
  const sandbox = await sandboxFor({ page: true, clock: manualClock() });
  return { sandbox, id: await create(sandbox, 'PCHKOUT', 'Restart Server', { endpoint_url: url }) };
}

describe('T48, T49: access to the page', () => {
  it.each(attempts)('%s: refused with %i', async (_what, status, attempt) => {
    const target = await endpoint();
    const { sandbox, id } = await withButton(target.url);
    const before = sandbox.log().commits.length;
    const own = {
      token: await pageToken(sandbox),
      api: sandbox.token,
      control: sandbox.controlToken,
      port: sandbox.port,
    };
    const request = attempt(own);
    const body = request.body?.replace('ANY', id);
    const answer = await raw(sandbox, { ...request, ...(body !== undefined && { body }) });
    expect(answer.status).toBe(status);
    expect(Object.keys(answer.headers).join()).not.toContain('access-control');
    expect(answer.text).not.toContain(own.token);
    expect(answer.text).not.toContain('Checkout');
    expect([sandbox.deliveries(), sandbox.log().commits.length]).toEqual([[], before]);
  });

  it('the page itself has it, by any of the names of this machine', async () => {
    const { sandbox, id } = await withButton('https://elsewhere.example.com/');
    for (const name of ['127.0.0.1', 'localhost', 'LOCALHOST']) {
      const host = ['Host', `${name}:${sandbox.port}`, 'Sec-Fetch-Site', 'same-origin'];
      const origin = ['Origin', `http://${name.toLowerCase()}:${sandbox.port}`];
      const own = press(await pageToken(sandbox), [...JSON_TYPE, ...host, ...origin]);
      expect(await raw(sandbox, { ...own, body: own.body?.replace('ANY', id) ?? '' })).toMatchObject({
        status: 200,
      });
    }
    expect(await raw(sandbox, navigate('none'))).toMatchObject({ status: 200 });
    expect(sandbox.deliveries()).toHaveLength(3);
  });
});
