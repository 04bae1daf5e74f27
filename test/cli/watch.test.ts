import { describe, expect, it, onTestFinished } from 'vitest';
import { serveMetrics } from '../../src/cli/commands/watch/metrics.ts';
import { createPauses } from '../../src/cli/commands/watch/pauses.ts';
import type { Clock } from '../../src/clock.ts';
import { CancelledError } from '../../src/errors.ts';
import { endpoint } from '../tester/endpoints.ts';
import { type Project, project } from './project.ts';

interface Event {
  readonly event: string;
  readonly [key: string]: unknown;
}

const events = (stdout: string): Event[] =>
  stdout
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => JSON.parse(row) as Event);

/** One declared action on one service; PagerDuty has it disabled. */
async function disabledAt(url: string, live: string = url): Promise<Project> {
  return project(
    {
      account: 'acme',
      actions: { restart: { label: 'Restart', url, allowInsecureUrl: true } },
      services: { A: ['restart'] },
    },
    {
      seed: {
        account: 'acme',
        services: [{ id: 'PSVCA', name: 'A' }],
        extensions: [{ id: 'PEXT1', service: 'PSVCA', name: 'Restart', url: live, disabled: true }],
      },
    },
  );
}

/** A clock that counts its sleeps and ends them at once; after `rounds` of them it interrupts the command. */
function stopAfter(rounds: number): { clock: Clock; interrupted: AbortSignal; slept: number[] } {
  const stop = new AbortController();
  const slept: number[] = [];
  let now = 0;
  const clock: Clock = {
    now: () => now,
    async sleep(ms, signal) {
      // The deadline of the ping endpoint, which answers in time.
      if (ms === 16_000)
        return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
      now += ms;
      // Shorter waits belong to one round.
      if (ms < 30_000) return;
      slept.push(ms);
      if (slept.length >= rounds) stop.abort(new CancelledError('interrupted', 'SIGTERM'));
      signal?.throwIfAborted();
    },
  };
  return { clock, interrupted: stop.signal, slept };
}

describe('watch --once', () => {
  it('exits 2 with a line for each difference, and writes nothing', async () => {
    const { run, sandbox } = await project();
    const { code, stdout } = await run(['watch', '--once', '--json']);
    expect(code).toBe(2);
    const told = events(stdout);
    expect(
      told.filter(({ event }) => event === 'drift').map(({ kind, label }) => [kind, label]),
    ).toContainEqual(['create', 'Restart Server']);
    expect(told.at(-1)).toMatchObject({ event: 'round', changes: expect.any(Number) });
    for (const { at } of told) expect(at).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(sandbox.log().commits).toEqual([]);
  });

  it('exits 0 when all is well', async () => {
    const { run } = await project();
    expect((await run(['sync', '--yes', '--enable'])).code).toBe(0);
    const { code, stdout } = await run(['watch', '--once']);
    expect(stdout).toMatch(/round +0 changes pending, 0 disabled/);
    expect(code).toBe(0);
  });

  it('needs no more requests than a plan', async () => {
    const { run, sandbox } = await project();
    await run(['plan']);
    const planned = sandbox.log().requests.length;
    await run(['watch', '--once']);
    expect(sandbox.log().requests.length - planned).toBeLessThanOrEqual(planned);
  });

  it('with --sync applies the plan, and reports each write', async () => {
    const { run } = await project();
    const { code, stdout } = await run(['watch', '--once', '--sync', '--json']);
    expect(events(stdout).filter(({ event }) => event === 'written')).toContainEqual(
      expect.objectContaining({ kind: 'create', status: 'applied', label: 'Restart Server' }),
    );
    expect((await run(['plan', '--exit-code'])).code).toBe(0);
    // One action is still disabled.
    expect(code).toBe(2);
  });

  it.each([
    ['--once', '--interval', '5m'],
    ['--once', '--metrics-port', '0'],
    ['--interval', '1s'],
    ['--interval', '5'],
  ])('%s %s %s is a usage error', async (...flags) => {
    const { run } = await project();
    expect((await run(['watch', ...flags.filter((flag) => flag !== undefined)])).code).toBe(3);
  });
});

