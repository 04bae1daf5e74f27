/** The library, as another program uses it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  apply,
  ConfigError,
  type Connection,
  connect,
  type LoadedConfig,
  loadConfig,
  type PlanOptions,
  plan,
  RefusedError,
  RemoteError,
  UsageError,
} from '../../src/lib/index.ts';
import { CANARY, CONFIG, labelsOn, type Project, project } from '../cli/project.ts';
import { temporaryFolder } from '../helpers/in-process.ts';
import { readSchema, validatorOf } from '../helpers/schemas.ts';

interface Lab extends Project {
  readonly connection: Connection;
  config(): Promise<LoadedConfig>;
  planned(options?: PlanOptions): ReturnType<typeof plan>;
}

/** An account with a config, and a connection to it. */
async function lab(content: unknown = CONFIG, more: Parameters<typeof project>[1] = {}): Promise<Lab> {
  const own = await project(content, more);
  const { url, token } = own.sandbox;
  const connection = await connect({ token, url, concurrency: 1 });
  onTestFinished(() => connection.close());
  const config = () => loadConfig({ cwd: own.folder, env: { AUTOMATION_TOKEN: CANARY } });
  const planned = async (options?: PlanOptions) => plan(connection, await config(), options);
  return { ...own, connection, config, planned };
}

