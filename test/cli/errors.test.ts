import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { type RunOptions, runCli, temporaryFolder } from '../helpers/in-process.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';
import { frugalPagerDuty, otherServer, type Reply } from './other-server.ts';
import { CONFIG } from './project.ts';

const TOKEN = 'canary-token-4c7e';

/** Runs against one server, and scans the output for secrets. */
async function against(url: string, argv: readonly string[], options: RunOptions = {}) {
  const result = await runCli(argv, {
    clock: createVirtualClock(),
    ...options,
    env: {
      PAGERDUTY_TOKEN: TOKEN,
      PAGERDUTY_API_URL: url,
      AUTOMATION_TOKEN: 'canary-header-91',
      ...options.env,
    },
  });
  const all = result.stdout + result.stderr;
  expect(all).not.toMatch(/canary/);
  expect(all).not.toMatch(/\bat .*\.[jt]s:|\[object|<html|node:internal/);
  return result;
}

const answer = async (reply: Reply) => otherServer(() => reply);

describe('a failure is reported once, with the next step', () => {
  it('no token', async () => {
    const { code, stderr } = await runCli(['list']);
    expect(code).toBe(5);
    expect(stderr).toMatchInlineSnapshot(`
      "pdactions: no PagerDuty API token found
        → Set PAGERDUTY_TOKEN, sign in with \`pdactions auth login\`, or pass a file with \`--token-file\`. To try it without an account, add \`--sandbox\`.
      "
    `);
  });

  it('a command of another tool, and formats that cannot be combined', async () => {
    expect((await runCli(['apply'])).stderr).toContain("unknown command 'apply' (Did you mean sync?)");
    expect((await runCli(['destroy'])).stderr).toContain('(Did you mean delete?)');
    expect((await runCli(['login'])).stderr).toMatch(/PAGERDUTY_TOKEN|auth login/);
    expect((await runCli(['whoami'])).stderr).toMatch(/names the account|auth status/);
    expect((await runCli(['ls'])).stderr).toContain('(Did you mean list?)');
    expect((await runCli(['constructor'])).stderr).toContain("unknown command 'constructor'\n");
    const both = await runCli(['list', '--json', '--format', 'csv']);
    expect(both).toMatchObject({ code: 3, stderr: expect.stringContaining('cannot be combined') });
    expect((await runCli(['list', '--json', '--format', 'json'])).code).toBe(5);
  });

  it('F05: when one of two reads gives up, the other does not keep the process alive', async () => {
    let held: AbortSignal | undefined;
    const clock = {
      now: () => 0,
      // The first sleeper waits forever; all others wake at once.
      sleep: (_ms: number, signal?: AbortSignal): Promise<void> => {
        if (held !== undefined || signal === undefined) return Promise.resolve();
        held = signal;
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        });
      },
    };
    const { url } = await answer({ status: 500, json: {} });
    const { code } = await against(url, ['list'], { clock });
    expect(code).toBe(7);
    expect(held?.aborted).toBe(true);
  });

  it('F20: 401, as PagerDuty sends it: not JSON', async () => {
    const { url, asked } = await answer({ status: 401, text: 'HTTP Token: Access denied.' });
    const { code, stderr } = await against(url, ['list', '--concurrency', '1']);
    expect(code).toBe(5);
    expect(stderr.replace(/127\.0\.0\.1:\d+/, 'HOST')).toMatchInlineSnapshot(`
      "pdactions: could not read the list of extension schemas: PagerDuty rejected the token (HTTP 401)
        GET /extension_schemas at HOST, status 401
        → Check that PAGERDUTY_TOKEN is a valid REST API key, and that the region (\`--region us|eu\`) matches the account. If this is a sandbox, its token changes at each start: set both variables that it printed.
      "
    `);
    expect(asked.length).toBeLessThanOrEqual(2);
    expect(asked[0]?.authorization).toBe(`Token token=${TOKEN}`);
  });

  it.each([
    {
      text: '',
      headers: { 'www-authenticate': 'Bearer error="invalid_token", error_description="The token expired"' },
    },
    { json: { error: { message: 'OAuth token has expired', code: 2006 } } },
  ])('fact 64: an expired token is reported as such', async (reply) => {
    const { url } = await answer({ status: 401, ...reply });
    const { code, stderr } = await against(url, ['list', '--concurrency', '1']);
    expect(code).toBe(5);
    expect(stderr).toContain('the token has expired (HTTP 401)');
    expect(stderr).toContain('Get a new token, or use an API key');
  });

  it('fact 21: 403 names the scopes that are missing', async () => {
    const { url } = await answer({
      status: 403,
      json: {
        error: { code: 2010, message: 'Token missing required scopes', required_scopes: ['services.read'] },
      },
    });
    const { code, stderr } = await against(url, ['list']);
    expect(code).toBe(5);
    expect(stderr).toContain('the token lacks the scope services.read');
    expect(stderr.replace(/\s+/g, ' ')).toContain(
      '→ Give the token the scope `services.read`; pdactions also needs `extension_schemas.read`, `extensions.read`, `extensions.write` to change anything, `teams.read` for `team:NAME`.',
    );
  });

  it('402 on teams: services can be selected by name', async () => {
    const { url } = await answer({ status: 402, json: { error: { code: 2014, message: 'Abilities' } } });
    const { code, stderr } = await against(url, ['list', '--service', 'team:Payments']);
    expect(code).toBe(5);
    expect(stderr.replace(/\s+/g, ' ')).toContain('select services by name, pattern or `id:ID`');
  });

  it('F09: nothing listens there', async () => {
    const { url } = await otherServer(() => ({}));
    const port = Number(new URL(url).port);
    const { code, stderr } = await against(`http://127.0.0.1:${port === 65_535 ? 1025 : 2}`, ['list']);
    expect(code).toBe(7);
    expect(stderr).toContain('cannot be reached');
    expect(stderr).toContain('--api-url');
  });

  it('F18: a captive portal answers', async () => {
    const { url } = await answer({ text: '<html><h1>Please log in</h1></html>' });
    const { code, stderr } = await against(url, ['plan'], { cwd: withConfig() });
    expect(code).toBe(7);
    expect(stderr).toContain('expected JSON from');
    expect(stderr).toContain('got text/html');
  });

  it('F33: a redirect is not followed', async () => {
    const elsewhere = await otherServer(() => ({ json: {} }));
    const { url } = await answer({ status: 307, headers: { location: `${elsewhere.url}/steal` } });
    const { code, stderr } = await against(url, ['list']);
    expect(code).toBe(7);
    expect(stderr).toContain(`redirects to ${new URL(elsewhere.url).host}`);
    expect(elsewhere.asked).toEqual([]);
  });

  it('F42: an API without custom incident actions', async () => {
    const { url } = await otherServer(({ path }) => ({
      json: path === '/services' ? { services: [], more: false } : { extension_schemas: [], more: false },
    }));
    const { code, stderr } = await against(url, ['list']);
    expect(code).toBe(8);
    expect(stderr).toContain('custom_webhook');
  });

  it('F19: JSON of another shape', async () => {
    const { url } = await answer({ json: { hello: 'world' } });
    const { code, stderr } = await against(url, ['list']);
    expect(code).toBe(7);
    expect(stderr).toContain('unexpected response');
  });

  it('F05: PagerDuty is down', async () => {
    const { url, asked } = await answer({ status: 503, text: '<html>maintenance</html>' });
    const { code, stderr } = await against(url, ['list', '--concurrency', '1']);
    expect(code).toBe(7);
    expect(stderr).toContain('status 503');
    expect(asked.length).toBeGreaterThan(3);
  });

  it('F16: the wait before a retry ends with the command when another read has failed', async () => {
    const { url } = await otherServer(({ path }) => ({ status: path === '/services' ? 403 : 503, json: {} }));
    const waiting = new Set<AbortSignal | undefined>();
    const clock: Clock = {
      now: () => 0,
      sleep: (_, signal) =>
        new Promise((_resolve, reject) => {
          waiting.add(signal);
          signal?.addEventListener('abort', () => {
            waiting.delete(signal);
            reject(signal.reason);
          });
        }),
    };
    // One at a time: the schemas are read first, and that read still waits when the services are refused.
    const { code, stderr } = await against(url, ['list', '--concurrency', '1'], { clock });
    expect(code).toBe(5);
    expect(stderr).toContain('the list of services');
    expect(waiting.size).toBe(0);
  });

  it('--json keeps stdout empty when there is no result', async () => {
    const { url } = await answer({ status: 401, text: 'no' });
    expect(await against(url, ['list', '--json'])).toMatchObject({ code: 5, stdout: '' });
  });

  it('T27: NODE_TLS_REJECT_UNAUTHORIZED=0 and another machine', async () => {
    const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    const { code, stderr } = await against('https://api.example.com', ['list'], { env });
    expect(code).toBe(3);
    expect(stderr).toContain('NODE_EXTRA_CA_CERTS');
  });

  it('T26: the config cannot set another URL', async () => {
    const { url, asked } = await answer({ json: {} });
    const { code } = await against('http://127.0.0.1:9', ['plan'], {
      cwd: withConfig({ ...CONFIG, apiUrl: url }),
    });
    expect(code).toBe(4);
    expect(asked).toEqual([]);
  });
});