describe('watch: disabled actions', () => {
  it('enables a declared action whose endpoint accepts a message', async () => {
    const healthy = await endpoint();
    const { run, sandbox } = await disabledAt(healthy.url);
    const { code, stdout } = await run(['watch', '--once', '--enable-healthy', '--json']);
    expect(events(stdout).map(({ event }) => event)).toEqual(['disabled', 'enabled', 'round']);
    expect(sandbox.state().extensions[0]?.disabled).toBe(false);
    expect(healthy.received).toHaveLength(1);
    expect(code).toBe(0);
  });

  it('without the flag only reports, and sends nothing to the endpoint', async () => {
    const healthy = await endpoint();
    const { run, sandbox } = await disabledAt(healthy.url);
    const { code, stdout } = await run(['watch', '--once', '--json']);
    expect(events(stdout)[0]).toMatchObject({ event: 'disabled', endpoint: 'healthy', id: 'PEXT1' });
    expect(healthy.received).toEqual([]);
    expect(sandbox.state().extensions[0]?.disabled).toBe(true);
    expect(code).toBe(2);
  });

  it('breaks its lines between words on a narrow terminal', async () => {
    const healthy = await endpoint();
    const { run } = await disabledAt(healthy.url);
    const { stdout } = await run(['watch', '--once', '--no-color'], { terminal: true, columns: 40 });
    const lines = stdout.trimEnd().split('\n');
    expect(
      lines.every((row) => row.length <= 40),
      stdout,
    ).toBe(true);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'disabled Restart on A (PEXT1): endpoint healthy, its host name and certificate are valid',
    );
  });

  it('leaves one disabled whose endpoint refuses', async () => {
    const refusing = await endpoint((response) => response.writeHead(401).end());
    const { run, sandbox } = await disabledAt(refusing.url);
    const { code, stdout } = await run(['watch', '--once', '--enable-healthy', '--json']);
    expect(events(stdout)[0]).toMatchObject({ endpoint: 'unhealthy', why: expect.stringContaining('401') });
    expect(sandbox.state().extensions[0]?.disabled).toBe(true);
    expect(code).toBe(2);
  });

  it('leaves one disabled whose live endpoint differs from the declared one', async () => {
    const declared = await endpoint();
    const { run, sandbox } = await disabledAt(declared.url, 'https://elsewhere.example.com/');
    const { stdout } = await run(['watch', '--once', '--enable-healthy', '--json']);
    expect(events(stdout).find(({ event }) => event === 'disabled')).toMatchObject({ declared: false });
    expect(declared.received).toEqual([]);
    expect(sandbox.state().extensions[0]?.disabled).toBe(true);
  });

  it('waits longer each time that an action is disabled again', async () => {
    const healthy = await endpoint();
    const { run, sandbox } = await disabledAt(healthy.url);
    const { clock, interrupted } = stopAfter(8);
    const goDark: Clock = {
      ...clock,
      async sleep(ms, signal) {
        if (ms >= 30_000)
          await sandbox.edit({
            insert: {
              extensions: [
                { id: 'PEXT1', service: 'PSVCA', name: 'Restart', url: healthy.url, disabled: true },
              ],
            },
          });
        return clock.sleep(ms, signal);
      },
    };
    const { stdout } = await run(['watch', '--enable-healthy', '--interval', '1m', '--json'], {
      clock: goDark,
      interrupted,
    });
    const told = events(stdout).map(({ event }) => event);
    const rounds = told
      .join(' ')
      .split(' round')
      .map((one) => (one.includes('enabled') ? 'E' : one.includes('paused') ? 'p' : ''));
    // It retries after 1, 2 and 4 minutes.
    expect(rounds.join('')).toBe('EEpEpppE');
  });
});

