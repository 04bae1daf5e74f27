/** One record that is not as described: shown, named, counted in its slot, never written, and everything else goes on. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { frugalPagerDuty, otherServer, type Reply } from '../cli/other-server.ts';
import { pointedAt, runCli, temporaryFolder, testSandbox } from '../helpers/in-process.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';

const URL = 'https://automation.example.com/restart';
const HEALTHY = {
  type: 'webhook',
  endpoint_url: URL,
  extension_schema: { id: 'PSCHEMA' },
  config: {},
  temporarily_disabled: false,
};
const on = (id: string) => ({ extension_objects: [{ id, summary: id }] });

/** Two services; the first has a healthy action and the odd one. */
async function world(odd: object, more: Partial<Record<string, Reply>> = {}) {
  const api = frugalPagerDuty([
    { id: 'PA', name: 'Alpha' },
    { id: 'PB', name: 'Bravo' },
  ]);
  api.extensions.set('PGOOD', { ...HEALTHY, id: 'PGOOD', name: 'Diagnose', ...on('PA') });
  api.extensions.set('PODDX', { ...HEALTHY, id: 'PODDX', name: 'Odd', ...on('PA'), ...odd });
  const { url, asked } = await otherServer((call) => more[call.path] ?? api.reply(call));
  const cwd = temporaryFolder();
  const env = { PAGERDUTY_TOKEN: 'u+Canary7wQz4kLm9xZ2', PAGERDUTY_API_URL: url };
  const run = (...argv: string[]) => runCli([...argv, '--concurrency', '1'], { cwd, env });
  const declare = (actions: object, services: object) =>
    writeFileSync(join(cwd, 'pdactions.config.json'), JSON.stringify({ actions, services }));
  const writes = () =>
    asked.filter(({ method }) => method !== 'GET').map((one) => `${one.method} ${one.path}`);
  return { run, declare, writes, extensions: api.extensions };
}

const UNREADABLE: readonly [string, object, string][] = [
  ['headers as a map', { config: { headers: { A: 'b' } } }, 'PODDX'],
  ['headers with foreign members', { config: { headers: [{ key: 'A' }] } }, 'PODDX'],
  ['no name', { name: null }, 'PODDX'],
  ['no schema', { extension_schema: null }, 'PODDX'],
  ['no id', { id: null }, 'no-id-2'],
];

describe('an unreadable record', () => {
  it.each(UNREADABLE)('F50: %s: is listed and counted, and named once', async (_, odd, id) => {
    const { run } = await world(odd);
    const { code, stdout, stderr } = await run('list', '--json');
    expect(code).toBe(0);
    const [alpha] = JSON.parse(stdout).services;
    expect(alpha.slots).toEqual({ used: 2, free: 1 });
    expect(alpha.actions).toContainEqual(expect.objectContaining({ id, unreadable: expect.any(String) }));
    expect(stderr.match(/could not be read in full/g)).toHaveLength(1);
    expect(stderr).toContain(id);
    const rows = await run('list');
    expect(rows.stdout).toMatch(new RegExp(`unreadable\\t${id}`));
  });

  it.each(UNREADABLE)('F50: %s: slots, export, plan and sync continue', async (_, odd, id) => {
    const { run, declare, writes } = await world(odd);
    declare({ other: { label: 'Other', url: 'https://automation.example.com/other' } }, { '*': ['other'] });
    expect((await run('slots')).code).toBe(0);
    const exported = await run('export');
    expect(exported.code).toBe(0);
    expect(exported.stderr).toContain(`(${id}): it cannot be read in full`);
    const plan = await run('plan');
    expect([plan.code, plan.stdout]).toEqual([
      0,
      expect.stringMatching(new RegExp(`left alone: .*\\(${id}, unreadable\\)`)),
    ]);
    expect((await run('sync', '--yes')).code).toBe(0);
    expect(writes()).toEqual(['POST /extensions', 'POST /extensions']);
  });

  it('F50: prune leaves it alone', async () => {
    const { run, declare, writes } = await world({ config: { headers: 'x' } });
    declare({}, { Alpha: { actions: [], prune: true } });
    await run('sync', '--yes', '--allow-empty');
    expect(writes()).toEqual(['DELETE /extensions/PGOOD']);
  });

  it('F50: counts in its slot', async () => {
    const { run, declare, extensions, writes } = await world({ name: null });
    extensions.set('PTHIRD', { ...HEALTHY, id: 'PTHIRD', name: 'Third', ...on('PA') });
    declare({ other: { label: 'Other', url: 'https://automation.example.com/other' } }, { Alpha: ['other'] });
    expect((await run('sync', '--yes')).code).toBe(8);
    expect(writes()).toEqual([]);
  });

  it('F50: that is declared is neither written nor duplicated; the rest is applied; exit 6', async () => {
    const { run, declare, writes } = await world({ config: { headers: {} } });
    const other = { label: 'Other', url: 'https://automation.example.com/other' };
    declare({ odd: { label: 'Odd', url: URL }, other }, { Alpha: ['odd'], Bravo: ['other'] });
    expect((await run('plan')).code).toBe(0);
    expect((await run('plan', '--exit-code')).code).toBe(2);
    const { code, stdout } = await run('sync', '--yes');
    expect(code).toBe(6);
    expect(stdout).toContain('`Odd` (PODDX cannot be read');
    expect(writes()).toEqual(['POST /extensions']);
  });

  it('F50: selected by id, it is refused by name', async () => {
    const { run, writes } = await world({ config: { headers: {} } });
    const { code, stderr } = await run('delete', 'PODDX', '--yes');
    expect(code).toBe(8);
    expect(stderr).toContain('(PODDX) cannot be read');
    expect(writes()).toEqual([]);
  });
});

