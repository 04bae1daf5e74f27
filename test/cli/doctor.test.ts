import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve as pathOf } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fileFindings } from '../../src/cli/commands/doctor/files.ts';
import { CHECKS, type DoctorFinding } from '../../src/cli/commands/doctor/finding.ts';
import { nodeFinding } from '../../src/cli/commands/doctor/local.ts';
import { systemClock } from '../../src/clock.ts';
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { behindTls, closedPort, companyCa, connectProxy } from '../helpers/egress.ts';
import { pointedAt, type RunOptions, runCli, temporaryFolder, testSandbox } from '../helpers/in-process.ts';
import { frugalPagerDuty, otherServer, type Reply } from './other-server.ts';
import { CONFIG, project } from './project.ts';

type Shown = Pick<DoctorFinding, 'check' | 'state' | 'text' | 'next'>;

/** Runs `doctor --json`. Gives its exit code, and its findings by check. */
async function doctor(args: readonly string[], options: RunOptions = {}) {
  const { code, stdout, stderr } = await runCli(['doctor', '--json', ...args], options);
  expect(stdout, stderr).toMatch(/^\{/);
  const { findings } = JSON.parse(stdout) as { findings: readonly Shown[] };
  const of = (check: string): readonly Shown[] => findings.filter((one) => one.check === check);
  return { code, findings, of, stderr };
}

async function onSandbox(options: SandboxOptions, args: readonly string[] = []) {
  const sandbox = await testSandbox(options);
  return { sandbox, ...(await doctor(args, { env: pointedAt(sandbox) })) };
}

const TOKEN = 'u+canary0123456789ab';

describe('doctor', () => {
  it('finds everything in order, and changes nothing', async () => {
    const { run, sandbox } = await project(CONFIG);
    const { code, stdout } = await run(['doctor', '--json']);
    expect(code).toBe(0);
    const { findings } = JSON.parse(stdout) as { findings: readonly Shown[] };
    const states = findings.filter(({ check }) => check !== 'node').map(({ check, state }) => [check, state]);
    expect(states).toEqual([
      ['config', 'ok'],
      ['files', 'ok'],
      ['address', 'ok'],
      ['proxy', 'ok'],
      ['certificates', 'ok'],
      ['credentials', 'ok'],
      ['reach', 'ok'],
      ['clock', 'ok'],
      ['token', 'ok'],
      ['account', 'ok'],
      ['read', 'ok'],
      ['write', 'ok'],
      ['rate', 'ok'],
      ['schema', 'ok'],
      ['actions', 'warn'],
    ]);
    expect(sandbox.log().commits).toEqual([]);
    const table = await run(['doctor']);
    expect(table.stdout).toContain(
      'warn  actions       2 custom incident actions; disabled by PagerDuty: Add D',
    );
    expect(table.stdout).toContain(
      '→ Fix their endpoints (check them with `pdactions test`), then run `pdactions enable',
    );
  });

  it('works without a token: PagerDuty can be reached, and everything else is unknown', async () => {
    const sandbox = await testSandbox();
    const { code, of, findings } = await doctor([], { env: { PAGERDUTY_API_URL: sandbox.url } });
    expect(code).toBe(5);
    expect(of('credentials')).toMatchObject([{ state: 'fail', text: 'no PagerDuty API token found' }]);
    expect(of('reach')).toMatchObject([{ state: 'ok' }]);
    expect(of('clock')).toMatchObject([{ state: 'ok' }]);
    expect(findings.map(({ check }) => check)).not.toContain('token');
  });

  it('reports once that nothing answers', async () => {
    const url = `http://127.0.0.1:${await closedPort()}`;
    const { code, of, findings } = await doctor([], {
      env: { PAGERDUTY_API_URL: url, PAGERDUTY_TOKEN: TOKEN },
    });
    expect(code).toBe(7);
    expect(of('reach')).toMatchObject([
      { state: 'fail', text: expect.stringContaining('cannot be reached') },
    ]);
    expect(findings.filter(({ state }) => state === 'fail')).toHaveLength(1);
  });

  it('treats a silent server as one that does not answer, after the time limit', async () => {
    let wasAsked = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      wasAsked = resolve;
    });
    const { url } = await otherServer(() => {
      wasAsked();
      return { hang: true };
    });
    const clock = {
      now: systemClock.now,
      sleep: async (ms: number, signal?: AbortSignal): Promise<void> => {
        if (ms === 10_000) return asked;
        return systemClock.sleep(ms, signal);
      },
    };
    const env = { PAGERDUTY_API_URL: url, PAGERDUTY_TOKEN: TOKEN };
    const { code, of } = await doctor([], { env, clock });
    expect(code).toBe(7);
    expect(of('reach')).toMatchObject([{ text: expect.stringContaining('did not respond in time') }]);
  });

  it('finds the proxy on the way', async () => {
    const env = {
      PAGERDUTY_TOKEN: TOKEN,
      HTTPS_PROXY: `http://127.0.0.1:${await closedPort()}`,
    };
    const { code, of } = await doctor([], { env });
    expect(code).toBe(7);
    expect(of('proxy')).toMatchObject([{ state: 'ok', text: expect.stringContaining('from HTTPS_PROXY') }]);
    expect(of('reach')).toMatchObject([{ state: 'fail', text: expect.stringContaining('proxy') }]);
    const odd = await doctor([], { env: { ...env, HTTPS_PROXY: 'socks5://127.0.0.1:1' } });
    expect(odd.code).toBe(3);
    expect(odd.of('proxy')).toMatchObject([{ state: 'fail' }]);
    expect(odd.findings.filter(({ state }) => state === 'fail')).toHaveLength(1);
  });

  it('finds the region that a refused token belongs to', async () => {
    const hosts = ['api.pagerduty.com', 'api.eu.pagerduty.com'];
    const company = companyCa(hosts);
    let inEurope = (): boolean => false;
    const { url } = await otherServer(() =>
      inEurope() ? { json: { abilities: [] } } : { status: 401, text: 'HTTP Token: Access denied.' },
    );
    const proxy = await connectProxy({ port: await behindTls(company, url) });
    inEurope = () => proxy.asked.some((host) => host.startsWith('api.eu.'));
    const env = { PAGERDUTY_TOKEN: TOKEN, HTTPS_PROXY: `http://${proxy.host}` };
    const warned: string[] = [];
    const hear = ({ name }: Error): void => void warned.push(name);
    process.on('warning', hear);
    onTestFinished(() => void process.off('warning', hear));
    const { code, of } = await doctor(['--ca-file', company.caFile], { env });
    expect(code).toBe(5);
    // Node warns when many connections listen to one signal.
    expect(warned).not.toContain('MaxListenersExceededWarning');
    expect(of('token')).toMatchObject([
      { state: 'fail', text: 'the token is for the eu region, so api.pagerduty.com rejects it' },
    ]);
    expect(of('token')[0]?.next).toContain('--region eu');
  });

  it('sends a refused token to no other host if the server is not PagerDuty', async () => {
    const { url, asked } = await otherServer(() => ({ status: 401, text: '' }));
    const { code, of } = await doctor([], { env: { PAGERDUTY_API_URL: url, PAGERDUTY_TOKEN: TOKEN } });
    expect(code).toBe(5);
    expect(of('token')).toMatchObject([
      { state: 'fail', text: expect.stringContaining('rejected the token') },
    ]);
    expect(asked).toHaveLength(4);
  });

  it('finds a wrong clock, and a rate limit consumed by other clients', async () => {
    const api = frugalPagerDuty([{ id: 'PSVC001', name: 'Search API' }]);
    const { url } = await otherServer((call): Reply => {
      const headers = {
        date: new Date(Date.now() - 600_000).toUTCString(),
        'ratelimit-limit': '960',
        'ratelimit-remaining': '12',
      };
      return { ...api.reply(call), headers };
    });
    const { code, of } = await doctor([], { env: { PAGERDUTY_API_URL: url, PAGERDUTY_TOKEN: TOKEN } });
    expect(code).toBe(0);
    expect(of('clock')).toMatchObject([
      { state: 'warn', text: expect.stringMatching(/^(599|60[01]) s ahead of the server$/) },
    ]);
    expect(of('rate')).toMatchObject([{ state: 'warn', text: '12 of 960 requests are left in this window' }]);
  });

  it.each(['read-only', 'scoped-read'] as const)('finds that a token is %s', async (tokenKind) => {
    const { sandbox, code, of } = await onSandbox({ switches: { tokenKind } });
    expect(code).toBe(0);
    expect(of('write')).toMatchObject([{ state: 'warn', text: expect.stringContaining('read-only: ') }]);
    expect(of('token')).toMatchObject([{ text: 'an account-level API key, accepted' }]);
    expect(sandbox.log().commits).toEqual([]);
  });

  it('checks the right to write by requests that can neither create nor change anything', async () => {
    const { sandbox, of } = await onSandbox({});
    expect(of('write')).toMatchObject([{ state: 'ok' }]);
    const writes = sandbox.log().requests.filter(({ method }) => method !== 'GET');
    expect(writes.map(({ method, path }) => [method, path])).toEqual([
      ['POST', '/extensions/PNOSUCHACTION/enable'],
    ]);
  });

  it.each([
    [403, 404, 'read-only: PagerDuty refuses to change actions'],
    // PagerDuty may also answer 403 for a deleted object (fact 57).
    [403, 403, 'unknown: PagerDuty did not say'],
    [500, 404, 'unknown: PagerDuty did not say'],
    [200, 404, 'unknown: PagerDuty did not say'],
  ])(
    'enabling what does not exist answered with %i, reading it with %i: %s',
    async (enabling, reading, text) => {
      const api = frugalPagerDuty([]);
      const error = { error: { code: 2010, message: 'Access Denied' } };
      const { url } = await otherServer((call) => {
        if (call.path.endsWith('/enable')) return { status: enabling, json: error };
        if (call.path.endsWith('/PNOSUCHACTION')) return { status: reading, json: error };
        return api.reply(call);
      });
      const { of } = await doctor([], { env: { PAGERDUTY_API_URL: url, PAGERDUTY_TOKEN: TOKEN } });
      expect(of('write')).toMatchObject([{ state: 'warn', text }]);
    },
  );

  it('finds files that others can read, and profiles that are damaged', async () => {
    const cwd = temporaryFolder();
    const profiles = join(cwd, '.config/pdactions/profiles');
    const state = join(cwd, '.local/state/pdactions');
    for (const folder of [profiles, state]) mkdirSync(folder, { recursive: true, mode: 0o700 });
    const put = (folder: string, name: string, mode: number, text = ''): void => {
      writeFileSync(join(folder, name), text);
      chmodSync(join(folder, name), mode);
    };
    put(profiles, 'acme.json', 0o600, '{');
    put(profiles, 'acme.token', 0o644);
    put(state, 'listen-8080.jsonl', 0o640);
    put(state, 'sandbox.json', 0o600);
    chmodSync(state, 0o755);
    const { code, of } = await doctor(['--sandbox'], { cwd });
    expect(code).toBe(9);
    expect(of('files').map(({ state, text }) => [state, text])).toEqual([
      ['fail', '~/.config/pdactions/profiles/acme.token can be read or written by others (mode 644)'],
      ['warn', '~/.local/state/pdactions can be read or written by others (mode 755)'],
      ['warn', '~/.local/state/pdactions/listen-8080.jsonl can be read or written by others (mode 640)'],
      ['fail', expect.stringContaining('the profile acme is damaged')],
    ]);
    expect(of('files')[0]?.next).toBe('Run `chmod 600 ~/.config/pdactions/profiles/acme.token`.');
  });

  it('looks at the config that was found or named, and at the files of tokens and secrets', async () => {
    const cwd = temporaryFolder();
    const { url } = await testSandbox();
    const put = (name: string, mode: number, text: string): string => {
      const path = join(cwd, name);
      writeFileSync(path, text);
      chmodSync(path, mode);
      return path;
    };
    const config = JSON.stringify({ actions: {}, services: {} });
    put('named.json', 0o666, config);
    put('pdactions.config.json', 0o644, config);
    const token = put('token', 0o644, TOKEN);
    const env = { PAGERDUTY_API_URL: url };
    const bad = await doctor(['--config', 'named.json', '--token-file', token], { cwd, env });
    expect(bad.of('files').map(({ state, text }) => [state, text])).toEqual([
      ['warn', 'named.json is writable by every user (mode 666)'],
      ['fail', `the token file ${token} can be read or written by others`],
    ]);
    expect(bad.code).toBe(5);
    const unused = { ...env, PAGERDUTY_TOKEN: TOKEN, PAGERDUTY_TOKEN_FILE: token };
    const beside = await doctor([], { cwd, env: unused });
    expect(beside.of('files')).toMatchObject([
      { state: 'warn', text: expect.stringContaining('currently not used') },
    ]);
    chmodSync(token, 0o600);
    const good = await doctor([], { cwd, env: { ...env, PAGERDUTY_TOKEN_FILE: token } });
    expect(good.of('files')).toMatchObject([
      { state: 'ok', text: expect.stringMatching(/pdactions\.config\.json; .*token$/) },
    ]);
  });

  it('finds files of another user', async () => {
    const cwd = temporaryFolder();
    const folder = join(cwd, '.config/pdactions/profiles');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const machine = { env: {}, home: () => cwd, platform: 'linux' } as const;
    const own = process.getuid?.() ?? 0;
    // A file owned by root is trusted, because root can read everything anyway.
    const found = await fileFindings(machine, undefined, own === 0 ? undefined : own + 1);
    if (own !== 0)
      expect(found).toMatchObject([{ state: 'warn', text: expect.stringContaining('another user') }]);
    expect(await fileFindings({ ...machine, platform: 'win32' })).toMatchObject([{ state: 'ok' }]);
  });

  it('names the commands that lack a scope', async () => {
    const scopes = ['extension_schemas.read', 'extensions.read', 'services.read', 'incidents.read'];
    const apps = [{ id: 'client-1', secret: 'canary-client-secret', scopes }];
    const services = [{ id: 'PSVC001', name: 'Search API' }];
    const { url } = await testSandbox({ seed: { account: 'acme', services, apps } });
    const app = {
      PAGERDUTY_CLIENT_ID: 'client-1',
      PAGERDUTY_CLIENT_SECRET: 'canary-client-secret',
      PAGERDUTY_SUBDOMAIN: 'acme',
    };
    const { code, of } = await doctor([], { env: { PAGERDUTY_API_URL: url, ...app } });
    expect(code).toBe(0);
    expect(of('token')).toMatchObject([{ text: 'an OAuth app, accepted' }]);
    expect(of('write')).toMatchObject([{ text: 'read-only: the app lacks the scope extensions.write' }]);
    expect(of('scopes').map(({ text }) => text)).toEqual([
      expect.stringMatching(
        /^without extensions\.write, these do not work: create, update, delete, enable, sync/,
      ),
      expect.stringMatching(/^without incidents\.write, these do not work: run, listen, prove/),
    ]);
    const wrong = await doctor([], {
      env: { PAGERDUTY_API_URL: url, ...app, PAGERDUTY_CLIENT_SECRET: 'canary-other-secret' },
    });
    expect(wrong.code).toBe(5);
    expect(wrong.of('token')).toMatchObject([
      { state: 'fail', text: expect.stringContaining('rejected the OA') },
    ]);
  });

  it('names each list that cannot be read, and a plan without the ability', async () => {
    const sandbox = await testSandbox();
    sandbox.setFaults([
      { match: { path: '/services' }, action: 'status', status: 402, times: 'always' },
      { match: { path: '/extensions', method: 'GET' }, action: 'status', status: 403, times: 'always' },
    ]);
    const { code, of } = await doctor([], { env: pointedAt(sandbox) });
    expect(code).toBe(5);
    expect(of('read').map(({ text }) => text)).toEqual([
      expect.stringContaining('the list of services'),
      expect.stringContaining('the list of extensions'),
    ]);
  });

  it('finds that the account has no custom incident actions', async () => {
    const { url } = await otherServer(({ path }) =>
      path === '/extension_schemas'
        ? {
            json: {
              extension_schemas: [null, { key: 'custom_webhook' }, { id: 'PX', key: 'x' }],
              more: false,
            },
          }
        : { json: { services: [], extensions: [], more: false, total: 0 } },
    );
    const { code, of } = await doctor([], { env: { PAGERDUTY_API_URL: url, PAGERDUTY_TOKEN: TOKEN } });
    expect(code).not.toBe(0);
    expect(of('schema')).toMatchObject([{ state: 'fail', text: expect.stringContaining('custom_webhook') }]);
  });

  it('finds a wrong config, and a config for another account', async () => {
    const wrong = await project({ actions: {}, services: { 'Checkout API': ['nothing'] } });
    const first = await wrong.run(['doctor', '--json']);
    expect(first.code).toBe(4);
    expect(first.stdout).toContain('Run `pdactions validate` to see them all.');
    const other = await project({ ...CONFIG, account: 'umbrella' });
    const second = await other.run(['doctor', '--json']);
    expect(second.code).toBe(5);
    expect(second.stdout).toContain('the token is for acme, but the config is for umbrella');
  });

  it('names the sources that are overridden', async () => {
    const sandbox = await testSandbox();
    const env = { ...pointedAt(sandbox), PAGERDUTY_TOKEN_COMMAND: 'false' };
    const { of } = await doctor([], { env });
    expect(of('credentials')).toMatchObject([
      { state: 'warn', text: 'from PAGERDUTY_TOKEN; also set, and not used: PAGERDUTY_TOKEN_COMMAND' },
    ]);
  });

  it('checks endpoints without sending a message', async () => {
    const target = await otherServer(() => ({ status: 200 }));
    const actions = {
      here: { label: 'Here', url: `${target.url}/run` },
      gone: { label: 'Gone', url: 'https://nowhere.invalid/run' },
    };
    const { run } = await project({ actions, services: { 'Checkout API': ['here', 'gone'] } });
    const { code, stdout } = await run(['doctor', '--endpoints', '--json']);
    expect(code).toBe(7);
    const { findings } = JSON.parse(stdout) as { findings: readonly Shown[] };
    const texts = findings
      .filter(({ check }) => check === 'endpoints')
      .map(({ state, text }) => [state, text]);
    expect(texts).toContainEqual(['fail', 'gone: dns: the name has no address']);
    expect(texts).toContainEqual(['warn', expect.stringContaining('here: tls: http://')]);
    expect(target.asked).toEqual([]);
  });

  it.each([
    [200, 'ready', 0, 'ok', 'accepts presses'],
    [503, 'Redis is away', 7, 'fail', 'is not accepting presses (HTTP 503: Redis is away)'],
    [404, 'no', 7, 'fail', 'is not accepting presses (HTTP 404: no)'],
  ])('asks a receiver for /readyz: %i', async (status, text, code, state, shown) => {
    const receiver = await otherServer(() => ({ status, text }));
    const found = await onSandbox({}, ['--receiver', `${receiver.url}/hooks/restart`]);
    expect(found.code).toBe(code);
    expect(found.of('receiver')).toMatchObject([{ state, text: expect.stringContaining(shown) }]);
    expect(receiver.asked.map(({ path, authorization }) => [path, authorization])).toEqual([
      ['/readyz', undefined],
    ]);
  });

  it('reports a receiver that does not run', async () => {
    const { code, of } = await onSandbox({}, ['--receiver', `http://127.0.0.1:${await closedPort()}`]);
    expect(code).toBe(7);
    expect(of('receiver')).toMatchObject([
      { state: 'fail', text: expect.stringContaining('cannot be reached') },
    ]);
    expect((await runCli(['doctor', '--receiver', 'nowhere'])).code).toBe(3);
  });

  it('checks the version of Node', () => {
    expect(nodeFinding('v20.17.0')).toMatchObject({ state: 'warn', next: 'Use Node 22 or later.' });
    expect(nodeFinding('v22.0.0')).toMatchObject({ state: 'ok' });
  });

  it('documents every check on its page', () => {
    const page = readFileSync(pathOf(import.meta.dirname, '../../docs/doctor.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z]+)` \| (?:ok|warn|fail) \|/gm)].map(([, check]) => check);
    expect([...new Set(rows)]).toEqual([...CHECKS]);
  });
});
