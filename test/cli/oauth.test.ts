import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCommands } from '../../scripts/generate-commands.ts';
import { SCOPES } from '../../src/cli/connection/scope-table.ts';
import { tokensOf } from '../../src/pagerduty/auth/oauth.ts';
import { behindTls, companyCa, connectProxy } from '../helpers/egress.ts';
import { type RunOptions, runCli, temporaryFolder, testSandbox } from '../helpers/in-process.ts';
import { type Asked, frugalPagerDuty, otherServer, type Reply } from './other-server.ts';

const SECRET = 'canary-client-secret-7Qz';
const MINTED = 'pdus+_canaryMinted7QzXw_token';

/** PagerDuty with an identity endpoint beside its API. */
async function pagerDuty(identity: (form: URLSearchParams, count: number) => Reply, refusesTokens = false) {
  const api = frugalPagerDuty([{ id: 'PSVC001', name: 'Search API' }]);
  let count = 0;
  const { url, asked } = await otherServer((call: Asked) => {
    if (call.path === '/oauth/token') return identity(new URLSearchParams(call.body), ++count);
    return refusesTokens ? { status: 401, text: '' } : api.reply(call);
  });
  const env = {
    PAGERDUTY_API_URL: url,
    PAGERDUTY_CLIENT_ID: 'client-1',
    PAGERDUTY_CLIENT_SECRET: SECRET,
    PAGERDUTY_SUBDOMAIN: 'acme',
  };
  const minted = (): URLSearchParams[] =>
    asked.filter(({ path }) => path === '/oauth/token').map(({ body }) => new URLSearchParams(body));
  const run = (argv: readonly string[], options: RunOptions = {}) =>
    runCli(argv, { ...options, env: { ...env, ...options.env }, secrets: [SECRET, MINTED] });
  return { url, asked, minted, run, env };
}

/** Grants the requested scopes except the withheld ones. */
const granting =
  (...withheld: readonly string[]) =>
  (form: URLSearchParams): Reply => {
    const scopes = (form.get('scope') ?? '').split(' ').filter((scope) => !withheld.includes(scope));
    return {
      json: { access_token: MINTED, scope: scopes.join(' '), token_type: 'bearer', expires_in: 86_400 },
    };
  };