describe('config without readable headers', () => {
  it.each<[string, object, unknown]>([
    ['an empty config', { config: {} }, []],
    ['headers of null', { config: { headers: null } }, []],
    ['no config', { config: undefined }, null],
    ['headers as a map', { config: { headers: { A: 'b' } } }, null],
  ])('F49: %s', async (_, odd, headers) => {
    const { run } = await world(odd);
    const { code, stdout } = await run('list', '--json');
    const action = JSON.parse(stdout).services[0].actions.find(({ id }: { id: string }) => id === 'PODDX');
    expect([code, action.headers]).toEqual([0, headers]);
  });
});

describe('an action on no service', () => {
  it.each([
    ['null', { extension_objects: null }],
    ['empty', { extension_objects: [] }],
    ['naming no id', { extension_objects: [{ summary: 'gone' }] }],
  ])('F50: %s: is shown everywhere, and stops nothing', async (_, odd) => {
    const { run, declare } = await world(odd);
    declare({ other: { label: 'Other', url: 'https://automation.example.com/other' } }, { '*': ['other'] });
    const list = await run('list');
    expect([list.code, list.stdout]).toEqual([0, expect.stringMatching(/\(no service\).*no service\tPODDX/)]);
    expect(JSON.parse((await run('list', '--json')).stdout).unplaced).toMatchObject([{ id: 'PODDX' }]);
    expect(JSON.parse((await run('slots', '--json')).stdout).unplaced).toMatchObject([{ id: 'PODDX' }]);
    expect((await run('export')).stderr).toContain('(PODDX): PagerDuty lists no service for it');
    expect((await run('plan')).code).toBe(0);
    expect((await run('sync', '--yes')).code).toBe(0);
  });
});

describe('an orphan', () => {
  it('F50: can be deleted by its id, and nothing else', async () => {
    const { run, writes, extensions } = await world({ extension_objects: [] });
    expect((await run('update', 'PODDX', '--label', 'New')).code).toBe(8);
    const { code, stdout } = await run('delete', 'PODDX', '--yes');
    expect([code, stdout]).toEqual([0, expect.stringContaining('(no service)')]);
    expect(writes()).toEqual(['DELETE /extensions/PODDX']);
    expect([...extensions.keys()]).toEqual(['PGOOD']);
  });

  it('F50: deleted already, it is not found', async () => {
    const { run } = await world({ extension_objects: null }, {});
    expect((await run('delete', 'PODDX', '--yes')).code).toBe(0);
    expect((await run('delete', 'PODDX', '--yes')).code).toBe(8);
  });
});