describe('watch: rounds', () => {
  it('continues while PagerDuty is down, with longer waits, and recovers', async () => {
    const { run, sandbox } = await project();
    const { clock, interrupted, slept } = stopAfter(4);
    sandbox.setFaults([{ action: 'status', status: 400, body: {}, phase: 'before-read', times: 3 }]);
    const { code, stdout } = await run(['watch', '--interval', '1m', '--json'], { clock, interrupted });
    const told = events(stdout)
      .map(({ event }) => event)
      .filter((event) => event !== 'drift' && event !== 'disabled');
    expect(told.slice(0, 2)).toEqual(['failed', 'failed']);
    expect(told).toContain('round');
    expect(slept.slice(0, 3)).toEqual([60_000, 120_000, expect.any(Number)]);
    // An interrupted watch succeeds.
    expect(code).toBe(0);
  });

  it('serves metrics without names from outside', async () => {
    const metrics = await serveMetrics(0, () => 1_700_000_000_000);
    onTestFinished(() => metrics.close());
    const where = { service: { id: 'PX', name: 'evil"} 1' }, label: 'evil', id: 'PX' };
    metrics.observe({ event: 'enabled', ...where });
    metrics.observe({ event: 'failed', reason: 'network', message: 'away', nextInSeconds: 60 });
    metrics.observe({ event: 'round', changes: 3, disabled: 2, requests: 5, ms: 10 });
    const text = await (await fetch(metrics.url)).text();
    expect(text).toContain('pdactions_watch_rounds_total{result="succeeded"} 1');
    expect(text).toContain('pdactions_watch_rounds_total{result="failed"} 1');
    expect(text).toContain('pdactions_watch_changes 3');
    expect(text).toContain('pdactions_watch_disabled 2');
    expect(text).toContain('pdactions_watch_last_success_timestamp_seconds 1700000000');
    expect(text).not.toContain('evil');
  });

  it('prints their URL, and reports a taken port', async () => {
    const { run } = await project();
    const { clock, interrupted } = stopAfter(1);
    const { stderr } = await run(['watch', '--metrics-port', '0', '--json'], { clock, interrupted });
    expect(stderr).toMatch(/Metrics: http:\/\/127\.0\.0\.1:\d+\/metrics/);
    const taken = await serveMetrics(0, () => 0);
    onTestFinished(() => taken.close());
    const port = new URL(taken.url).port;
    expect((await run(['watch', '--metrics-port', port])).code).toBe(9);
  });
});

describe('the pauses', () => {
  it('double up to a day, and are forgotten when an action has stayed enabled', () => {
    const pauses = createPauses(60_000);
    let now = 0;
    const waits = Array.from({ length: 13 }, () => {
      pauses.enabled('PX', now);
      const left = pauses.left('PX', now);
      now += left;
      return left / 60_000;
    });
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1440, 1440]);
    pauses.seen(new Set(['PX']), now * 3);
    expect(pauses.left('PX', now)).toBe(0);
    pauses.seen(new Set(), now + 2 * 24 * 60 * 60_000);
    pauses.enabled('PX', now);
    expect(pauses.left('PX', now)).toBe(60_000);
  });
});

describe('watch with an OAuth app', () => {
  it('continues after its token expires: each round has a valid one', async () => {
    const { clock, interrupted } = stopAfter(3);
    const scopes = [
      'extension_schemas.read',
      'extensions.read',
      'services.read',
      'teams.read',
      'extensions.write',
    ];
    const config = {
      account: 'acme',
      actions: { restart: { label: 'Restart', url: 'https://a.example.com/' } },
      services: { A: ['restart'] },
    };
    const account = await project(config, {
      // The tokens live for a minute; on this clock the rounds are five minutes apart.
      clock,
      switches: { appTokenLife: 'minute' },
      seed: {
        account: 'acme',
        services: [{ id: 'PSVCA', name: 'A' }],
        extensions: [],
        apps: [{ id: 'client-1', secret: 'canary-of-the-app', scopes }],
      },
    });
    const env = {
      PAGERDUTY_TOKEN: '',
      PAGERDUTY_CLIENT_ID: 'client-1',
      PAGERDUTY_CLIENT_SECRET: 'canary-of-the-app',
      PAGERDUTY_SUBDOMAIN: 'acme',
    };
    const { stdout, stderr } = await account.run(['watch', '--json'], { clock, interrupted, env });
    expect(
      events(stdout).filter(({ event }) => event === 'failed'),
      stderr,
    ).toEqual([]);
    expect(events(stdout).filter(({ event }) => event === 'round')).toHaveLength(3);
    const { requests } = account.sandbox.log();
    expect(requests.filter(({ path }) => path === '/oauth/token')).toHaveLength(3);
    expect(requests.filter(({ status }) => status === 401)).toEqual([]);
  });
});