describe('a PagerDuty that does only the minimum', () => {
  const services = Array.from({ length: 60 }, (_, index) => ({
    id: `PSVC${index}`,
    name: `service ${index}`,
  }));

  it('lists, syncs, converges, updates and deletes', async () => {
    const api = frugalPagerDuty(services);
    const { url } = await otherServer(api.reply);
    const { account: _unknown, ...config } = CONFIG;
    const cwd = withConfig({
      ...config,
      services: { 'service 5?': ['restart-server'], 'service 3': ['add-diagnostics'] },
    });
    const sync = await against(url, ['sync', '--yes'], { cwd });
    expect(sync).toMatchObject({ code: 0 });
    expect(api.extensions.size).toBe(11);
    const writes = () => [...api.extensions.values()].map((one) => JSON.stringify(one)).join('\n');
    const before = writes();
    const again = await against(url, ['sync'], { cwd });
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('No changes.') });
    expect(writes()).toBe(before);
    const list = JSON.parse((await against(url, ['list', '--json'], { cwd })).stdout);
    expect(list).toMatchObject({ account: null });
    expect(list.services).toHaveLength(60);
    const rows = await against(url, ['list', '--service', 'service 3'], { cwd });
    expect(rows.stdout).toMatch(/\tunknown\tPNEW\d+\n/);
    expect(rows.stderr).toContain('does not show which actions are disabled');
    const id = [...api.extensions.keys()].at(-1) ?? '';
    expect(await against(url, ['update', id, '--label', 'Renamed'], { cwd })).toMatchObject({ code: 0 });
    expect(api.extensions.get(id)).toMatchObject({ name: 'Renamed' });
    expect(await against(url, ['delete', id, '--yes'], { cwd })).toMatchObject({ code: 0 });
    expect(api.extensions.has(id)).toBe(false);
  });

  it('reports that the account pin cannot be checked there', async () => {
    const { url } = await otherServer(frugalPagerDuty(services).reply);
    const cwd = withConfig({
      ...CONFIG,
      services: { 'service 3': ['add-diagnostics'], 'service 4': ['restart-server'] },
    });
    const { code, stderr } = await against(url, ['plan'], { cwd });
    expect(stderr).toContain('could not be checked');
    expect(code).toBe(0);
  });
});

function withConfig(config: unknown = CONFIG): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'pdactions.config.json'), JSON.stringify(config));
  return cwd;
}
