/** Connections of the library over indirect routes: proxies, a company CA, OAuth apps. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  AuthError,
  apply,
  type Connection,
  type ConnectOptions,
  connect,
  LocalIoError,
  loadConfig,
  plan,
  RemoteError,
  UsageError,
} from '../../src/lib/index.ts';
import { otherServer } from '../cli/other-server.ts';
import { CANARY, CONFIG, project } from '../cli/project.ts';
import { behindTls, companyCa, connectProxy, type ProxyOptions } from '../helpers/egress.ts';
import { temporaryFolder } from '../helpers/in-process.ts';

const PASSWORD = 'canary-p@ss:w0rd-7c';
const SECRET = 'canary-app-secret-7c';
const APP = { clientId: 'client-1', clientSecret: SECRET, subdomain: 'acme' };
const READ = ['extension_schemas.read', 'extensions.read', 'services.read', 'teams.read'];

/** A connection that ends with the test. */
async function opened(options: ConnectOptions): Promise<Connection> {
  const connection = await connect(options);
  onTestFinished(() => connection.close());
  return connection;
}

/** PagerDuty's hosts behind a proxy and a company CA, with a sandbox in their place. */
async function egress(options: Omit<ProxyOptions, 'port'> = {}, scopes: string[] = READ) {
  const seed = {
    account: 'acme',
    services: [
      { id: 'PCHKOUT', name: 'Checkout API' },
      { id: 'PIJ90N7', name: 'web-admin' },
    ],
    apps: [{ id: 'client-1', secret: SECRET, scopes }],
  };
  const own = await project(CONFIG, { seed });
  const company = companyCa(['api.pagerduty.com', 'api.eu.pagerduty.com', 'identity.pagerduty.com']);
  const proxy = await connectProxy({ ...options, port: await behindTls(company, own.sandbox.url) });
  const config = await loadConfig({ cwd: own.folder, env: { AUTOMATION_TOKEN: CANARY } });
  const { caFile } = company;
  return { ...own, config, proxy, caFile, token: own.sandbox.token };
}

/** The error of a promise, after all its members were scanned. */
async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  const error = await promise.then(
    () => 'no error',
    (thrown: unknown) => thrown,
  );
  const text = inspect(error, { depth: null, showHidden: true });
  for (const secret of [PASSWORD, encodeURIComponent(PASSWORD), SECRET]) expect(text).not.toContain(secret);
  return error;
}

describe('proxy and caFile', () => {
  it('plan and apply through a proxy with a login, which hears neither token nor path', async () => {
    const { proxy, caFile, token, config } = await egress({ login: `build:${PASSWORD}` });
    const url = `http://build:${encodeURIComponent(PASSWORD)}@${proxy.host}`;
    const connection = await opened({ token, proxy: url, caFile });
    const report = await apply(await plan(connection, config));
    expect(report.ok).toBe(true);
    expect(new Set(proxy.asked)).toEqual(new Set(['api.pagerduty.com:443']));
    expect(proxy.heard.join('\n')).not.toContain(token);
    expect(JSON.stringify([report, connection])).not.toContain(PASSWORD);
  });

  it('take the proxy from variables that are passed, and never for this machine', async () => {
    const { proxy, caFile, token, config } = await egress();
    const variables = { HTTPS_PROXY: `http://${proxy.host}` };
    const connection = await opened({ token, region: 'eu', caFile: [caFile], proxy: variables });
    expect((await plan(connection, config)).hasChanges).toBe(true);
    expect(proxy.asked[0]).toBe('api.eu.pagerduty.com:443');
    const { url } = await otherServer(() => ({ json: { services: [], more: false } }));
    const here = await opened({ token, url, proxy: { http_proxy: `http://${proxy.host}` } });
    await here.account();
    expect(proxy.forwarded).toEqual([]);
  });

  it('name the option when the proxy fails, and never its login', async () => {
    const { proxy, token, config } = await egress({ login: 'build:other' });
    const url = `http://build:${encodeURIComponent(PASSWORD)}@${proxy.host}`;
    const refused = await errorOf(plan(await opened({ token, proxy: url }), config));
    expect(refused).toBeInstanceOf(RemoteError);
    expect(refused).toMatchObject({
      reason: 'proxy',
      message: expect.stringContaining('(from `proxy`) rejected the login (HTTP 407)'),
    });
    const strict = await egress({ refuses: 403 });
    const stopped = await opened({ token, proxy: `http://${strict.proxy.host}` });
    expect(await errorOf(plan(stopped, config))).toMatchObject({
      reason: 'proxy',
      hint: expect.stringContaining('omit `proxy`'),
    });
  });

  it('trust no other certificate, whatever the settings of Node', async () => {
    const { proxy, token, config } = await egress();
    const connection = await opened({ token, proxy: `http://${proxy.host}` });
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    onTestFinished(() => {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    });
    expect(await errorOf(plan(connection, config))).toMatchObject({ kind: 'remote', reason: 'tls' });
  });

  it('refuse what cannot be used before anything is sent', async () => {
    const token = 'u+canary0123456789ab';
    const folder = temporaryFolder();
    const noPem = join(folder, 'no.pem');
    writeFileSync(noPem, 'nothing');
    const url = 'https://a.example.com';
    expect(await errorOf(connect({ token, url, caFile: join(folder, 'away.pem') }))).toBeInstanceOf(
      LocalIoError,
    );
    expect(await errorOf(connect({ token, url, caFile: noPem }))).toMatchObject({ kind: 'usage' });
    for (const proxy of [`socks5://x:${encodeURIComponent(PASSWORD)}@h`, `:${PASSWORD}:`, '']) {
      const error = await errorOf(connect({ token, url, proxy }));
      expect(error).toBeInstanceOf(UsageError);
      expect((error as UsageError).hint).not.toContain('--no-proxy');
    }
  });
});

