import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { proxyFor } from '../../src/lib/way/proxy-env.ts';
import { tunnelAgent } from '../../src/pagerduty/http/route/proxy.ts';
import { canReadSystemStore } from '../../src/pagerduty/http/route/trust.ts';
import { judgeEndpoint } from '../../src/tester/judge.ts';
import { behindTls, closedPort, companyCa, connectProxy, type ProxyOptions } from '../helpers/egress.ts';
import { pointedAt, runCli, temporaryFolder, testSandbox } from '../helpers/in-process.ts';
import { spawnCli } from '../helpers/spawned.ts';
import { secureEndpoint, targetAt, wishFor, worldOf } from '../tester/endpoints.ts';
import { otherServer } from './other-server.ts';

const PASSWORD = 'canary-p@ss:w0rd%25-5d';
const LOGIN = `build:${PASSWORD}`;
const USERINFO = `build:${encodeURIComponent(PASSWORD)}`;

/** The real host of PagerDuty, behind a proxy and a company CA, with a sandbox in its place. */
async function egress(options: Omit<ProxyOptions, 'port'> = {}) {
  const sandbox = await testSandbox();
  const company = companyCa(['api.pagerduty.com', 'api.eu.pagerduty.com']);
  const proxy = await connectProxy({ ...options, port: await behindTls(company, sandbox.url) });
  const env = { PAGERDUTY_TOKEN: sandbox.token, HTTPS_PROXY: `http://${proxy.host}` };
  return { sandbox, company, proxy, env };
}

/** A clock without waits. */
const unhurried = { now: () => 0, sleep: () => Promise.resolve() };

const withLogin = ({ host }: { readonly host: string }): string => `http://${USERINFO}@${host}`;

describe('through a proxy', () => {
  it('F43: reads and writes, with a login and a company CA, and the proxy sees neither token nor path', async () => {
    const { company, proxy, env, sandbox } = await egress({ login: LOGIN });
    const args = ['--ca-file', company.caFile];
    const own = { ...env, HTTPS_PROXY: withLogin(proxy) };
    const created = await runCli(
      [
        'create',
        '--service',
        'Search API',
        '--label',
        'Over there',
        '--url',
        'https://a.example.com/x',
        '--yes',
        ...args,
      ],
      { env: own, secrets: [PASSWORD] },
    );
    expect(created.stderr + created.code).toMatch(/0$/);
    const { code, stdout } = await runCli(['list', '--json', ...args], {
      env: own,
      secrets: [PASSWORD],
      clock: unhurried,
    });
    expect(code).toBe(0);
    expect(stdout).toContain('Over there');
    expect(new Set(proxy.asked)).toEqual(new Set(['api.pagerduty.com:443']));
    expect(proxy.heard.join('\n')).not.toContain(sandbox.token);
  });

  it.each(['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'])('%s names it', async (name) => {
    const { company, proxy, env } = await egress();
    const { HTTPS_PROXY: _, ...rest } = env;
    const own = { ...rest, [name]: proxy.host };
    const { code } = await runCli(['list', '--region', 'eu', '--ca-file', company.caFile], { env: own });
    expect(code).toBe(0);
    expect(proxy.asked[0]).toBe('api.eu.pagerduty.com:443');
  });

  it('keeps its connections: fewer tunnels than requests', async () => {
    const { company, proxy, env, sandbox } = await egress();
    const before = sandbox.log().requests.length;
    const args = ['list', '--concurrency', '1', '--ca-file', company.caFile];
    expect((await runCli(args, { env })).code).toBe(0);
    expect(sandbox.log().requests.length - before).toBeGreaterThan(2);
    expect(proxy.asked).toHaveLength(1);
  });
});

