import type { AddressInfo, Server } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { InjectedFault } from '../../src/sandbox/faults/fault.ts';
import { pointedAt, runCli, testSandbox } from '../helpers/in-process.ts';
import { matchOf } from './cases.ts';
import { commitsOf, documentOf, expectInvariants } from './oracle.ts';
import { useLab } from './with-lab.ts';
import { PAGED, SMALL, WRITES } from './worlds.ts';

const at = useLab(SMALL, PAGED);
const LIST = { method: 'GET', path: '/extension_schemas' };

async function sync(faults: readonly InjectedFault[], more: readonly string[] = [], env = {}) {
  const { lab, ideal } = at();
  await lab.reset(SMALL);
  lab.break(faults);
  return { lab, ideal: ideal(SMALL), run: await lab.run([...SMALL.argv, ...more], { env }) };
}

/** A server that counts connections, and closes them. */
async function canary(): Promise<{ url: string; visits: () => number }> {
  let visits = 0;
  const server: Server = createTcpServer((socket) => {
    visits += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, visits: () => visits };
}

describe('waits requested by a server', () => {
  it('F04: 1,000,000,000 s are capped at 120 s', async () => {
    const { lab, ideal, run } = await sync([
      { action: 'status', status: 429, headers: { 'ratelimit-reset': '1000000000' }, match: LIST },
    ]);
    expect(run.code).toBe(0);
    expect(run.took).toBeGreaterThanOrEqual(120_000);
    expect(run.took).toBeLessThan(122_000);
    await expectInvariants(lab, ideal, run);
  });

  it('F04: a run with a shorter time limit ends by itself', async () => {
    const { lab, ideal, run } = await sync(
      [
        {
          action: 'status',
          status: 429,
          headers: { 'ratelimit-reset': '1000000000' },
          match: LIST,
          times: 'always',
        },
      ],
      ['--timeout', '600'],
    );
    expect(run.code).toBe(7);
    expect(run.stderr).toContain('[timeout]');
    expect(run.took).toBeLessThanOrEqual(600_000);
    await expectInvariants(lab, ideal, run);
  });

  it('F01: all requests wait, not only the refused one', async () => {
    const { lab, run } = await sync(
      [
        {
          action: 'status',
          status: 429,
          headers: { 'ratelimit-reset': '30' },
          match: { method: 'GET', path: '/services', nth: 2 },
        },
      ],
      ['--concurrency', '4'],
    );
    expect(run.code).toBe(0);
    const times = run.log.requests.map(({ at: time }) => Date.parse(time));
    const limited = run.log.requests.findIndex(({ status }) => status === 429);
    const behind = times.slice(limited + 1).filter((time) => time > (times[limited] ?? 0));
    for (const time of behind) expect(time - (times[limited] ?? 0)).toBeGreaterThanOrEqual(30_000);
    await expectInvariants(lab, at().ideal(SMALL), run);
  });

  it('F07: retries beyond the budget are not sent', async () => {
    const { lab, ideal, run } = await sync([
      { action: 'status', status: 500, times: 'always', match: { method: 'GET' } },
    ]);
    expect(run.code).toBe(7);
    expect(run.log.requests.length).toBeLessThanOrEqual(5 + 20);
    expect(commitsOf(run)).toEqual([]);
    await expectInvariants(lab, ideal, run);
  });
});

describe('a foreign server at the host', () => {
  it('F11: a server without TLS instead of one with it', async () => {
    const { lab, run } = await sync([], [], {
      PAGERDUTY_API_URL: at().lab.sandbox.url.replace('http:', 'https:'),
    });
    expect(run.code).toBe(7);
    expect(run.stderr).toContain('[tls]');
    expect(run.stderr).toContain('NODE_EXTRA_CA_CERTS');
    expect(run.stderr).not.toMatch(/REJECT_UNAUTHORIZED|insecure/i);
    expect(lab.sandbox.log().requests).toEqual([]);
  });

  it('F09: no server', async () => {
    const gone = await canary();
    const { lab } = at();
    await lab.reset(SMALL);
    const run = await lab.run(SMALL.argv, { env: { PAGERDUTY_API_URL: 'http://127.0.0.1:9' } });
    expect(run.code).toBe(7);
    expect(run.stderr).toContain('[network]');
    expect(gone.visits()).toBe(0);
  });

  it.each([301, 302, 303, 307, 308] as const)(
    'F33: a %i is not followed, for reads and writes',
    async (status) => {
      const elsewhere = await canary();
      for (const match of [LIST, ...Object.values(WRITES).map(matchOf)]) {
        const { lab, ideal, run } = await sync([
          { action: 'redirect', status, location: `${elsewhere.url}/token?secret=x`, match },
        ]);
        expect(run.code).toBe(match === LIST ? 7 : 6);
        expect(run.stdout + run.stderr).toContain(`redirects to ${new URL(elsewhere.url).host}`);
        expect(run.stdout + run.stderr).not.toContain('secret=x');
        await expectInvariants(lab, ideal, run);
      }
      expect(elsewhere.visits()).toBe(0);
    },
  );

  it('F33: a loop to the same host is not followed either', async () => {
    const { lab } = at();
    const { run } = await sync([
      { action: 'redirect', location: `${lab.sandbox.url}/services`, match: LIST },
    ]);
    expect(run.code).toBe(7);
    expect(run.stderr).toContain('[redirect]');
    expect(run.log.requests.filter(({ path }) => path === LIST.path)).toHaveLength(1);
  });

  it('F18: a portal that answers everything: a create stays unknown, and no other request is sent', async () => {
    const page = {
      action: 'status',
      status: 200,
      body: '<html>login</html>',
      contentType: 'text/html',
    } as const;
    const { lab, ideal, run } = await sync([
      { ...page, match: matchOf(WRITES.create), phase: 'after-commit' },
      { ...page, match: { method: 'GET', path: '/extensions', nth: 6 }, times: 'always' },
    ]);
    expect(run.code).toBe(6);
    const [first, ...others] = documentOf(run)?.report?.outcomes ?? [];
    expect(first).toMatchObject({ status: 'unknown', error: { reason: 'proxy' } });
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set(['skipped']));
    await expectInvariants(lab, ideal, run);
  });

  it('F32: a bomb of 200 MB is not unpacked', async () => {
    const before = process.memoryUsage().rss;
    const { lab, ideal, run } = await sync([{ action: 'gzip-bomb', megabytes: 200, match: LIST }]);
    expect(run.code).toBe(7);
    expect(run.stderr).toContain('[bad_body]');
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
    await expectInvariants(lab, ideal, run);
  });
});

