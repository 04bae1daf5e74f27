/** docs/plan.schema.json against the documents that the program writes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { AuthError, RefusedError, RemoteError } from '../../src/errors.ts';
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { reportDocument } from '../../src/ui/render/documents.ts';
import { frugalPagerDuty, otherServer } from '../cli/other-server.ts';
import { CONFIG, type Project, project } from '../cli/project.ts';
import { runCli, temporaryFolder } from '../helpers/in-process.ts';
import { SchemaCoverage } from '../helpers/schema-coverage.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';
import { read } from './world.ts';

const schema = JSON.parse(read('docs/plan.schema.json'));
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Optional members: each is omitted when empty. */
const OPTIONAL = new Set([
  'note',
  'warning',
  'spared',
  'unconfirmed',
  'why',
  'error',
  'changed',
  'storedForm',
  'status',
  'code',
  'errors',
  'requestId',
  'requiredScopes',
]);

/** Members of an outcome in which PagerDuty stored something other than was sent. */
const STORED = new Set(['fields', 'stored', 'lost']);

const coverage = new SchemaCoverage(schema);

function expectValid(document: unknown): void {
  validate(document);
  expect(validate.errors ?? []).toEqual([]);
  coverage.add(document);
}

/** Every object in a document, with its path. */
function* objectsIn(
  value: Json,
  path: readonly (string | number)[] = [],
): Iterable<readonly (string | number)[]> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* objectsIn(item, [...path, index]);
  } else if (typeof value === 'object' && value !== null) {
    yield path;
    for (const [key, item] of Object.entries(value)) yield* objectsIn(item, [...path, key]);
  }
}

/** The document with one object changed. */
function changed(
  document: Json,
  path: readonly (string | number)[],
  change: (object: Record<string, Json>) => void,
): Json {
  const copy = structuredClone(document);
  const found = path.reduce<Json>(
    (value, step) => (value as Record<string | number, Json>)[step] ?? null,
    copy,
  );
  change(found as Record<string, Json>);
  return copy;
}

/** No member may be added anywhere, and only optional ones may be missing. */
function expectStrict(document: Json): void {
  for (const path of objectsIn(document)) {
    const where = path.join('.');
    expect(
      validate(changed(document, path, (object) => Object.assign(object, { unheardOf: 1 }))),
      `${where} + unheardOf`,
    ).toBe(false);
    const object = path.reduce<Json>(
      (value, step) => (value as Record<string | number, Json>)[step] ?? null,
      document,
    );
    for (const key of Object.keys(object as Record<string, Json>)) {
      const isOptional =
        OPTIONAL.has(key) ||
        (STORED.has(key) && path.at(-2) === 'outcomes') ||
        (key === 'id' && path.includes('slots')) ||
        (key === 'message' && path.includes('http'));
      if (isOptional && path.length > 0) continue;
      expect(validate(changed(document, path, (copy) => delete copy[key])), `${where} - ${key}`).toBe(false);
    }
  }
}

const URL = 'https://automation.example.com/x';
const EXTENSIONS = [
  {
    id: 'PDIFFER',
    service: 'PS1',
    name: 'Differs',
    url: 'https://old.example.com/x?key=1',
    headers: { 'X-Old': '1' },
  },
  { id: 'PFORMER', service: 'PS1', name: 'Former', url: URL },
  { id: 'PEXTRA1', service: 'PS1', name: 'Extra', url: URL },
  { id: 'PDISABL', service: 'PS2', name: 'Disabled', url: URL, headers: { A: 'b' }, disabled: true },
  { id: 'PHAND01', service: 'PS2', name: 'By hand', url: URL },
  ...['PFULL01', 'PFULL02', 'PFULL03'].map((id) => ({ id, service: 'PFULL', name: id, url: URL })),
  ...['PTWICE1', 'PTWICE2'].map((id) => ({ id, service: 'PTWICE', name: 'Twice', url: URL })),
  { id: 'PALIKE1', service: 'PALIKE', name: 'Twice\u00a0', url: URL },
  { id: 'PALIKE2', service: 'PALIKE', name: 'DIFFERS', url: URL },
  ...['One', 'Two'].map((name) => ({ id: `PREN${name.toUpperCase()}`, service: 'PRENAME', name, url: URL })),
];
const SERVICES = ['PS1', 'PS2', 'PFULL', 'PTWICE', 'PRENAME', 'PLABEL', 'PALIKE', 'PDOTS'];
const ACTIONS = {
  differs: { label: 'Differs', url: 'https://new.example.com/x?key=2', headers: { 'X-New': '1' } },
  renamed: { label: 'Renamed', url: URL, renamedFrom: 'Former' },
  disabled: { label: 'Disabled', url: URL, headers: { A: 'b' } },
  twice: { label: 'Twice', url: URL },
  same: { label: 'Twice', url: URL },
  perService: { label: 'Own', url: 'https://automation.example.com/${service.name}/x' },
  either: { label: 'Either', url: URL, renamedFrom: ['One', 'Two'] },
};
const GOOD = { PS1: { actions: ['differs', 'renamed'], prune: true }, PS2: ['disabled'] };
const SEED = {
  account: 'acme',
  services: SERVICES.map((id) => ({ id, name: id === 'PDOTS' ? '..' : id })),
  extensions: EXTENSIONS,
};