const writesTo = ({ sandbox }: Project): readonly string[] =>
  sandbox
    .log()
    .requests.filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${path}`);

/** The members that the library adds to a document of the program. */
const withoutOwn = ({ hasChanges, isRefused, ...document }: Awaited<ReturnType<typeof plan>>) => document;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'exit', 'uncaughtException', 'unhandledRejection'] as const;
const listeners = () => SIGNALS.map((name) => process.listenerCount(name));

describe('plan and apply', () => {
  it('give the documents of the program, down to the digest', async () => {
    const own = await lab();
    const planned = await own.planned();
    expect(planned).toMatchObject({ hasChanges: true, isRefused: false });
    const { version, command, ...shown } = JSON.parse((await own.run(['plan', '--json'])).stdout);
    expect(withoutOwn(planned)).toEqual(shown);
    const { ok, ...report } = await apply(planned);
    expect(ok).toBe(true);
    const validate = validatorOf(readSchema('plan'));
    expect(
      validate({ version, command: 'sync', ...withoutOwn(planned), report }),
      JSON.stringify(validate.errors),
    ).toBe(true);
    expect(labelsOn(own.sandbox, 'PCHKOUT')).toEqual(['Add Diagnostics', 'Restart Server']);
    const header = own.sandbox.state().extensions.find(({ name }) => name === 'Restart Server')?.headers;
    expect(header).toEqual([{ name: 'Authorization', value: `Bearer ${CANARY}` }]);
    expect(await own.planned()).toMatchObject({ hasChanges: false });
    expect((await own.run(['plan', '--exit-code'])).code).toBe(0);
  });

  it('take the same options, with the same guards', async () => {
    const own = await lab({
      ...CONFIG,
      services: { 'Checkout API': ['add-diagnostics'], 'web-admin': ['restart-server'] },
    });
    const narrow = await own.planned({ services: ['id:PCHKOUT'] });
    expect(narrow.services.map(({ id }) => id)).toEqual(['PCHKOUT']);
    const pruning = await own.planned({ prune: true, maxDeletes: 0 });
    expect(pruning).toMatchObject({ isRefused: true, guards: [{ guard: 'max-deletes', limit: 0 }] });
    await expect(apply(pruning)).rejects.toThrow(RefusedError);
    expect(writesTo(own)).toEqual([]);
    expect((await apply(await own.planned({ prune: true, maxDeletes: 9 }))).ok).toBe(true);
    expect(labelsOn(own.sandbox, 'PWEBADM')).toEqual(['Restart Server']);
  });

  it('refuse a fourth action', async () => {
    const url = 'https://a.example.com/x';
    const extensions = ['A', 'B', 'C'].map((name) => ({ id: `PFULL${name}`, service: 'PFULL', name, url }));
    const seed = { account: 'acme', services: [{ id: 'PFULL', name: 'Full' }], extensions };
    const own = await lab({ actions: { d: { label: 'D', url } }, services: { Full: ['d'] } }, { seed });
    const planned = await own.planned();
    expect(planned).toMatchObject({ isRefused: true, refusals: [{ code: 'over-limit' }] });
    await expect(apply(planned)).rejects.toThrow('cannot be applied');
    expect(writesTo(own)).toEqual([]);
  });

  it('notice that a service has filled up since the plan', async () => {
    const own = await lab({ ...CONFIG, services: { 'Checkout API': ['add-diagnostics'] } });
    const late = await own.planned();
    await own.sandbox.edit({
      insert: {
        extensions: ['A', 'B', 'C'].map((name) => ({
          id: `PMOVED${name}`,
          service: 'PCHKOUT',
          name,
          url: 'https://a.example.com/x',
        })),
      },
    });
    const report = await apply(late);
    expect(report).toMatchObject({ ok: false, outcomes: [{ status: 'failed', error: { reason: 'limit' } }] });
    expect(labelsOn(own.sandbox, 'PCHKOUT')).toEqual(['A', 'B', 'C']);
  });

  it('apply only a result of `plan`, once, while its connection is open', async () => {
    const own = await lab();
    const planned = await own.planned();
    for (const other of [{ ...planned }, JSON.parse(JSON.stringify(planned)), {}]) {
      await expect(apply(other)).rejects.toThrow(UsageError);
    }
    await expect(apply(planned, { expectDigest: 'sha256:other' })).rejects.toMatchObject({
      reason: 'stale_plan',
    });
    await expect(apply(planned)).rejects.toThrow('was already applied');
    const again = await own.planned();
    own.connection.close();
    await expect(apply(again)).rejects.toThrow('closed');
    await expect(own.planned()).rejects.toThrow('closed');
    expect(writesTo(own)).toEqual([]);
    await expect(plan({} as never, await own.config())).rejects.toThrow(UsageError);
  });

  it('carries out the approved plan', async () => {
    const own = await lab();
    const { digest } = await own.planned();
    expect((await apply(await own.planned(), { expectDigest: digest })).ok).toBe(true);
  });

  it('account for every change if the run is interrupted', async () => {
    const own = await project();
    const { url, token } = own.sandbox;
    const stop = new AbortController();
    const connection = await connect({ token, url, concurrency: 1, signal: stop.signal });
    const planned = await plan(
      connection,
      await loadConfig({ cwd: own.folder, env: { AUTOMATION_TOKEN: 'x' } }),
    );
    stop.abort();
    const report = await apply(planned);
    expect(report).toMatchObject({ ok: false, stopped: 'interrupted' });
    expect(report.outcomes.every(({ status }) => status === 'skipped')).toBe(true);
    connection.close();
  });
});

describe('side effects it avoids', () => {
  const saved = { ...process.env };
  afterEach(() => {
    for (const name of ['PAGERDUTY_TOKEN', 'PAGERDUTY_API_URL', 'AUTOMATION_TOKEN']) {
      if (saved[name] === undefined) delete process.env[name];
      else process.env[name] = saved[name];
    }
  });

  it('reads only the environment it is given', async () => {
    const own = await lab();
    process.env.PAGERDUTY_TOKEN = own.sandbox.token;
    process.env.PAGERDUTY_API_URL = own.sandbox.url;
    process.env.AUTOMATION_TOKEN = 'from the process';
    await expect(connect({} as never)).rejects.toThrow(UsageError);
    expect((await connect({ token: own.sandbox.token })).url).toBe('https://api.pagerduty.com');
    await expect(loadConfig({ cwd: own.folder })).rejects.toMatchObject({
      name: 'ConfigError',
      problems: [{ message: expect.stringContaining('AUTOMATION_TOKEN is not set') }],
    });
  });

  it('adds no listener, and leaves the exit code alone', async () => {
    const before = listeners();
    const own = await lab();
    await apply(await own.planned());
    own.connection.close();
    expect(listeners()).toEqual(before);
    expect(process.exitCode).toBeUndefined();
  });

  it('shows no secret in any result', async () => {
    const own = await lab();
    const config = await own.config();
    const planned = await own.planned();
    const report = await apply(planned);
    const text = JSON.stringify([config, own.connection, planned, report]);
    for (const secret of [CANARY, own.sandbox.token]) expect(text).not.toContain(secret);
  });
});

describe('errors', () => {
  it('are classes, with the next step', async () => {
    const folder = temporaryFolder();
    await expect(loadConfig({ cwd: folder })).rejects.toThrow(ConfigError);
    writeFileSync(join(folder, 'pdactions.config.json'), '{"actions":{"a":{}},"services":{"x":["b"]}}');
    await expect(loadConfig({ cwd: folder })).rejects.toMatchObject({
      kind: 'config',
      problems: expect.arrayContaining([expect.objectContaining({ line: 1 })]),
      details: expect.arrayContaining([expect.stringContaining('pdactions.config.json:1')]),
    });
    await expect(connect({ token: 'Bearer x' })).rejects.toThrow('begins with `Bearer`');
    await expect(connect({ token: 'x', url: 'http://example.com' })).rejects.toThrow('unencrypted');
    await expect(connect({ token: 'x', url: 'https://a.example.com', region: 'eu' })).rejects.toThrow(
      'cannot be combined',
    );
    await expect(connect({ token: 'x', region: 'moon' as never })).rejects.toThrow('`us` or `eu`');
    await expect(connect({ token: 'x', concurrency: 0 })).rejects.toThrow('whole number');
  });

  it("include PagerDuty's message", async () => {
    const own = await lab();
    own.sandbox.setFaults([
      {
        action: 'status',
        status: 403,
        match: { method: 'GET', path: '/extension_schemas' },
        times: 'always',
      },
    ]);
    await expect(own.planned()).rejects.toMatchObject({ kind: 'auth', http: { status: 403 } });
    await expect(own.planned({ services: [''] })).rejects.toThrow(UsageError);
    await expect(own.planned({ rotateSecrets: ['nope'] })).rejects.toThrow('no action `nope`');
    expect(RemoteError.prototype).toBeInstanceOf(Error);
  });
});
