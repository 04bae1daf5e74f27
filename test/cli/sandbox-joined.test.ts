/** One sandbox per data file: commands with `--sandbox` join the one that serves it. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { lockOrRunning } from '../../src/cli/connection/sandbox/lock.ts';
import { systemClock } from '../../src/clock.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';
import { type Result, runCli, temporaryFolder } from '../helpers/in-process.ts';

interface Yard {
  readonly file: string;
  readonly run: (...argv: string[]) => Promise<Result>;
  /** Serves the file like `sandbox start`. */
  serve(options?: SandboxOptions): Promise<Sandbox>;
}

function yard(): Yard {
  const cwd = temporaryFolder();
  const file = join(cwd, 'account.json');
  return {
    file,
    run: (...argv) => runCli(argv, { cwd }),
    async serve(options = {}) {
      const found = await lockOrRunning(file, 'server', systemClock);
      if (!('lock' in found)) throw new Error('the file is served already');
      const sandbox = await startSandbox({ dataFile: file, ...options });
      found.lock.publish({ ...sandbox });
      onTestFinished(async () => {
        await sandbox.close();
        found.lock.release();
      });
      return sandbox;
    },
  };
}

const CREATE = ['create', '--service', 'Search API', '--url', 'https://a.example.com/x', '--label'];

const labels = ({ state }: Sandbox): string[] => state().extensions.map(({ name }) => name);

it('joins the sandbox that serves the file, which then has the created action', async () => {
  const { run, serve, file } = yard();
  const sandbox = await serve();
  const { code, stderr } = await run(...CREATE, 'Joined', `--sandbox=${file}`);
  expect(stderr).toContain(`Using the sandbox at ${sandbox.url}`);
  expect(code).toBe(0);
  expect(labels(sandbox)).toContain('Joined');
  expect((await run('list', '--json', `--sandbox=${file}`)).stdout).toContain('Joined');
});

it('keeps the access file for its owner alone, and removes it at the end', async () => {
  const { run, serve, file } = yard();
  await serve();
  expect(statSync(`${file}.lock`).mode & 0o777).toBe(0o600);
  const other = yard();
  await other.run('list', `--sandbox=${other.file}`);
  expect(existsSync(`${other.file}.lock`)).toBe(false);
  await run('list', `--sandbox=${file}`);
  expect(existsSync(`${file}.lock`)).toBe(true);
});

it('loses nothing when two commands start at once', async () => {
  const { run, file } = yard();
  const runs = ['One', 'Two'].map((label) => run(...CREATE, label, `--sandbox=${file}`));
  expect((await Promise.all(runs)).map(({ code }) => code)).toEqual([0, 0]);
  const { stdout } = await run('list', '--json', `--sandbox=${file}`);
  expect(stdout).toContain('"One"');
  expect(stdout).toContain('"Two"');
});

it('refuses a second start on the same file, and names the first', async () => {
  const { run, serve, file } = yard();
  const { url } = await serve();
  const { code, stderr } = await run('sandbox', 'start', '--data', file);
  expect(stderr).toContain(
    `another \`pdactions sandbox start\` (process ${process.pid}) serves ${file}: ${url}`,
  );
  expect(code).toBe(9);
});

it('takes over the lock of a killed sandbox, or of one whose port now belongs to another program', async () => {
  const { run, file } = yard();
  const stranger = createServer((_, response) => response.end('{}'));
  await new Promise<void>((done) => stranger.listen(0, '127.0.0.1', done));
  onTestFinished(() => void stranger.close());
  const tokens: unknown[] = [];
  stranger.on('request', ({ headers }) => tokens.push(headers.authorization));
  stranger.prependListener('request', (_, response) => {
    response.statusCode = 404;
  });
  const { port } = stranger.address() as AddressInfo;
  for (const url of ['http://127.0.0.1:1', `http://127.0.0.1:${port}`, 'http://sandbox.example.com']) {
    const serving = { url, page: null, token: 'the-old-token', controlToken: 'the-old-control-token' };
    writeFileSync(`${file}.lock`, JSON.stringify({ pid: 1, host: hostname(), kind: 'server', serving }));
    const { code, stderr } = await run('list', `--sandbox=${file}`);
    expect(stderr).not.toContain(url);
    expect(code).toBe(0);
    expect(existsSync(`${file}.lock`)).toBe(false);
  }
  expect(tokens).toEqual([undefined]);
});

