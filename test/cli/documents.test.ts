/** The schemas of docs/schemas against the output of commands; every other test checks only its own output. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DOCUMENTS } from '../../scripts/documents.ts';
import { findCommands } from '../../scripts/generate-commands.ts';
import { noKeychain } from '../helpers/fake-keychain.ts';
import { runCli, temporaryFolder } from '../helpers/in-process.ts';
import { missingIn, readSamples } from '../helpers/samples.ts';
import { readSchema, validatorOf } from '../helpers/schemas.ts';
import { endpoint } from '../tester/endpoints.ts';
import { frugalPagerDuty, otherServer } from './other-server.ts';
import { CONFIG, project } from './project.ts';

const DOCS = resolve(import.meta.dirname, '../../docs');
const URL = 'https://automation.example.com/x';

describe('docs/schemas', () => {
  it('are named in docs/output.md, one for each document that a command prints', async () => {
    const text = readFileSync(join(DOCS, 'output.md'), 'utf8');
    const names = readdirSync(join(DOCS, 'schemas')).map((file) => file.replace('.schema.json', ''));
    expect(names.sort()).toEqual(Object.keys(DOCUMENTS).sort());
    for (const name of names) expect(text, name).toContain(`(schemas/${name}.schema.json)`);
    const printed = (await findCommands()).flatMap(({ spec }) => spec.document ?? []);
    for (const name of printed) expect([...names, 'plan-and-sync'], name).toContain(name);
  });

  it('contain the names of all events and checks', () => {
    const read = (path: string) => readFileSync(resolve(import.meta.dirname, '../../src', path), 'utf8');
    const wordsIn = (text: string, start: RegExp) =>
      [...(start.exec(text)?.[1] ?? '').matchAll(/'([\w-]+)'/g)].map(([, word]) => word);
    const listen = readSchema('listen') as { properties: { event: { enum: string[] } } };
    expect(listen.properties.event.enum).toEqual(
      wordsIn(read('receiver/tell/events.ts'), /type EventName =([^;]*);/),
    );
    const events = [...read('cli/commands/watch/events.ts').matchAll(/readonly event: '([\w-]+)'/g)];
    const watch = readSchema('watch') as { anyOf: { properties: { event: { const: string } } }[] };
    expect(watch.anyOf.map(({ properties }) => properties.event.const)).toEqual(
      events.map(([, name]) => name),
    );
  });
});

describe.each(Object.keys(DOCUMENTS))('the samples of %s', (name) => {
  const samples = readSamples(name);

  it('match the schema, which knows no other member', () => {
    const validate = validatorOf(readSchema(name));
    for (const sample of samples) {
      validate(sample);
      expect(validate.errors ?? []).toEqual([]);
      expect(validate({ ...(sample as object), unheardOf: 1 })).toBe(false);
    }
  });

  it('show each optional member present and absent, each alternative, and each null', () => {
    expect(missingIn(name, samples)).toEqual([]);
  });
});

const extensionsAt = (url: string) => [
  { id: 'PHERE', service: 'PA', name: 'Here', url },
  { id: 'PAWAY', service: 'PA', name: 'Away', url: 'https://elsewhere.example.com/x' },
];

/** An account with two incidents, and actions to press on them. */
const PRESSED = {
  account: 'acme',
  services: [{ id: 'PA', name: 'Alpha' }],
  extensions: extensionsAt(URL),
  incidents: ['PINC001', 'PINC002'].map((id) => ({ id, service: 'PA', title: `Slow ${id}` })),
};

/** Runs commands against a PagerDuty whose incidents have no numbers. */
async function incidentsWithoutNumbers() {
  const api = frugalPagerDuty([{ id: 'PA', name: 'Alpha' }]);
  const base = { type: 'webhook', extension_schema: { id: 'PSCHEMA' }, temporarily_disabled: false };
  api.extensions.set('PBARE', {
    ...base,
    id: 'PBARE',
    name: 'X',
    endpoint_url: URL,
    extension_objects: [{ id: 'PA' }],
  });
  const { url } = await otherServer((call) => {
    const [, resource, , part] = call.path.split('/');
    if (resource !== 'incidents') return api.reply(call);
    if (part === 'notes') return { json: { notes: [] } };
    if (part !== undefined) return { json: {} };
    const status = call.method === 'PUT' ? 'resolved' : 'triggered';
    const incident = { id: 'PINC001', title: 'Slow', status, service: { id: 'PA', summary: 'Alpha' } };
    return { status: call.method === 'POST' ? 201 : 200, json: { incident } };
  });
  const cwd = temporaryFolder();
  const env = { PAGERDUTY_TOKEN: 'u+Canary7wQz4kLm9xZ2', PAGERDUTY_API_URL: url };
  return async (...argv: string[]) => {
    const { stdout, stderr } = await runCli([...argv, '--json'], { cwd, env });
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout);
  };
}