describe('leftovers of other vendors and people', () => {
  it.each<[string, string, object]>([
    [
      'a schema without a key',
      '/extension_schemas',
      {
        extension_schemas: [
          { id: 'PVENDOR', key: null, label: null, summary: null },
          { id: 'PSCHEMA', key: 'custom_webhook', label: 'Custom Incident Action' },
        ],
      },
    ],
    [
      'a service with a null team and no name',
      '/services',
      {
        services: [
          { id: 'PA', name: 'Alpha', teams: [null] },
          { id: 'PC', name: null, summary: null },
        ],
      },
    ],
  ])('F50: %s stops nothing', async (_, path, document) => {
    const { run } = await world({}, { [path]: { json: { ...document, more: false } } });
    const { code, stdout } = await run('list', '--json');
    expect([
      code,
      JSON.parse(stdout).services.find((one: { id: string }) => one.id === 'PA').actions.length,
    ]).toEqual([0, 2]);
  });
});

describe('a service without a valid id', () => {
  const odd = (id: unknown) => ({
    '/services': {
      json: {
        services: [
          { id: 'PA', name: 'Alpha' },
          { id, name: 'Imported' },
        ],
        more: false,
        total: 2,
      },
    },
  });

  it.each([
    ['null', null, 'no-id-2'],
    ['a path', '../users', '../users'],
  ])('F50: %s: is named once and left out, and the rest continues', async (_, id, shown) => {
    const { run, declare, writes } = await world({}, odd(id));
    declare({ other: { label: 'Other', url: 'https://automation.example.com/other' } }, { '*': ['other'] });
    for (const command of [['list'], ['slots'], ['export'], ['plan'], ['sync', '--yes']]) {
      const { code, stderr } = await run(...command);
      expect([command, code]).toEqual([command, 0]);
      expect(stderr.split(`1 service skipped, without a valid id: Imported (${shown})`)).toHaveLength(2);
    }
    expect(writes()).toEqual(['POST /extensions']);
  });

  it('F50: cannot be selected by its name', async () => {
    const { run } = await world({}, odd(null));
    const { code, stderr } = await run('list', '--service', 'Imported');
    expect([code, stderr]).toEqual([8, expect.stringContaining('no service matches `Imported`')]);
  });
});

describe('a team without a name', () => {
  it.each([{ id: 'PT', name: null }, { id: null, name: 'Payments' }, null])(
    'F50: %j: matches no selector, and the others still match',
    async (team) => {
      const teams = [team, { id: 'PT2', name: 'Payments' }];
      const services = ['PA', 'PB'].map((id) => ({ id, name: id, teams: [{ id: 'PT2' }] }));
      const { run } = await world(
        {},
        { '/teams': { json: { teams, more: false } }, '/services': { json: { services, more: false } } },
      );
      const { code, stdout } = await run('list', '--service', 'team:Payments', '--json');
      expect([code, JSON.parse(stdout).services.length]).toEqual([0, 2]);
      const none = await run('list', '--service', 'team:Paymets');
      expect([none.code, none.stderr]).toEqual([8, expect.stringContaining('did you mean `team:Payments`?')]);
    },
  );
});