describe('failures of a proxy are distinguished, with the next step', () => {
  const list = async (env: Record<string, string>, ...more: string[]) => {
    const { code, stderr } = await runCli(['list', '--concurrency', '1', ...more], {
      env,
      secrets: [PASSWORD],
      clock: unhurried,
    });
    expect(code).toBe(7);
    return stderr.replaceAll(/127\.0\.0\.1:\d+/g, 'PROXY');
  };

  it('F43: a 407 without a login', async () => {
    const { env } = await egress({ login: LOGIN });
    expect(await list(env)).toMatchInlineSnapshot(`
      "pdactions: could not read the list of extension schemas: the proxy PROXY (from HTTPS_PROXY) requires a login (HTTP 407)
        GET /extension_schemas at api.pagerduty.com
        → Set it in HTTPS_PROXY: http://USER:PASSWORD@PROXY; percent-encode special characters (\`@\` is %40).
      "
    `);
  });

  it('F43, T61: a 407 for a wrong login, without showing it', async () => {
    const { env, proxy } = await egress({ login: 'other:login' });
    expect(await list({ ...env, HTTPS_PROXY: withLogin(proxy) })).toMatchInlineSnapshot(`
      "pdactions: could not read the list of extension schemas: the proxy PROXY (from HTTPS_PROXY) rejected the login (HTTP 407)
        GET /extension_schemas at api.pagerduty.com
        → Check the user name and the password in HTTPS_PROXY; percent-encode special characters (\`@\` is %40).
      "
    `);
  });

  it('F43: a 407 that Basic cannot satisfy', async () => {
    const { env } = await egress({ login: LOGIN, schemes: ['Negotiate', 'NTLM'] });
    expect(await list(env)).toContain(
      'requires a login by negotiate or ntlm, which pdactions does not support',
    );
  });

  it('F43: a proxy that is down', async () => {
    const env = { PAGERDUTY_TOKEN: 'u+0123456789abcdefgh', https_proxy: `127.0.0.1:${await closedPort()}` };
    expect(await list(env)).toMatchInlineSnapshot(`
      "pdactions: could not read the list of extension schemas: the proxy PROXY (from https_proxy) cannot be reached (ECONNREFUSED)
        GET /extension_schemas at api.pagerduty.com
        → Check the host and the port in https_proxy. If this machine reaches PagerDuty without a proxy, pass \`--no-proxy\` or list the host in NO_PROXY.
      "
    `);
  });

  it.each([403, 502])('F43: a CONNECT refused with %s', async (refuses) => {
    const { env, proxy } = await egress({ refuses });
    expect(await list(env)).toMatchSnapshot();
    // Three reads start together, and the one that is awaited is retried once.
    expect(proxy.asked).toHaveLength(4);
  });

  it('F11: an unknown CA behind it', async () => {
    const { env } = await egress();
    expect(await list(env)).toMatchInlineSnapshot(`
      "pdactions: could not read the list of extension schemas: the certificate of api.pagerduty.com is signed by an unknown authority (UNABLE_TO_VERIFY_LEAF_SIGNATURE)
        GET /extension_schemas at api.pagerduty.com
        → If a proxy of your company intercepts TLS, pass its certificate with \`--ca-file FILE\` or NODE_EXTRA_CA_CERTS. Nothing was sent.
      "
    `);
  });

  it('F43: a create without a tunnel has certainly not happened', async () => {
    const { env, company } = await egress({ refuses: 403 });
    const args = [
      'create',
      '--service',
      'id:PSEARCH',
      '--label',
      'X',
      '--url',
      'https://a.example.com/x',
      '--yes',
    ];
    const { code } = await runCli([...args, '--ca-file', company.caFile], { env });
    expect(code).toBe(7);
  });
});

describe('when no proxy is used', () => {
  it('T50: never for this machine', async () => {
    const sandbox = await testSandbox();
    const proxy = await connectProxy({ port: 9 });
    const url = `http://${proxy.host}`;
    const env = { HTTP_PROXY: url, http_proxy: url, ALL_PROXY: url, HTTPS_PROXY: url };
    const own = { ...env, PAGERDUTY_API_URL: sandbox.url, PAGERDUTY_TOKEN: sandbox.token };
    expect((await runCli(['list'], { env: own })).code).toBe(0);
    expect((await runCli(['list', '--sandbox'], { env })).code).toBe(0);
    expect([...proxy.asked, ...proxy.forwarded]).toEqual([]);
  });

  it('--no-proxy and NO_PROXY go directly', async () => {
    const proxy = await connectProxy({ port: 9 });
    const env = { PAGERDUTY_TOKEN: 'u+0123456789abcdefgh', HTTPS_PROXY: `http://${proxy.host}` };
    const args = ['list', '--api-url', 'https://pagerduty.invalid'];
    const direct = await runCli([...args, '--no-proxy'], { env });
    const excepted = await runCli(args, { env: { ...env, NO_PROXY: 'localhost,.invalid' } });
    for (const { code, stderr } of [direct, excepted]) {
      expect(code).toBe(7);
      expect(stderr).toContain('the host pagerduty.invalid');
    }
    expect(proxy.asked).toEqual([]);
  });

  const target = (url: string, no_proxy: string) => proxyFor(new URL(url), { https_proxy: 'p:1', no_proxy });

  it.each([
    ['https://api.pagerduty.com', '*'],
    ['https://api.pagerduty.com', 'api.pagerduty.com'],
    ['https://api.pagerduty.com', 'a.example, PagerDuty.com'],
    ['https://api.pagerduty.com', '.pagerduty.com'],
    ['https://api.pagerduty.com', '*.pagerduty.com'],
    ['https://api.pagerduty.com', 'x api.pagerduty.com:443'],
    ['https://[2001:db8::1]:8443/', '[2001:db8::1]:8443'],
    ['https://localhost:1', ''],
    ['https://127.0.0.1', ''],
    ['https://[::1]', ''],
  ])('%s is excepted by NO_PROXY=%s', (url, value) => {
    expect(target(url, value)).toBeNull();
  });

  it.each([
    ['https://api.pagerduty.com', ''],
    ['https://api.pagerduty.com', 'duty.com'],
    ['https://api.pagerduty.com', 'api.pagerduty.com:8443'],
    ['https://api.pagerduty.com', 'pagerduty.com.example'],
    ['https://api.pagerduty.com', ', ,.'],
    ['https://[2001:db8::1]/', '[2001:db8::2]'],
  ])('%s is not excepted by NO_PROXY=%s', (url, value) => {
    expect(target(url, value)?.url.host).toBe('p:1');
  });
});