function world(services: object = GOOD, options: SandboxOptions = {}): Promise<Project> {
  return project({ actions: ACTIONS, services }, { seed: SEED as never, ...options });
}

async function documentOf({ run }: Project, argv: readonly string[]): Promise<Json> {
  return JSON.parse((await run([...argv, '--json'])).stdout);
}

describe('docs/plan.schema.json', () => {
  it('fits the plan of every kind of change, shown and saved, and nothing else', async () => {
    const own = await world();
    const plan = await documentOf(own, ['plan', '--enable', '--rotate-secrets', '--out', 'plan.json']);
    const kinds = (plan as { changes: { kind: string }[] }).changes.map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['update', 'delete', 'enable']));
    const saved = JSON.parse(readFileSync(join(own.folder, 'plan.json'), 'utf8'));
    const created = await documentOf(await world({ PLABEL: ['differs'] }), ['plan']);
    for (const document of [plan, saved, created]) {
      expectValid(document);
      expectStrict(document);
    }
    const fields = JSON.stringify(plan).match(/"field":"\w+"/g);
    expect(new Set(fields).size).toBe(4);
  });

  it.each([
    ['over-limit', { PFULL: ['differs'] }],
    ['duplicate-label', { PTWICE: ['twice'] }],
    ['ambiguous-rename', { PRENAME: ['either'] }],
    ['look-alike', { PALIKE: ['twice', 'differs'] }],
    ['same-label-twice', { PLABEL: ['twice'], 'id:PLABEL': ['same'] }],
    ['unfit', { 'id:PDOTS': ['perService'] }],
  ])('fits the refusal %s', async (code, services) => {
    const plan = await documentOf(await world(services), ['plan']);
    expect((plan as { refusals: object[] }).refusals).toMatchObject([{ code }]);
    expectValid(plan);
    expectStrict(plan);
  });

  it('fits the guards', async () => {
    const plan = await documentOf(await world({ PFULL: { actions: [], prune: true } }), [
      'plan',
      '--max-deletes',
      '1',
    ]);
    expect((plan as { guards: object[] }).guards).toHaveLength(2);
    expectValid(plan);
    expectStrict(plan);
  });

  it('fits the outcomes of a sync: applied, failed, skipped, unknown, or none', async () => {
    const good = await documentOf(await world(), ['sync', '--yes']);
    const own = await world({ PS1: GOOD.PS1, PS2: { actions: ['disabled', 'renamed'] } });
    own.sandbox.setFaults([
      {
        action: 'status',
        status: 400,
        body: { error: { message: 'Invalid Input Provided', code: 2001, errors: ['no'] } },
        match: { method: 'PUT', path: '/extensions/PDIFFER' },
      },
    ]);
    const bad = await documentOf(own, ['sync', '--yes']);
    const statuses = (bad as { report: { outcomes: { status: string }[] } }).report.outcomes.map(
      ({ status }) => status,
    );
    expect(new Set(statuses)).toEqual(new Set(['failed', 'skipped', 'applied']));
    const nothing = await documentOf(await world({ PS2: ['disabled'] }), ['sync']);
    expect(nothing).toMatchObject({ report: null });
    for (const document of [good, bad, nothing]) {
      expectValid(document);
      expectStrict(document);
    }
  });

  it.each([
    ['differs', { storedUrl: 'lower-case' }],
    ['not kept', { writes: 'echoed' }],
  ] as const)('fits the outcomes of a sync: %s', async (status, switches) => {
    const actions = { upper: { label: 'Upper', url: 'https://automation.example.com/Upper' } };
    const seed = { ...SEED, switches } as never;
    const own = await project({ actions, services: { PLABEL: ['upper'] } }, { seed });
    const clock = createVirtualClock();
    const synced = JSON.parse((await own.run(['sync', '--yes', '--json'], { clock })).stdout) as Json;
    expect(synced).toMatchObject({ report: { outcomes: [{ status }] } });
    expectValid(synced);
    expectStrict(synced);
  });

  it('fits a sync that could not be read back', async () => {
    const own = await world({ PLABEL: ['twice'] });
    own.sandbox.setFaults([
      // The plan reads the first list.
      {
        action: 'status',
        status: 403,
        match: { method: 'GET', path: '/extensions', nth: 2 },
        times: 'always',
      },
    ]);
    const synced = await documentOf(own, ['sync', '--yes']);
    expect(synced).toMatchObject({
      report: { outcomes: [{ status: 'applied', unconfirmed: true }], duplicatesChecked: false },
    });
    expectValid(synced);
    expectStrict(synced);
  });

  it('fits an endpoint that may be stored in another form, and a slot of an action that cannot be read', async () => {
    const upper = { label: 'By hand', url: URL.toUpperCase().replace('HTTPS', 'https') };
    const odd = {
      id: 'PODDONE',
      service: 'PFULL',
      name: 'Odd',
      url: URL,
      odd: true,
      config: { headers: 'none' },
    };
    const extensions = [...EXTENSIONS.filter(({ id }) => id !== 'PFULL03'), odd];
    const seed = { ...SEED, extensions } as never;
    const shown = await documentOf(
      await project({ actions: { upper }, services: { PS2: ['upper'] } }, { seed }),
      ['plan'],
    );
    expect(shown).toMatchObject({ changes: [{ fields: [{ field: 'url', before: URL, storedForm: true }] }] });
    const full = await documentOf(
      await project({ actions: ACTIONS, services: { PFULL: ['differs'] } }, { seed }),
      ['plan'],
    );
    const [refusal] = (full as { refusals: { slots: { holder: string }[] }[] }).refusals;
    expect(refusal?.slots.map(({ holder }) => holder)).toContain('unreadable');
    for (const document of [shown, full]) {
      expectValid(document);
      expectStrict(document);
    }
  });

  it('names every possible reason of an error', () => {
    const source = readFileSync(join(import.meta.dirname, '../../src/errors.ts'), 'utf8');
    const union = /export type Reason =([\s\S]*?);/.exec(source)?.[1] ?? '';
    const reasons = [...union.matchAll(/'(\w+)'/g)].map(([, reason]) => reason);
    expect(schema.definitions.error.properties.reason.enum).toEqual([null, ...reasons]);
  });

  it('fits the documents of the demo account', async () => {
    const own = await project(CONFIG);
    for (const argv of [['plan'], ['sync', '--yes'], ['sync']]) expectValid(await documentOf(own, argv));
  });

  it('fits a plan of a PagerDuty that hides optional data', async () => {
    const api = frugalPagerDuty(['PA', 'PB'].map((id) => ({ id, name: id })));
    const base = { type: 'webhook', extension_schema: { id: 'PSCHEMA' } };
    const on = { extension_objects: [{ id: 'PA' }], html_url: 'https://acme.example.com/x' };
    api.extensions.set('PBARE', { ...base, id: 'PBARE', name: 'Bare', ...on });
    api.extensions.set('PODD', { ...base, id: 'PODD', name: 'Odd', ...on, config: { headers: 'none' } });
    const { url } = await otherServer((call) => api.reply(call));
    const cwd = temporaryFolder();
    const actions = { bare: { label: 'Bare', url: URL }, odd: { label: 'Odd', url: URL } };
    writeFileSync(
      join(cwd, 'pdactions.config.json'),
      JSON.stringify({ actions, services: { 'id:PA': Object.keys(actions) } }),
    );
    const env = { PAGERDUTY_TOKEN: 'u+Canary7wQz4kLm9xZ2', PAGERDUTY_API_URL: url };
    const plan = JSON.parse((await runCli(['plan', '--json'], { cwd, env })).stdout);
    expect(plan).toMatchObject({
      account: null,
      changes: [{ before: { url: null, headers: null, disabled: null } }],
      services: [{ blocked: [{ id: 'PODD' }] }],
    });
    expectValid(plan);
    expectStrict(plan);
  });

  it('fits headers that would follow their action to another host, and a changed secret', async () => {
    const moved = { label: 'Disabled', url: 'https://elsewhere.example.com/x' };
    const kept = await documentOf(
      await project({ actions: { moved }, services: { PS2: ['moved'] } }, { seed: SEED as never }),
      ['plan'],
    );
    expect(kept).toMatchObject({ guards: [{ guard: 'keep-headers' }] });
    const sealed = { label: 'Sealed', url: URL, headers: { A: '${SEALED}' }, fingerprint: true };
    const own = await project(
      { actions: { sealed }, services: { PLABEL: ['sealed'] } },
      { seed: SEED as never },
    );
    const env = { PDACTIONS_FINGERPRINT_KEY: 'canary-of-the-fingerprints-key-0123456789' };
    await own.run(['sync', '--yes'], { env: { ...env, SEALED: 'canary-first' } });
    const turned = JSON.parse(
      (await own.run(['plan', '--json'], { env: { ...env, SEALED: 'canary-second' } })).stdout,
    );
    expect(turned.changes).toMatchObject([{ fields: [{ field: 'secrets', changed: true }] }]);
    for (const document of [kept, turned]) {
      expectValid(document);
      expectStrict(document);
    }
  });

  it('fits a URL that PagerDuty may have normalised', async () => {
    const actions = { upper: { label: 'By hand', url: `${URL}/Upper` } };
    const live = { id: 'PHAND01', service: 'PS2', name: 'By hand', url: `${URL}/upper` };
    const seed = { account: 'acme', services: [{ id: 'PS2', name: 'PS2' }], extensions: [live] };
    const own = await project({ actions, services: { PS2: ['upper'] } }, { seed: seed as never });
    const plan = await documentOf(own, ['plan']);
    expect(plan).toMatchObject({ changes: [{ fields: [{ field: 'url', storedForm: true }] }] });
    expectValid(plan);
  });

  it('fits the rare members of a report', async () => {
    const own = await world({ PLABEL: ['differs'] });
    const synced = (await documentOf(own, ['sync', '--yes'])) as Record<string, Json>;
    const service = { id: 'PLABEL', name: 'PLABEL' };
    const after = { key: 'a', label: 'A', url: URL, headers: null, renamedFrom: [] };
    const change = { kind: 'create' as const, service, after };
    const http = { method: 'GET', path: '/extensions', host: 'api.example.com' };
    const stored = { label: 'A', url: null, headerNames: null };
    const found = { service, ids: ['PA', 'PB'], made: ['PA'], withdrawn: ['PA'], left: ['PB'] };
    const report = reportDocument({
      outcomes: [
        { change, status: 'applied', id: 'PA', note: 'already there', warning: 'its headers are gone' },
        { change, status: 'skipped', spared: true, why: 'spared' },
        { change, status: 'differs', id: 'PA', fields: ['url'], stored: stored as never },
        { change, status: 'failed', error: new RemoteError('lost', { aftermath: 'verify', http }) },
        { change, status: 'failed', error: new RefusedError('refused', { hint: 'Look.' }) },
        {
          change,
          status: 'failed',
          error: new AuthError('forbidden', {
            http: { ...http, status: 403, requiredScopes: ['services.read'] },
          }),
        },
      ] as never,
      duplicates: [{ ...found, label: 'A' }],
      overfull: [found],
      stopped: { why: 'breaker' },
      unchecked: true,
    });
    const document = JSON.parse(JSON.stringify({ ...synced, report })) as Json;
    expectValid(document);
    expectStrict(document);
  });

  it('has no part without a document above', () => {
    expect(coverage.missing()).toEqual([]);
  });
});