describe('token and tokenType', () => {
  it.each([
    [undefined, 'Token token=u+canary0123456789ab'],
    ['bearer', 'Bearer u+canary0123456789ab'],
  ] as const)('with %s sends %s', async (tokenType, sent) => {
    const { url, asked } = await otherServer(() => ({ json: { services: [], more: false } }));
    await (await opened({ token: 'u+canary0123456789ab', tokenType, url })).account();
    expect(asked[0]?.authorization).toBe(sent);
  });

  it('take the region of a config, and contradict neither each other nor `app`', async () => {
    const token = 'u+canary0123456789ab';
    expect((await opened({ token, region: null })).url).toBe('https://api.pagerduty.com');
    expect((await opened({ token, region: null, url: 'https://a.example.com' })).url).toBe(
      'https://a.example.com',
    );
    for (const wrong of [
      { token, app: APP },
      { app: APP, tokenType: 'bearer' },
      { token, tokenType: 'basic' as never },
      { token, timeoutMs: 0 },
      { app: { ...APP, clientSecret: '' } },
      { app: { ...APP, subdomain: 'acme.pagerduty.com' } },
      {},
    ] satisfies ConnectOptions[]) {
      expect(await errorOf(connect(wrong))).toBeInstanceOf(UsageError);
    }
  });
});

describe('app', () => {
  it('plans and applies with tokens that nothing shows', async () => {
    const { sandbox, config } = await egress({}, [...READ, 'extensions.write']);
    const connection = await opened({ app: APP, url: sandbox.url });
    const planned = await plan(connection, config);
    const report = await apply(planned);
    expect(report.ok).toBe(true);
    const sent = sandbox.log().requests.map(({ method, path }) => `${method} ${path}`);
    expect(sent.filter((line) => line === 'POST /oauth/token')).toHaveLength(1);
    expect(JSON.stringify([connection, planned, report])).not.toContain(SECRET);
  });

  it('asks PagerDuty itself, for the account and region, by the same proxy', async () => {
    const { proxy, caFile, config } = await egress();
    const way = { proxy: `http://${proxy.host}`, caFile } as const;
    const connection = await opened({ app: APP, readOnly: true, region: 'eu', ...way });
    expect((await plan(connection, config)).account).toBe('acme');
    expect(proxy.asked[0]).toBe('identity.pagerduty.com:443');
    expect(new Set(proxy.asked.slice(1))).toEqual(new Set(['api.eu.pagerduty.com:443']));
  });

  it('names the scope that an app lacks to write, and needs none to plan', async () => {
    const { sandbox, config } = await egress();
    const lacking = await errorOf(plan(await opened({ app: APP, url: sandbox.url }), config));
    expect(lacking).toBeInstanceOf(AuthError);
    expect(lacking).toMatchObject({
      message: 'the OAuth app lacks the scope extensions.write',
      hint: expect.stringContaining('without `readOnly`'),
    });
    const reading = await opened({ app: APP, url: sandbox.url, readOnly: true });
    expect(await errorOf(apply(await plan(reading, config)))).toMatchObject({
      kind: 'usage',
      message: 'the connection of this plan is read-only',
    });
    const wrong = await opened({ app: { ...APP, clientSecret: `${SECRET}x` }, url: sandbox.url });
    expect(await errorOf(plan(wrong, config))).toMatchObject({
      kind: 'auth',
      hint: expect.stringContaining('the parts of `app`'),
    });
    expect(sandbox.state().extensions).toEqual([]);
  });
});