describe('a value that names no proxy', () => {
  it.each([
    ['socks5://u:canary-5d-socks@p:1080', 'has an unsupported proxy scheme: socks5://'],
    ['http://', 'is not a valid proxy URL'],
    ['http://u:canary-5d-socks@p:port', 'is not a valid proxy URL'],
  ])('T61: %s is refused without repeating it', async (value, text) => {
    const env = { PAGERDUTY_TOKEN: 'u+0123456789abcdefgh', ALL_PROXY: value };
    const { code, stderr } = await runCli(['list'], { env, secrets: ['canary-5d-socks'] });
    expect(code).toBe(3);
    expect(stderr).toContain(`ALL_PROXY ${text}`);
  });
});

describe('certificate authorities', () => {
  it.each([
    ['nothing', '', 'contains no PEM certificate'],
    [
      'a broken one',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      'contains no PEM certificate',
    ],
  ])('--ca-file with %s is refused', async (_, text, expected) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'ca.pem'), text);
    const env = { PAGERDUTY_TOKEN: 'u+0123456789abcdefgh' };
    const { code, stderr } = await runCli(['list', '--ca-file', 'ca.pem'], { cwd, env });
    expect(code).toBe(3);
    expect(stderr).toContain(expected);
    const missing = await runCli(['list', '--ca-file', 'nothing.pem'], { cwd, env });
    expect(missing.code).toBe(9);
    expect(missing.stderr).toContain('could not read the certificates in nothing.pem (ENOENT)');
  });

  it('NODE_EXTRA_CA_CERTS counts beside --ca-file, as built, on this Node', async () => {
    const { env, company } = await egress();
    const other = companyCa(['x.example']);
    const own = { ...env, NODE_EXTRA_CA_CERTS: company.caFile };
    expect((await spawnCli(['list'], { env: own })).code).toBe(0);
    expect((await spawnCli(['list', '--ca-file', other.caFile], { env: own })).code).toBe(0);
  });
});

