/** The schemas of docs/schemas against the output of commands; every other test checks only its own output. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DOCUMENTS } from '../../scripts/documents.ts';
import { findCommands } from '../../scripts/generate-commands.ts';
import { readSchema, validatorOf } from '../helpers/documents.ts';
import { runCli, temporaryFolder } from '../helpers/in-process.ts';
import { SchemaCoverage } from '../helpers/schema-coverage.ts';
import { frugalPagerDuty, otherServer } from './other-server.ts';
import { CONFIG, project } from './project.ts';

const DOCS = resolve(import.meta.dirname, '../../docs');
const URL = 'https://automation.example.com/x';

/** Parts of a schema that none of these documents covers; test/ci/plan-schema.test.ts covers the parts of a plan or report. */
function missingIn(name: string, documents: readonly unknown[]): readonly string[] {
  const schema = readSchema(name);
  const validate = validatorOf(schema);
  const coverage = new SchemaCoverage(schema);
  for (const document of documents) {
    validate(document);
    expect(validate.errors ?? [], name).toEqual([]);
    coverage.add(document);
    const more = { ...(document as object), unheardOf: 1 };
    expect(validate(more), `${name} with another member`).toBe(false);
  }
  const shared = Object.keys(readSchema('plan').definitions ?? {});
  return coverage
    .missing()
    .filter((part) => !shared.includes(/^#\/definitions\/(\w+)/.exec(part)?.[1] ?? ''));
}

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
    other.write({ ...CONFIG, services: { 'web-admin': ['restart-server', 'add-diagnostics'] } });
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

  it('run, test, doctor, auth status, prove, watch: the ordinary one', async () => {
    const { run } = await project({ ...CONFIG, services: { 'Checkout API': ['add-diagnostics'] } });
    const json = async (...argv: string[]) => JSON.parse((await run([...argv, '--json'])).stdout);
    await run(['sync', '--yes']);
    const pressed = await json('run', 'Add Diagnostics', '--incident', 'PINC001', '--yes');
    expect(missingIn('run', [pressed])).not.toContain('.presses');
    const tested = await json('test', '--url', 'http://127.0.0.1:9/', '--only', 'press', '--yes');
    expect(missingIn('test', [tested])).not.toContain('.endpoints[].findings[].check');
    expect(missingIn('doctor', [await json('doctor')])).toEqual([]);
    expect(missingIn('auth-status', [await json('auth', 'status')])).not.toContain('.sources[].name');
    const proved = await json(
      'prove',
      'Add Diagnostics',
      '--service',
      'Checkout API',
      '--yes',
      '--wait',
      '1',
    );
    expect(missingIn('prove', [proved])).not.toContain('.proofs[].findings[].step');
    expect(missingIn('watch', [await json('watch', '--once')])).not.toContain('|6');
  });

  it('validate, open', async () => {
    const { run, write } = await project();
    const json = async (...argv: string[]) => JSON.parse((await run([...argv, '--json'])).stdout);
    const good = await json('validate');
    write({ ...CONFIG, actions: { 'restart-server': { label: '', url: 'ftp://x' } } });
    const bad = await json('validate');
    const none = JSON.parse((await runCli(['validate', '--json'])).stdout);
    const gone = await json('validate', '--config', 'nowhere.json');
    // Every problem has a fix so far.
    expect(missingIn('validate', [good, bad, none, gone])).toEqual(['|1.problems[].fix absent']);
    write(CONFIG);
    expect(missingIn('open', [await json('open', 'extensions')])).toEqual([]);
  });
});