describe('every part of the schema occurs in a document', () => {
  /** An account with every kind of odd action, and one without actions. */
  async function oddAccount() {
    const api = frugalPagerDuty([
      { id: 'PA', name: 'Alpha', html_url: 'https://acme.pagerduty.com/service-directory/PA' } as never,
      { id: 'PB', name: 'Bravo' },
    ]);
    const base = { type: 'webhook', extension_schema: { id: 'PSCHEMA' } };
    const add = (id: string, more: object) => api.extensions.set(id, { ...base, id, name: id, ...more });
    add('PBARE', { extension_objects: [{ id: 'PA' }] });
    add('PRICH', {
      endpoint_url: URL,
      config: { headers: [{ name: 'X-Key', value: 'redacted' }] },
      temporarily_disabled: false,
      html_url: 'https://acme.pagerduty.com/extensions/PRICH',
      extension_objects: [{ id: 'PA', summary: 'Alpha' }],
    });
    add('PODD', { endpoint_url: URL, config: { headers: 'none' }, extension_objects: [{ id: 'PA' }] });
    const both = [{ id: 'PA', summary: 'Alpha' }, { id: 'PB' }];
    add('PBOTH', { endpoint_url: URL, temporarily_disabled: true, extension_objects: both });
    add('PNOWHERE', { endpoint_url: URL, extension_objects: [] });
    add('PGONE', { endpoint_url: URL, extension_objects: [{ id: 'PGONESV' }] });
    const { url } = await otherServer((call) => api.reply(call));
    const cwd = temporaryFolder();
    const env = { PAGERDUTY_TOKEN: 'u+Canary7wQz4kLm9xZ2', PAGERDUTY_API_URL: url };
    return async (...argv: string[]) => JSON.parse((await runCli([...argv, '--json'], { cwd, env })).stdout);
  }

  it('list, show, slots', async () => {
    const odd = await oddAccount();
    const other = await project(null);
    const json = async (...argv: string[]) => JSON.parse((await other.run([...argv, '--json'])).stdout);
    const bare = await project(null, { seed: { account: 'acme', services: [] } as never });
    const listed = [await odd('list'), JSON.parse((await bare.run(['list', '--json'])).stdout)];
    expect(missingIn('list', listed)).toEqual([]);
    const shown = [await odd('show', 'PBARE'), await odd('show', 'PRICH'), await odd('show', 'PODD')];
    expect(missingIn('show', shown)).toEqual([]);
    const vendor = { label: 'Page the vendor', url: URL, description: 'Calls the vendor' };
    other.write({
      ...CONFIG,
      actions: { ...CONFIG.actions, vendor },
      services: { 'web-admin': ['restart-server', 'vendor'] },
    });
    const slots = [
      await odd('slots'),
      await json('slots'),
      JSON.parse((await bare.run(['slots', '--json'])).stdout),
    ];
    expect(missingIn('slots', slots)).toEqual([]);
  });

  it('create, update, delete, enable', async () => {
    const { run } = await project(null);
    const json = async (...argv: string[]) => JSON.parse((await run([...argv, '--yes', '--json'])).stdout);
    const create = ['create', '--service', 'Checkout API', '--label', 'New', '--url', URL];
    const created = [
      await json(...create, '--dry-run'),
      await json(...create),
      await json(...create, '--skip-existing'),
    ];
    expect(missingIn('create', created)).toEqual([]);
    const update = ['update', 'New', '--service', 'Checkout API', '--url', `${URL}y`];
    const updated = [await json(...update, '--dry-run'), await json(...update), await json(...update)];
    expect(missingIn('update', updated)).toEqual([]);
    const enable = ['enable', '--all-disabled'];
    const odd = await oddAccount();
    const enabled = [
      await json(...enable, '--dry-run'),
      await json(...enable),
      await odd(...enable, '--yes'),
    ];
    expect(missingIn('enable', enabled)).toEqual([]);
    const remove = ['delete', 'New', '--service', 'Checkout API'];
    const deleted = [await json(...remove, '--dry-run'), await json(...remove)];
    expect(missingIn('delete', deleted)).toEqual([]);
  });

  it('add, remove', async () => {
    const { run } = await project();
    const json = async (...argv: string[]) => JSON.parse((await run([...argv, '--json'])).stdout);
    const add = ['add', 'restart-server', '--to', 'web-*'];
    expect(missingIn('add', [await json(...add), await json(...add)])).toEqual([]);
    const removed = [
      await json('remove', 'restart-server', '--from', 'web-*'),
      await json('remove', 'restart-server', '--definition'),
    ];
    expect(missingIn('remove', removed)).toEqual([]);
  });

  it('run', async () => {
    const bare = await incidentsWithoutNumbers();
    const without = await bare('run', 'PBARE', '--incident', 'PINC001', '--yes');
    expect(without).toMatchObject({ presses: [{ incident: { number: null } }] });
    const gated = await project(null, { switches: { pressPlan: 'gated' }, seed: PRESSED });
    const both = ['--incident', 'PINC001', '--incident', 'PINC002', '--yes'];
    const { stdout } = await gated.run(['run', 'PHERE', ...both, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ presses: [{ status: 'failed' }, { status: 'skipped' }] });
    const here = await endpoint();
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'seed.json'), JSON.stringify({ ...PRESSED, extensions: extensionsAt(here.url) }));
    expect((await runCli(['sandbox', 'seed', 'seed.json', '--data', 'a.json', '--yes'], { cwd })).code).toBe(
      0,
    );
    const press = async (id: string) =>
      JSON.parse(
        (await runCli(['run', id, '--incident', 'PINC001', '--sandbox=a.json', '--yes', '--json'], { cwd }))
          .stdout,
      ).presses[0].delivery;
    expect(await press('PHERE')).toMatchObject({ status: 'delivered', nextAttemptAt: null, reason: null });
    expect(await press('PAWAY')).toMatchObject({ answered: null });
  });

  it('sandbox start', async () => {
    const interrupted = AbortSignal.abort();
    const start = (...flags: string[]) =>
      runCli(['sandbox', 'start', '--data', 'a.json', '--json', ...flags], {
        cwd: temporaryFolder(),
        interrupted,
      });
    expect(JSON.parse((await start()).stdout).page).toMatch(/^http:/);
    expect(JSON.parse((await start('--no-page')).stdout).page).toBeNull();
  });

  it('test, auth status, watch', async () => {
    const actions = { 'restart-server': { label: 'R', url: 'http://127.0.0.1:9/', allowInsecureUrl: true } };
    const own = await project({ actions, services: { 'Checkout API': ['restart-server'] } });
    const json = async (...argv: string[]) => JSON.parse((await own.run([...argv, '--json'])).stdout);
    const tested = await json('test', 'restart-server', '--only', 'press', '--yes');
    expect(tested).toMatchObject({ endpoints: [{ action: 'restart-server' }] });
    const cwd = temporaryFolder();
    const env = noKeychain();
    const status = async () => JSON.parse((await runCli(['auth', 'status', '--json'], { cwd, env })).stdout);
    expect(await status()).toMatchObject({ counts: null });
    const { url } = await otherServer(({ path }) =>
      path === '/users/me'
        ? { status: 400, json: {} }
        : { json: { services: [], extensions: [], more: false } },
    );
    const stdin = 'u+Canary7wQz4kLm9xZ2\n';
    const login = ['auth', 'login', '--token-file', '-', '--profile', 'odd'];
    await runCli(login, { cwd, env: { ...env, PAGERDUTY_API_URL: url }, stdin });
    expect(await status()).toMatchObject({ profiles: [{ account: null, user: null }] });
    writeFileSync(join(cwd, '.config/pdactions/profiles/broken.json'), '{');
    expect(await status()).toMatchObject({ profiles: [{ damaged: true }, {}] });
    await own.run(['sync', '--yes']);
    own.write({
      actions: { 'restart-server': { ...actions['restart-server'], url: URL } },
      services: { 'Checkout API': ['restart-server'] },
    });
    const written = (await own.run(['watch', '--once', '--sync', '--json'])).stdout
      .split('\n')
      .map((row) => row && JSON.parse(row));
    expect(written).toContainEqual(
      expect.objectContaining({ event: 'written', kind: 'update', id: expect.any(String) }),
    );
    const four = Object.fromEntries(
      ['A', 'B', 'C', 'D'].map((label) => [label.toLowerCase(), { label, url: URL }]),
    );
    own.write({
      actions: four,
      services: { 'Checkout API': ['a', 'b'], 'id:PCHKOUT': ['c'], 'Check*': ['d'] },
    });
    expect((await own.run(['watch', '--once', '--json'])).stdout).toContain('"refused"');
  });

  it('prove', async () => {
    const bare = await incidentsWithoutNumbers();
    const opened = await bare('prove', 'PBARE', '--service', 'Alpha', '--yes', '--wait', '1');
    expect(opened).toMatchObject({ proofs: [{ incident: { number: null } }] });
    const own = await project(null, { seed: PRESSED });
    own.sandbox.setFaults([
      {
        action: 'status',
        status: 403,
        phase: 'before-commit',
        times: 'always',
        match: { method: 'POST', path: '/incidents' },
      },
    ]);
    const { stdout } = await own.run(['prove', 'PHERE', '--service', 'Alpha', '--yes', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ proofs: [{ incident: null }] });
  });

  it('validate, open', async () => {
    const { run, write } = await project();
    const json = async (...argv: string[]) => JSON.parse((await run([...argv, '--json'])).stdout);
    const good = await json('validate');
    write({ ...CONFIG, actions: { 'restart-server': { label: '', url: 'ftp://x' } } });
    const bad = await json('validate');
    const none = JSON.parse((await runCli(['validate', '--json'])).stdout);
    const gone = await json('validate', '--config', 'nowhere.json');
    write(CONFIG);
    const ci = await run(['validate', '--strict', '--json'], { env: { CI: 'true' } });
    expect(missingIn('validate', [good, bad, none, gone, JSON.parse(ci.stdout)])).toEqual([]);
    expect(missingIn('open', [await json('open', 'extensions')])).toEqual([]);
  });
});