describe('test --via-proxy', () => {
  const viaProxy = (proxy: { readonly host: string }, ...args: string[]) => {
    const env = { HTTPS_PROXY: `http://${proxy.host}`, HTTP_PROXY: `http://${proxy.host}` };
    return runCli(['test', '--yes', ...args], { env });
  };
  const ENDPOINT = ['--url', 'https://hooks.example.com/x', '--only', 'dns', '--only', 'tls'];

  it('checks the endpoint through it, with this flag only', async () => {
    const company = companyCa(['hooks.example.com']);
    const proxy = await connectProxy({ port: await behindTls(company, 'http://127.0.0.1:9') });
    const { code, stdout } = await viaProxy(proxy, '--via-proxy', ...ENDPOINT);
    expect(code).toBe(6);
    expect(stdout).toContain('the proxy resolves the name');
    // The handshake reached the server behind the proxy, whose certificate is checked the way PagerDuty would.
    expect(stdout).toMatch(/tls\s+fail/);
    expect(stdout).toContain('Mozilla');
    expect(proxy.asked).toEqual(['hooks.example.com:443']);
    const direct = await viaProxy(proxy, '--url', 'https://hooks.example.invalid/x', '--only', 'dns');
    expect(direct.stdout).toContain('the name has no address');
    expect(proxy.asked).toHaveLength(1);
  });

  it('sends its messages through it', async () => {
    const proxy = await connectProxy({ port: 9 });
    const args = ['--via-proxy', '--url', 'http://hooks.example.com/x', '--only', 'press'];
    expect((await viaProxy(proxy, ...args)).code).toBe(0);
    expect(proxy.forwarded).toEqual(['http://hooks.example.com/x']);
    const { url, received } = await secureEndpoint(['server', 'intermediate']);
    const named = { ...(await connectProxy({ port: Number(new URL(url).port) })), from: 'HTTPS_PROXY' };
    const agent = () =>
      tunnelAgent({
        url: new URL(`http://${named.host}`),
        from: named.from,
        bypass: '',
        trust: undefined,
        end: new AbortController().signal,
      });
    const detour = { agent, dial: () => Promise.reject(new Error('unused')), isItsOwn: () => false };
    const findings = await judgeEndpoint(targetAt(url), wishFor('press'), worldOf({ detour }));
    expect(findings).toMatchObject([{ check: 'press', verdict: 'pass' }]);
    expect(named.asked).toEqual([new URL(url).host]);
    expect(received).toHaveLength(1);
  });

  it('blames the proxy for the failures of the proxy', async () => {
    const proxy = await connectProxy({ port: 9, refuses: 403 });
    for (const check of ['tls', 'press']) {
      const { code, stderr } = await viaProxy(proxy, '--via-proxy', ...ENDPOINT.slice(0, 2), '--only', check);
      expect(code).toBe(7);
      expect(stderr).toContain('did not connect to hooks.example.com:443 (HTTP 403)');
    }
    const { code, stderr } = await runCli(['test', '--yes', '--via-proxy', ...ENDPOINT]);
    expect(code).toBe(3);
    expect(stderr).toContain('the environment sets no proxy for hooks.example.com');
  });
});

describe('replay', () => {
  it('goes through the proxy, too', async () => {
    const cwd = temporaryFolder();
    const action = { label: 'Restart', url: 'https://hooks.example.com/restart' };
    const config = { actions: { restart: action }, services: { 'Search API': ['restart'] } };
    writeFileSync(join(cwd, 'pdactions.config.json'), JSON.stringify(config));
    const record = { at: 'now', action: 'restart', id: 'm-1', body: { messages: [{ id: 'm-1' }] } };
    writeFileSync(join(cwd, 'one.jsonl'), JSON.stringify(record));
    const company = companyCa(['hooks.example.com']);
    const { url, asked } = await otherServer(() => ({ status: 202 }));
    const replay = async (to: string, options: Omit<ProxyOptions, 'port'> = {}) => {
      const proxy = await connectProxy({ ...options, port: await behindTls(company, url) });
      const env = { HTTPS_PROXY: `http://${proxy.host}`, HTTP_PROXY: `http://${proxy.host}` };
      const args = ['replay', 'one.jsonl', '--yes', '--same-ids', '--ca-file', company.caFile, '--to', to];
      return { proxy, ...(await runCli(args, { cwd, env })) };
    };
    const secure = await replay('https://hooks.example.com');
    expect(secure).toMatchObject({ code: 0, stdout: '1/1 restart (m-1) → 202\n' });
    expect(asked).toMatchObject([{ method: 'POST', path: '/restart' }]);
    const plain = await replay('http://hooks.example.com');
    expect(plain.proxy.forwarded).toEqual(['http://hooks.example.com/restart']);
    const refused = await replay('https://hooks.example.com', { refuses: 403 });
    expect(refused).toMatchObject({ code: 6, stdout: expect.stringContaining('did not connect to') });
  });
});

describe("Node's own features", () => {
  it('T50: NODE_USE_ENV_PROXY sends nothing for this machine to a proxy', async () => {
    const sandbox = await testSandbox();
    const proxy = await connectProxy({ port: 9 });
    const env = { HTTP_PROXY: `http://${proxy.host}`, NODE_USE_ENV_PROXY: '1' };
    const { code } = await spawnCli(['list'], { env: { ...env, ...pointedAt(sandbox) } });
    expect(code).toBe(0);
    expect([...proxy.asked, ...proxy.forwarded]).toEqual([]);
  });

  it('--use-system-ca trusts the system store, where Node can read it', async () => {
    const { env, company } = await egress();
    // OpenSSL reads that store from this file.
    const own = { ...env, SSL_CERT_FILE: company.caFile };
    const { code, stderr } = await spawnCli(['list', '--use-system-ca'], { env: own });
    if (canReadSystemStore) expect(code, stderr).toBe(0);
    else expect([code, stderr]).toEqual([3, expect.stringContaining('needs Node 22.15, 24 or later')]);
  });
});