describe('a list that fails in one page', () => {
  it.each([1, 4])('cancels the others, %i at a time: no further request is sent', async (concurrency) => {
    const { lab } = at();
    await lab.reset(PAGED);
    const page = (nth: number) => ({ method: 'GET', path: '/services', nth });
    lab.break([
      { action: 'status', status: 400, match: page(2) },
      { action: 'status', status: 500, match: page(3), times: 'always' },
    ]);
    const run = await lab.run([...PAGED.argv, '--concurrency', String(concurrency)]);
    expect(run.code).toBe(7);
    // Enough turns for requests in flight, and for any pending retry.
    for (let turn = 0; turn < 200; turn += 1) await new Promise(setImmediate);
    expect(lab.inFlight()).toBe(0);
    // Each page once: a fourth request would be a retry. The schema and page 1 of the actions start at the same time.
    const { requests } = lab.sandbox.log();
    expect(requests.filter(({ path }) => path === '/services').length).toBeLessThanOrEqual(3);
    expect(requests.length).toBeLessThanOrEqual(5);
  });
});

describe('missing rights of the token', () => {
  it('F21: if all writes are forbidden, it is the token (exit 5)', async () => {
    const forbidden = { action: 'status', status: 403, times: 'always' } as const;
    const { lab, ideal, run } = await sync([
      { ...forbidden, match: { method: 'POST' } },
      { ...forbidden, match: { method: 'PUT' } },
      { ...forbidden, match: { method: 'DELETE' } },
    ]);
    expect(run.code).toBe(5);
    expect(commitsOf(run)).toEqual([]);
    await expectInvariants(lab, ideal, run);
  });

  it('F21: a service whose read before a delete is forbidden is left alone', async () => {
    const { lab, ideal, run } = await sync([
      {
        action: 'status',
        status: 403,
        match: { method: 'GET', path: '/extensions', service: 'PCHARLIE', nth: 2 },
      },
    ]);
    expect(run.code).toBe(6);
    const bad = documentOf(run)?.report?.outcomes.filter(({ status }) => status !== 'applied') ?? [];
    expect(new Set(bad.map(({ service }) => service.name))).toEqual(new Set(['Charlie']));
    await expectInvariants(lab, ideal, run);
  });

  it('F20: a token refused during the search for a lost update ends the run, and the update stays open', async () => {
    const { lab, ideal, run } = await sync([
      { action: 'reset', match: matchOf(WRITES.update), phase: 'after-commit', times: 'always' },
      { action: 'status', status: 401, match: { method: 'GET', path: WRITES.update.path }, times: 'always' },
    ]);
    expect(run.code).toBe(5);
    const { outcomes = [] } = documentOf(run)?.report ?? {};
    expect(outcomes.find(({ kind }) => kind === 'update')).toMatchObject({ status: 'unknown' });
    expect(run.log.requests.at(-1)).toMatchObject({ status: 401 });
    await expectInvariants(lab, ideal, run);
  });

  it.each([1, 2, 3])('F20: nothing is sent after the first 401, with %i in flight', async (concurrency) => {
    const { run } = await sync(
      [{ action: 'status', status: 401, match: { index: 3 }, times: 'always' }],
      ['--concurrency', String(concurrency)],
    );
    expect(run.code).toBe(5);
    // Requests already in flight.
    expect(run.log.requests.length).toBeLessThanOrEqual(2 + concurrency * 2);
  });
});

describe('a server that never answers, on the real clock', () => {
  // One attempt may take 30 s; the limit of this test proves that none did.
  it('ends the run with its time limit', { timeout: 20_000 }, async () => {
    const sandbox = await testSandbox({ deliver: false });
    sandbox.setFaults([{ action: 'hang', match: { method: 'GET', path: '/services' }, times: 'always' }]);
    const { code, stderr } = await runCli(['list', '--timeout', '1'], { env: pointedAt(sandbox) });
    expect(code, stderr).toBe(7);
    expect(stderr).toContain('the run reached its time limit');
  });
});