describe('a scoped OAuth app (fact 20)', () => {
  it('requests only the scopes of the command, once, and uses the token', async () => {
    const { run, minted, asked } = await pagerDuty(granting());
    const { code, stderr } = await run(['list', '--debug']);
    expect(code, stderr).toBe(0);
    expect(minted().map((form) => Object.fromEntries(form))).toEqual([
      {
        grant_type: 'client_credentials',
        client_id: 'client-1',
        client_secret: SECRET,
        scope: 'as_account-us.acme extension_schemas.read extensions.read services.read teams.read',
      },
    ]);
    const api = asked.filter(({ path }) => path !== '/oauth/token');
    expect(api.length).toBeGreaterThan(1);
    expect(new Set(api.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${MINTED}`]));
  });

  it('requests write scopes if a command writes', async () => {
    const { run, minted } = await pagerDuty(granting());
    const args = ['--service', 'Search API', '--label', 'X', '--url', 'https://a.example.com/x', '--yes'];
    const { code, stderr } = await run(['create', ...args]);
    expect(code, stderr).toBe(0);
    expect(minted()[0]?.get('scope')).toContain(' extensions.write');
  });

  it('names the scopes that were not granted, and sends nothing', async () => {
    const { run, asked } = await pagerDuty(granting('extensions.write', 'services.read', 'teams.read'));
    const args = ['--service', 'Search API', '--label', 'X', '--url', 'https://a.example.com/x', '--yes'];
    const { code, stderr } = await run(['create', ...args]);
    expect(code).toBe(5);
    expect(stderr).toMatchInlineSnapshot(`
      "pdactions: the OAuth app lacks the scopes services.read, extensions.write
        → \`pdactions create\` needs extension_schemas.read, extensions.read, services.read, extensions.write. Add the missing scopes to the app, in PagerDuty under Integrations > App Registration.
      "
    `);
    expect(asked.filter(({ path }) => path !== '/oauth/token')).toEqual([]);
  });

  it('works without a scope that only a part of the command needs', async () => {
    const { run } = await pagerDuty(granting('teams.read'));
    expect((await run(['list'])).code).toBe(0);
  });

  it.each([
    [400, 'invalid_client'],
    [401, 'unauthorized_client'],
    [403, 'invalid_scope'],
  ])('T61: a refused app (%s) is distinguished from a refused token', async (status, error) => {
    const { run } = await pagerDuty(() => ({ status, json: { error, error_description: SECRET } }));
    const { code, stderr } = await run(['list']);
    expect(code).toBe(5);
    expect(stderr).toContain(`PagerDuty rejected the OAuth app (HTTP ${status}, ${error})`);
    expect(stderr).toContain('PAGERDUTY_SUBDOMAIN');
    const other = await pagerDuty(granting(), true);
    const refused = await other.run(['list']);
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain('PagerDuty rejected the token of the OAuth app (HTTP 401)');
    expect(refused.stderr).not.toContain('PAGERDUTY_TOKEN');
  });

  it('names the missing part of the credentials', async () => {
    const { run, asked } = await pagerDuty(granting());
    const { code, stderr } = await run(['list'], {
      env: { PAGERDUTY_CLIENT_SECRET: '', PAGERDUTY_SUBDOMAIN: '' },
    });
    expect(code).toBe(5);
    expect(stderr).toContain(
      'is set without PAGERDUTY_CLIENT_SECRET (or PAGERDUTY_CLIENT_SECRET_FILE) and PAGERDUTY_SUBDOMAIN',
    );
    expect((await run(['list'], { env: { PAGERDUTY_SUBDOMAIN: 'acme.pagerduty.com' } })).code).toBe(3);
    expect(asked).toEqual([]);
  });

  it('takes the secret from a file of mode 600, and a token before an app', async () => {
    const { run, minted } = await pagerDuty(granting());
    const file = join(temporaryFolder(), 'secret');
    writeFileSync(file, `${SECRET}\n`, { mode: 0o600 });
    const env = { PAGERDUTY_CLIENT_SECRET: '', PAGERDUTY_CLIENT_SECRET_FILE: file };
    expect((await run(['list'], { env })).code).toBe(0);
    expect(minted()[0]?.get('client_secret')).toBe(SECRET);
    chmodSync(file, 0o644);
    expect((await run(['list'], { env })).code).toBe(5);
    expect((await run(['list'], { env: { PAGERDUTY_TOKEN: 'u+canary0123456789ab' } })).code).toBe(0);
    expect(minted()).toHaveLength(1);
  });

  it('requests the token through the proxy, in the region of the account', async () => {
    const { url, minted } = await pagerDuty(granting());
    const company = companyCa(['identity.pagerduty.com', 'api.eu.pagerduty.com']);
    const proxy = await connectProxy({ port: await behindTls(company, url) });
    const env = {
      PAGERDUTY_CLIENT_ID: 'client-1',
      PAGERDUTY_CLIENT_SECRET: SECRET,
      PAGERDUTY_SUBDOMAIN: 'acme',
      HTTPS_PROXY: `http://${proxy.host}`,
    };
    const args = ['list', '--region', 'eu', '--ca-file', company.caFile];
    const { code, stderr } = await runCli(args, { env, secrets: [SECRET, MINTED] });
    expect(code, stderr).toBe(0);
    expect(proxy.asked[0]).toBe('identity.pagerduty.com:443');
    expect(minted()[0]?.get('scope')).toMatch(/^as_account-eu\.acme /);
  });

  it('renews a token before it ends, and not earlier', async () => {
    const { url, minted } = await pagerDuty((form, count) => {
      const { json } = granting()(form) as { json: object };
      return { json: { ...json, access_token: `${MINTED}${count}` } };
    });
    let now = 0;
    const clock = { now: () => now, sleep: () => Promise.resolve() };
    const token = tokensOf({
      app: { clientId: 'client-1', clientSecret: SECRET, subdomain: 'acme', region: 'us' },
      identityUrl: url,
      scopes: SCOPES.listen!,
      neededBy: '`pdactions listen`',
      names: { app: 'the app', subdomain: 'the subdomain', region: 'the region' },
      userAgent: 'x/1',
      timeoutMs: 5000,
      calling: { clock, random: () => 0.5, runTimeoutMs: Number.POSITIVE_INFINITY },
      onToken: () => undefined,
    });
    expect(await Promise.all([token(), token()])).toEqual([`${MINTED}1`, `${MINTED}1`]);
    now = 86_400_000 - 10 * 60_000 - 1;
    expect(await token()).toBe(`${MINTED}1`);
    now += 1;
    expect(await Promise.all([token(), token()])).toEqual([`${MINTED}2`, `${MINTED}2`]);
    expect(minted()).toHaveLength(2);
  });
});

describe('an OAuth app on the sandbox', () => {
  const scopes = [
    ...['extension_schemas.read', 'extensions.read', 'services.read', 'teams.read', 'extensions.write'],
  ];
  const seed = {
    account: 'acme',
    services: [{ id: 'PSVC001', name: 'Search API' }],
    apps: [{ id: 'client-1', secret: SECRET, scopes }],
  };
  const create = [
    ...['create', '--service', 'Search API', '--label', 'X', '--url', 'https://a.example.com/x', '--yes'],
  ];
  const appEnv = (url: string): Record<string, string> => ({
    PAGERDUTY_API_URL: url,
    PAGERDUTY_CLIENT_ID: 'client-1',
    PAGERDUTY_CLIENT_SECRET: SECRET,
    PAGERDUTY_SUBDOMAIN: 'acme',
  });

  it('creates an action by the scopes of its app alone', async () => {
    const sandbox = await testSandbox({ seed });
    const { code, stderr } = await runCli(create, { env: appEnv(sandbox.url), secrets: [SECRET] });
    expect(code, stderr).toBe(0);
    expect(sandbox.state().extensions).toMatchObject([{ name: 'X' }]);
  });

  it.each([
    ['appScopes', 'read-only', 'the OAuth app lacks the scope extensions.write'],
    ['appLogin', 'refused', 'PagerDuty rejected the OAuth app (HTTP 401, invalid_client)'],
  ])('with %s at %s it ends with exit code 5', async (name, value, message) => {
    const sandbox = await testSandbox({ seed, switches: { [name]: value } });
    const { code, stderr } = await runCli(create, { env: appEnv(sandbox.url), secrets: [SECRET] });
    expect(code).toBe(5);
    expect(stderr).toContain(message);
    expect(sandbox.state().extensions).toEqual([]);
  });
});

describe('the table of scopes', () => {
  it('gives read-only commands no write scope', () => {
    for (const command of ['list', 'show', 'slots', 'export', 'plan', 'init'])
      expect(SCOPES[command]?.asked.filter((scope) => !scope.endsWith('.read'))).toEqual([]);
  });

  it('has the scopes that each command declares', async () => {
    for (const { spec } of await findCommands()) {
      if (typeof spec.scopes === 'string') continue;
      const { required, partly = {} } = spec.scopes;
      expect(SCOPES[spec.name]).toEqual({ asked: [...required, ...Object.keys(partly)], required });
    }
  });

  it('has those of all commands for doctor, which requires none', () => {
    const { doctor, ...others } = SCOPES;
    expect(doctor?.required).toEqual([]);
    const all = Object.values(others).flatMap(({ asked }) => asked);
    expect(doctor?.asked.toSorted()).toEqual([...new Set(all)].toSorted());
  });
});