it('leaves a lock of another host alone, because its state is unknown here', async () => {
  const { run, file } = yard();
  const text = JSON.stringify({ pid: 1, host: 'elsewhere', kind: 'server', serving: null });
  writeFileSync(`${file}.lock`, text);
  const { code, stderr } = await run('list', `--sandbox=${file}`);
  expect(stderr).toContain('a sandbox on another host (elsewhere) uses');
  expect(stderr).toContain(`delete ${file}.lock`);
  expect(code).toBe(9);
  expect(readFileSync(`${file}.lock`, 'utf8')).toBe(text);
});

it('puts another account into the running sandbox', async () => {
  const { run, serve, file } = yard();
  const sandbox = await serve();
  writeFileSync(
    `${file}.seed`,
    JSON.stringify({ account: 'other', services: [{ id: 'PNEW001', name: 'New' }] }),
  );
  expect((await run('sandbox', 'seed', `${file}.seed`, '--data', file)).code).toBe(3);
  expect((await run('sandbox', 'seed', `${file}.seed`, '--data', file, '--yes')).code).toBe(0);
  expect(sandbox.state().services.map(({ name }) => name)).toEqual(['New']);
  expect((await run('sandbox', 'reset', '--data', file, '--yes')).code).toBe(0);
  expect(sandbox.state().services.length).toBeGreaterThan(1);
});

/** An account with one button that posts to an endpoint of this test. */
async function pressed(answer: number | null) {
  const server = createServer((_, response) => {
    response.statusCode = answer ?? 0;
    response.end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  if (answer === null) await new Promise((done) => server.close(done));
  else onTestFinished(() => void server.close());
  const seed = {
    account: 'acme',
    services: [{ id: 'PCHKOUT', name: 'Checkout API' }],
    incidents: [{ id: 'PINC001', service: 'PCHKOUT', title: 'Slow' }],
    extensions: [
      { id: 'PRESTAR', service: 'PCHKOUT', name: 'Restart', url: `http://127.0.0.1:${port}/` },
      { id: 'PFAR001', service: 'PCHKOUT', name: 'Far', url: 'https://a.example.com/' },
    ],
  };
  return { seed, press: (id: string) => ['run', id, '--incident', 'PINC001', '--yes'] };
}

it.each([
  [202, 'PRESTAR', '✓ Restart: delivered; the endpoint answered 202'],
  [401, 'PRESTAR', '✗ Restart: dropped, the endpoint answered 401'],
  [
    null,
    'PRESTAR',
    '✗ Restart: not delivered, ECONNREFUSED; to keep the sandbox running and retry, run `pdactions sandbox start` in another terminal',
  ],
  [202, 'PFAR001', '- Far: not sent, the endpoint is not on this machine'],
] as const)('run waits for the delivery: %s', async (answer, id, text) => {
  const { run, file } = yard();
  const { seed, press } = await pressed(answer);
  writeFileSync(`${file}.seed`, JSON.stringify(seed));
  await run('sandbox', 'seed', `${file}.seed`, '--data', file);
  const { code, stderr } = await run(...press(id), `--sandbox=${file}`);
  expect(stderr).toContain(text);
  expect(code).toBe(0);
});

it('run reports a delivery of the joined sandbox, also in JSON', async () => {
  const { run, serve, file } = yard();
  const { seed, press } = await pressed(503);
  await serve({ seed });
  const { stdout, stderr } = await run(...press('PRESTAR'), '--json', `--sandbox=${file}`);
  expect(stderr).toMatch(/not delivered, the endpoint answered 503; next attempt at \d{4}-/);
  expect(JSON.parse(stdout)).toMatchObject({ presses: [{ delivery: { status: 'waiting', answered: 503 } }] });
});