describe('an account with odd records, in the sandbox', () => {
  const url = 'https://automation.example.com/';
  const seed = {
    account: 'acme',
    teams: [
      { id: 'PT1', name: 'Payments' },
      { id: 'PT2', name: null, odd: true },
    ],
    services: [
      { id: 'PS1', name: 'Checkout API', teams: ['PT1', null], odd: true },
      { id: 'PS2', name: 'Search API', teams: ['PT1'] },
      { id: 'svc-old', name: 'Imported' },
    ],
    schemas: [{ id: 'PVNDR01', key: null, label: null }],
    extensions: [
      { id: 'PNAMELS', service: 'PS1', name: null, url, odd: true },
      { id: 'PORPHAN', services: [], name: 'On none', url, odd: true },
      { id: 'PGONESV', service: 'PSGONE1', name: 'On what is gone', url, odd: true },
      { id: 'PMAPPED', service: 'PS2', name: 'Mapped', url, config: { headers: { A: 'b' } }, odd: true },
      { id: 'PHEALTH', service: 'PS2', name: 'Healthy', url },
    ],
  };

  it('F49, F50: list, slots, export, plan and sync continue, and name each', async () => {
    const sandbox = await testSandbox({ seed });
    const cwd = temporaryFolder();
    const config = {
      actions: { r: { label: 'Restart', url: `${url}restart` } },
      services: { 'team:Payments': ['r'] },
    };
    writeFileSync(join(cwd, 'pdactions.config.json'), JSON.stringify(config));
    const run = (...argv: string[]) => runCli(argv, { cwd, env: pointedAt(sandbox) });
    const list = await run('list');
    expect(list).toMatchObject({ code: 0 });
    for (const { id } of seed.extensions) expect(list.stdout).toContain(id);
    const slots = await run('slots');
    expect(slots).toMatchObject({ code: 0 });
    expect(slots.stdout).toContain('Mapped (unreadable)');
    for (const id of ['PNAMELS', 'PMAPPED', 'PORPHAN']) expect(slots.stderr).toContain(id);
    expect(slots.stderr).toContain('(PGONESV) uses a slot of PSGONE1, which was deleted or is not visible');
    const exported = await run('export');
    expect(exported).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('4 actions could not be declared'),
    });
    expect(exported.stderr).toContain('(PGONESV): its service PSGONE1 was deleted, or is not visible');
    expect(Object.keys(JSON.parse(exported.stdout).actions)).toEqual(['healthy']);
    expect(await run('plan', '--exit-code')).toMatchObject({ code: 2 });
    expect(await run('sync', '--yes')).toMatchObject({ code: 0 });
    const commits = sandbox.log().commits.map(({ verb, after }) => [verb, Object(after).name]);
    expect(commits).toEqual([
      ['create', 'Restart'],
      ['create', 'Restart'],
    ]);
    expect(await run('plan', '--exit-code')).toMatchObject({ code: 0 });
  });
});

it('F48: the delete of an orphan that is not stored is reported', async () => {
  const orphan = { id: 'PORPHAN', services: [], name: 'On none', url: URL, odd: true };
  const sandbox = await testSandbox({
    seed: { account: 'acme', extensions: [orphan] },
    switches: { writes: 'echoed' },
  });
  const { code, stdout } = await runCli(['delete', 'PORPHAN', '--yes', '--json'], {
    cwd: temporaryFolder(),
    env: pointedAt(sandbox),
    clock: createVirtualClock(),
  });
  expect(code).toBe(6);
  expect(JSON.parse(stdout).report.outcomes).toMatchObject([{ status: 'not kept', id: 'PORPHAN' }]);
});

describe('enable --all-disabled', () => {
  it('F50: enables the healthy, lists the rest as skipped, and exits 6', async () => {
    const { run, writes, extensions } = await world({ config: { headers: {} }, temporarily_disabled: true });
    extensions.set('PGOOD', { ...extensions.get('PGOOD'), temporarily_disabled: true });
    const { code, stderr } = await run('enable', '--all-disabled', '--yes');
    expect(stderr).toContain('Odd (PODDX) cannot be read');
    expect(writes()).toEqual(['POST /extensions/PGOOD/enable']);
    expect(code).toBe(6);
  });

  it.each([true, false])('F50: the document lists the skipped; with a healthy one: %j', async (healthy) => {
    const { run, extensions } = await world({ config: { headers: {} }, temporarily_disabled: true });
    extensions.set('PGOOD', { ...extensions.get('PGOOD'), temporarily_disabled: healthy });
    const { code, stdout, stderr } = await run('enable', '--all-disabled', '--yes', '--json');
    const { report, skipped } = JSON.parse(stdout);
    expect(skipped).toEqual([
      {
        id: 'PODDX',
        label: 'Odd',
        services: [{ id: 'PA', name: 'PA' }],
        why: expect.stringContaining('cannot be read'),
      },
    ]);
    expect(report === null).toBe(!healthy);
    expect(stderr.includes('No other action is disabled.')).toBe(!healthy);
    expect(code).toBe(6);
  });
});
