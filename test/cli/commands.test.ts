import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, temporaryFolder } from '../helpers/in-process.ts';
import { CONFIG, labelsOn, project } from './project.ts';

describe('list', () => {
  it.each(['table', 'json', 'yaml', 'csv', 'markdown'])('as %s', async (format) => {
    const { run } = await project();
    const { code, stdout } = await run(['list', '--format', format]);
    expect(code).toBe(0);
    expect(stdout).toMatchSnapshot();
  });

  it('on a terminal is a table of the live actions', async () => {
    const { run } = await project();
    expect((await run(['list', '--no-color'], { terminal: true })).stdout).toMatchSnapshot();
  });

  it('takes selectors, and marks disabled actions', async () => {
    const { run } = await project();
    const some = await run(['list', '--service', 'id:PIJ90N7', '--service', 'web-*', '--json']);
    expect(JSON.parse(some.stdout).services.map(({ name }: { name: string }) => name)).toEqual([
      'Search API',
      'web-admin',
      'web-frontend',
    ]);
    const disabled = await run(['list', '--disabled', '--json']);
    expect(JSON.parse(disabled.stdout).services).toMatchObject([
      { id: 'PIJ90N7', slots: { used: 1, free: 2 }, actions: [{ id: 'PDISABL', disabled: true }] },
    ]);
  });

  it('T52: a selector that matches nothing is an error with the nearest name', async () => {
    const { run } = await project();
    const { code, stdout, stderr } = await run(['list', '--service', 'Chekout API']);
    expect(code).toBe(8);
    expect(stdout).toBe('');
    expect(stderr).toContain('did you mean `Checkout API`?');
  });
});

describe('show', () => {
  it('says why an action is disabled, when that ends, and what re-enables it; so does `list --disabled`', async () => {
    const { run } = await project();
    for (const args of [
      ['show', 'PDISABL'],
      ['list', '--disabled'],
    ]) {
      const { stderr } = await run(args);
      expect(stderr).toContain('1 action disabled by PagerDuty: it dropped three deliveries in a row');
      expect(stderr).toContain('within 24 h');
      expect(stderr).toContain('Check the endpoint with `pdactions test PDISABL`.');
      expect(stderr).toContain('Re-enable it with `pdactions enable PDISABL`.');
    }
    expect((await run(['show', 'PVENDOR'])).stderr).toBe('');
    expect((await run(['list'])).stderr).not.toContain('three deliveries');
  });

  it('shows one action in full, but never its header values', async () => {
    const { run } = await project();
    const byLabel = await run(['show', 'Page the vendor']);
    expect(byLabel.stdout).toMatchSnapshot();
    expect((await run(['show', 'PVENDOR'])).stdout).toBe(byLabel.stdout);
    expect(JSON.parse((await run(['show', 'PVENDOR', '--json'])).stdout)).toMatchObject({
      version: 1,
      command: 'show',
      action: { id: 'PVENDOR', headers: ['X-Vendor-Key'], disabled: false },
    });
  });

  it('rejects other extensions, and suggests', async () => {
    const { run } = await project();
    expect(await run(['show', 'PGENERI'])).toMatchObject({ code: 8 });
    expect((await run(['show', 'Page the vendr'])).stderr).toContain('Did you mean `Page the vendor`?');
  });
});

describe('plan and sync', () => {
  it('plan previews sync, sync applies it, and then nothing is left to change', async () => {
    const { run, sandbox } = await project();
    const plan = await run(['plan']);
    expect(plan).toMatchObject({ code: 0, stdout: expect.any(String) });
    expect(plan.stdout).toMatchSnapshot();
    expect((await run(['plan', '--exit-code'])).code).toBe(2);
    expect(sandbox.log().commits).toEqual([]);

    const sync = await run(['sync', '--yes']);
    expect(sync).toMatchObject({ code: 0 });
    expect(sync.stdout).toMatchSnapshot();
    expect(labelsOn(sandbox, 'PCHKOUT')).toEqual(['Add Diagnostics', 'Restart Server']);

    const before = sandbox.log().commits.length;
    const again = await run(['sync']);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('No changes.') });
    expect((await run(['plan', '--exit-code'])).code).toBe(0);
    expect(sandbox.log().commits).toHaveLength(before);
  });

  it('sync without --yes and without a terminal shows the plan, writes nothing and gives the next step', async () => {
    const { run, sandbox } = await project();
    const { code, stdout, stderr } = await run(['sync']);
    expect(code).toBe(3);
    expect(stdout).toContain('Plan: 2 to create');
    expect(stderr).toContain('Pass `--yes`');
    expect(sandbox.log().commits).toEqual([]);
  });

  it('as JSON, plan and report in one document', async () => {
    const { run } = await project();
    const plan = JSON.parse((await run(['plan', '--json'])).stdout);
    expect(plan).toMatchSnapshot();
    const sync = JSON.parse((await run(['sync', '--yes', '--json'])).stdout);
    expect(sync).toMatchObject({
      command: 'sync',
      digest: plan.digest,
      report: { stopped: null, duplicates: [] },
    });
    expect(sync.report.outcomes.map(({ status }: { status: string }) => status)).toEqual(
      Array(2).fill('applied'),
    );
    expect(JSON.parse((await run(['sync', '--json'])).stdout)).toMatchObject({ report: null });
  });

  it('a fourth action is refused before any write, with the holders of the slots', async () => {
    const { run, sandbox } = await project({
      ...CONFIG,
      actions: { ...CONFIG.actions, third: { label: 'Third', url: 'https://automation.example.com/3' } },
      services: { 'web-admin': ['restart-server', 'add-diagnostics', 'third'] },
    });
    const { code, stdout } = await run(['sync', '--yes']);
    expect(code).toBe(8);
    expect(stdout).toMatchSnapshot();
    expect(sandbox.log().commits).toEqual([]);
  });

  it('prune deletes unmanaged actions, and needs a flag above the guard', async () => {
    const { run, sandbox } = await project({
      ...CONFIG,
      services: { 'web-admin': { actions: ['add-diagnostics'], prune: true } },
    });
    const { code, stdout } = await run(['sync', '--yes', '--max-deletes', '0']);
    expect(code).toBe(8);
    expect(stdout).toContain('--max-deletes 1');
    expect(await run(['sync', '--yes'])).toMatchObject({ code: 0 });
    expect(labelsOn(sandbox, 'PWEBADM')).toEqual(['Add Diagnostics']);
  });

  it('--prune does not overrule a selector with `prune: false`', async () => {
    const { run, sandbox } = await project({
      ...CONFIG,
      services: { 'web-admin': { actions: ['add-diagnostics'], prune: false } },
    });
    await run(['sync', '--yes', '--prune']);
    expect(labelsOn(sandbox, 'PWEBADM')).toEqual(['Add Diagnostics', 'Page the vendor']);
  });

  it('renames with renamedFrom, keeping the id', async () => {
    const { run, sandbox } = await project({
      ...CONFIG,
      actions: {
        vendor: {
          label: 'Call the vendor',
          url: 'https://vendor.example.com/page',
          renamedFrom: 'Page the vendor',
        },
      },
      services: { 'web-admin': ['vendor'] },
    });
    const { stdout } = await run(['sync', '--yes']);
    expect(stdout).toContain('Page the vendor → Call the vendor');
    const renamed = sandbox.state().extensions.find(({ id }) => id === 'PVENDOR');
    expect(renamed).toMatchObject({
      name: 'Call the vendor',
      headers: [{ name: 'X-Vendor-Key', value: 'vendor-key-of-the-demo' }],
    });
  });

  it('names the headers whose values are sent along with another change', async () => {
    const { run, write } = await project();
    await run(['sync', '--yes']);
    const restart = { ...CONFIG.actions['restart-server'], url: 'https://automation.example.com/new' };
    write({ ...CONFIG, actions: { ...CONFIG.actions, 'restart-server': restart } });
    const told = [
      '~ restart-server  url https://automation.example.com/restart → https://automation.example.com/new',
      'headers Authorization sent along (write-only)',
    ];
    const { stdout } = await run(['plan']);
    for (const text of told) expect(stdout).toContain(text);
    const page = await run(['plan', '--format', 'markdown']);
    expect(page.stdout).toContain('  - headers: `Authorization` sent along (write-only)\n');
  });

  it('--rotate-secrets sends the values again, --enable ends a disablement', async () => {
    const { run, sandbox } = await project();
    await run(['sync', '--yes']);
    const rotate = await run(['sync', '--yes', '--rotate-secrets=restart-server'], {
      env: { AUTOMATION_TOKEN: 'another-canary' },
    });
    expect(rotate.stdout).toContain('secrets Authorization sent again');
    const restart = sandbox.state().extensions.find(({ name }) => name === 'Restart Server');
    expect(restart?.headers).toEqual([{ name: 'Authorization', value: 'Bearer another-canary' }]);
    expect((await run(['plan', '--rotate-secrets=restart-servr'])).stderr).toContain(
      'Did you mean `restart-server`?',
    );
    expect((await run(['sync', '--yes', '--enable'])).stdout).toContain('enabled Add Diagnostics');
  });

  it('T36: the token of another account stops everything', async () => {
    const { run, sandbox } = await project({ ...CONFIG, account: 'other' });
    const { code, stderr } = await run(['sync', '--yes']);
    expect(code).toBe(8);
    expect(stderr).toContain('belongs to the account `acme`, but the config is for `other`');
    expect(sandbox.log().commits).toEqual([]);
  });

  it('T35: a saved plan is an approval; after a change it is refused with the difference', async () => {
    const { run, sandbox, folder } = await project();
    expect(await run(['plan', '--out', 'plan.json'])).toMatchObject({ code: 0 });
    await sandbox.edit({
      insert: {
        extensions: [
          { id: 'PNEWONE', service: 'PCHKOUT', name: 'Restart Server', url: 'https://x.example.com' },
        ],
      },
    } as never);
    const stale = await run(['sync', '--plan', 'plan.json']);
    expect(stale.code).toBe(8);
    expect(stale.stderr).toContain('not the plan that was approved');
    expect(stale.stderr).toContain('no longer: create `Restart Server` on Checkout API (PCHKOUT)');
    expect(await run(['plan', '--out', 'plan.json'])).toMatchObject({ code: 0 });
    expect(await run(['sync', '--plan', 'plan.json'])).toMatchObject({ code: 0 });

    writeFileSync(join(folder, 'bad.json'), '{"__proto__":{"digest":"x"}}');
    expect(await run(['sync', '--plan', 'bad.json'])).toMatchObject({ code: 8 });
    expect(await run(['sync', '--plan', 'none.json'])).toMatchObject({ code: 9 });
  });

  it('names the side of a stale plan that has changed, and the service', async () => {
    const { run, sandbox, folder, write } = await project();
    await run(['plan', '--out', 'plan.json']);
    const stale = async (): Promise<string> => {
      const { code, stderr } = await run(['sync', '--plan', 'plan.json']);
      expect(code).toBe(8);
      return stderr;
    };
    const diagnostics = { ...CONFIG.actions['add-diagnostics'], url: 'https://automation.example.com/new' };
    write({ ...CONFIG, actions: { ...CONFIG.actions, 'add-diagnostics': diagnostics } });
    expect(await stale()).toContain(
      'create `Add Diagnostics` on Checkout API (PCHKOUT): the config has changed (url)',
    );
    write({ ...CONFIG, services: { ...CONFIG.services, 'web-admin': { actions: [], prune: false } } });
    expect(await stale()).toContain('new in scope: web-admin (');
    write({ ...CONFIG, prune: true });
    expect(await stale()).toContain('Checkout API (PCHKOUT): `prune` is now on');
    write(CONFIG);
    await sandbox.edit({
      insert: {
        extensions: [{ id: 'PNEWONE', service: 'PCHKOUT', name: 'Theirs', url: 'https://x.example.com' }],
      },
    } as never);
    expect(await stale()).toContain('Checkout API (PCHKOUT): `Theirs` (PNEWONE) is now left alone');
    await run(['sync', '--yes']);
    await run(['plan', '--out', 'plan.json']);
    await sandbox.edit({ remove: ['PNEWONE'] } as never);
    expect(await stale()).toContain('Checkout API (PCHKOUT): `Theirs` (PNEWONE) was left alone then');
    await run(['plan', '--out', 'plan.json']);
    const saved = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8'));
    const { actions } = CONFIG;
    const query = { ...actions['add-diagnostics'], url: `${actions['add-diagnostics'].url}?env=prod` };
    write({ ...CONFIG, actions: { ...actions, 'add-diagnostics': query } });
    await run(['plan', '--out', 'plan.json']);
    write({
      ...CONFIG,
      actions: { ...actions, 'add-diagnostics': { ...query, url: query.url.replace('prod', 'test') } },
    });
    expect(await stale()).toContain(
      'something it does not show has changed (a literal header or query value',
    );
    write(CONFIG);
    const digest = `sha256:${'0'.repeat(64)}`;
    writeFileSync(join(folder, 'plan.json'), JSON.stringify({ ...saved, digest }));
    expect(await stale()).toContain('or the digest in the file was edited');
    const other = { ...saved, digest, account: 'umbrella', services: 7 };
    writeFileSync(join(folder, 'plan.json'), JSON.stringify(other));
    expect(await stale()).toContain('it was made for the account umbrella, but this is acme');
  });

  it('also names the service and the side of changes that a plan does not show, and renames by hand', async () => {
    const { run, sandbox, write } = await project();
    const theirs = { id: 'PTHEIRS', service: 'PCHKOUT', name: 'Theirs', url: 'https://x.example.com' };
    const edit = (more: object) =>
      sandbox.edit({ insert: { extensions: [{ ...theirs, ...more }] } } as never);
    await edit({});
    await run(['plan', '--out', 'plan.json']);
    const stale = async (): Promise<string[]> => {
      const { code, stderr } = await run(['sync', '--plan', 'plan.json']);
      expect(code).toBe(8);
      return stderr.split('\n').filter((row) => /^ {2}\w/.test(row));
    };
    await edit({ url: 'https://y.example.com' });
    expect(await stale()).toEqual([
      expect.stringContaining(
        'Checkout API (PCHKOUT): PagerDuty has changed in a part that a plan does not show',
      ),
    ]);
    await edit({ name: 'Ours' });
    expect(await stale()).toEqual(['  Checkout API (PCHKOUT): `Theirs` (PTHEIRS) is now called `Ours`']);
    await edit({});
    const restart = { ...CONFIG.actions['restart-server'], headers: { Authorization: '${OTHER:-x}' } };
    write({ ...CONFIG, actions: { ...CONFIG.actions, 'restart-server': restart } });
    expect(await stale()).toEqual([
      expect.stringContaining(
        'Checkout API (PCHKOUT): the config has changed in a part that a plan does not show',
      ),
    ]);
  });

  it('--expect-digest lets exactly the reviewed plan through', async () => {
    const { run } = await project();
    const { digest } = JSON.parse((await run(['plan', '--json'])).stdout);
    expect(await run(['sync', '--expect-digest', `sha256:${'0'.repeat(64)}`])).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('a digest cannot show what has changed'),
    });
    expect(await run(['sync', '--expect-digest', digest])).toMatchObject({ code: 0 });
  });

  it('--service limits the run, and a service outside the config is an error', async () => {
    const { run, sandbox } = await project();
    await run(['sync', '--yes', '--service', 'id:PIJ90N7']);
    expect(labelsOn(sandbox, 'PCHKOUT')).toEqual([]);
    expect(await run(['sync', '--yes', '--service', 'web-admin'])).toMatchObject({ code: 8 });
  });
});

describe('create', () => {
  const flags = ['create', '--label', 'Ping', '--url', 'https://automation.example.com/ping'];

  it('by flags alone, on several services', async () => {
    const { run, sandbox } = await project(null);
    const { code, stdout } = await run([
      ...flags,
      '--service',
      'Checkout API',
      '--service',
      'team:Payments',
      '--header-env',
      'Authorization=AUTOMATION_TOKEN',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatchSnapshot();
    for (const id of ['PCHKOUT', 'PPAYAPI', 'PPAYWRK']) expect(labelsOn(sandbox, id)).toEqual(['Ping']);
  });

  it('takes a login that only looks percent-encoded, and shows none of it', async () => {
    const { run, sandbox } = await project(null);
    const url = 'https://u:%zz-password@a.example.com/';
    const flags = ['--service', 'Checkout API', '--label', 'X', '--url', url, '--yes'];
    const { code, stdout, stderr } = await run(['create', ...flags]);
    expect(code).toBe(0);
    expect(stdout + stderr).not.toContain('zz-password');
    expect(sandbox.state().extensions.find(({ name }) => name === 'X')?.url).toBe(url);
  });

  it('takes the label of a template', async () => {
    const { run, sandbox } = await project(null);
    await run([
      'create',
      '-t',
      'revert-last-commit',
      '-u',
      'https://a.example.com/x',
      '-s',
      'Checkout API',
      '--json',
    ]);
    expect(labelsOn(sandbox, 'PCHKOUT')).toEqual(['Revert Last Commit']);
  });

  it('names every missing flag', async () => {
    const { run } = await project(null);
    const { code, stderr } = await run(['create', '--label', 'Ping']);
    expect(code).toBe(3);
    expect(stderr).toContain('create needs `--service` and `--url`');
  });

  it('refuses an existing label, and a full service', async () => {
    const { run, sandbox } = await project(null);
    const on = ['--service', 'web-admin', '--url', 'https://automation.example.com/x'];
    const twice = await run(['create', '--label', 'Page the vendor', ...on]);
    expect(twice).toMatchObject({ code: 8, stderr: expect.stringContaining('pdactions update PVENDOR') });
    await run(['create', '--label', 'A', ...on]);
    await run(['create', '--label', 'B', ...on]);
    const full = await run(['create', '--label', 'C', ...on]);
    expect(full.code).toBe(8);
    expect(full.stderr).toMatchSnapshot();
    expect(labelsOn(sandbox, 'PWEBADM')).toEqual(['A', 'B', 'Page the vendor']);
  });

  it('warns once about an endpoint that PagerDuty cannot reach', async () => {
    const { run } = await project(null);
    const argv = ['create', '-s', 'Checkout API', '-l', 'Ping', '-u', 'http://10.0.0.1/x'];
    const { code, stderr } = await run(argv);
    expect(code).toBe(0);
    expect(stderr.match(/warning: the host 10\.0\.0\.1/g)).toHaveLength(1);
  });

  it('knows the key of an action in the config', async () => {
    const { run, write } = await project();
    await run(['sync', '--yes']);
    const { code, stderr } = await run(['show', 'restart-server']);
    expect(code).toBe(8);
    expect(stderr).toContain('Did you mean `Restart Server`?');
    write({ ...CONFIG, actions: { rs: { ...CONFIG.actions['restart-server'] } }, services: {} });
    expect((await run(['show', 'rs'])).stderr).toContain('Did you mean `Restart Server`?');
    write('nonsense');
    expect((await run(['show', 'rs'])).stderr).toContain('Run `pdactions list` to see all actions.');
  });

  it.each([
    [['--label', 'Ping\u202e', '--url', 'https://a.example.com'], '--label'],
    [['--label', 'Ping', '--url', 'javascript:alert(1)'], '--url'],
    [['--label', 'Ping', '--url', 'https://a.example.com', '--header', 'Host: x'], '--header'],
    [['--label', 'Ping', '--url', 'https://a.example.com', '--header', 'nonsense'], '--header'],
    [
      ['--label', 'Ping', '--url', 'https://a.example.com', '--header-env', 'X=PAGERDUTY_TOKEN'],
      'credential',
    ],
    [['--label', 'Ping', '--url', 'https://a.example.com', '--header-env', 'X=NOT_SET'], 'NOT_SET'],
    [['--label', 'Ping', '--url', 'https://a.example.com', '-H', 'X: a', '-H', 'x: b'], 'twice'],
  ])('refuses %j', async (argv, flag) => {
    const { run, sandbox } = await project(null);
    const { code, stderr } = await run(['create', '--service', 'Checkout API', ...argv]);
    expect(code).toBe(3);
    expect(stderr).toContain(flag);
    expect(sandbox.log().commits).toEqual([]);
  });
});

describe('update', () => {
  it('refuses the label of another button on the service, and names a service with duplicates', async () => {
    const { run, sandbox } = await project(null);
    const twin = (id: string, name: string) => ({
      id,
      service: 'PCHKOUT',
      name,
      url: 'https://a.example.com',
    });
    await sandbox.edit({ insert: { extensions: [twin('PTWIN01', 'A'), twin('PTWIN02', 'B')] } });
    const before = sandbox.log().commits.length;
    expect(await run(['update', 'PTWIN02', '--label', 'A'])).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('PTWIN01 on Checkout API'),
    });
    expect(sandbox.log().commits).toHaveLength(before);
    await sandbox.edit({ insert: { extensions: [twin('PTWIN03', 'A')] } });
    const { stderr } = await run(['show', 'A']);
    expect(stderr).toContain('`A` is 2 times on Checkout API');
    expect(stderr).not.toContain('--service');
    const many = Array.from({ length: 25 }, (_, n) => twin(`PMANY${100 + n}`, 'M'));
    await sandbox.edit({ insert: { extensions: many } });
    expect((await run(['show', 'M'])).stderr).toContain('... and 5 more');
  });

  it('changes only what the flags say, and keeps headers that it cannot read', async () => {
    const { run, sandbox } = await project(null);
    const { code, stdout } = await run(['update', 'PVENDOR', '--label', 'Call the vendor']);
    expect(code).toBe(0);
    expect(stdout).toContain('✓ updated Call the vendor on web-admin (PWEBADM)  PVENDOR');
    expect(sandbox.state().extensions.find(({ id }) => id === 'PVENDOR')).toMatchObject({
      name: 'Call the vendor',
      url: 'https://vendor.example.com/page',
      headers: [{ name: 'X-Vendor-Key', value: 'vendor-key-of-the-demo' }],
    });
  });

  it('never loses a header silently', async () => {
    const { run, sandbox } = await project(null);
    const lost = await run(['update', 'PVENDOR', '--header', 'X-New: 1']);
    expect(lost).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('--header-env X-Vendor-Key=VARIABLE'),
    });
    expect(await run(['update', 'PVENDOR', '--remove-header', 'X-Other'])).toMatchObject({ code: 8 });
    expect(sandbox.log().commits).toEqual([]);
    expect(
      await run(['update', 'PVENDOR', '-H', 'X-New: 1', '--remove-header', 'X-Vendor-Key']),
    ).toMatchObject({ code: 0 });
    expect(sandbox.state().extensions.find(({ id }) => id === 'PVENDOR')?.headers).toEqual([
      { name: 'X-New', value: '1' },
    ]);
  });

  it('reports an up-to-date action, or a missing request for a change', async () => {
    const { run, sandbox } = await project(null);
    expect(await run(['update', 'PVENDOR', '--label', 'Page the vendor'])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('No changes.'),
    });
    expect(await run(['update', 'PVENDOR'])).toMatchObject({ code: 3 });
    expect(sandbox.log().commits).toEqual([]);
  });
});

describe('delete and enable', () => {
  it('delete demands --yes off a terminal, and then deletes', async () => {
    const { run, sandbox } = await project(null);
    expect(await run(['delete', 'Page the vendor'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('--yes'),
    });
    expect(labelsOn(sandbox, 'PWEBADM')).toEqual(['Page the vendor']);
    expect(await run(['delete', 'Page the vendor', '--yes'])).toMatchObject({ code: 0 });
    expect(labelsOn(sandbox, 'PWEBADM')).toEqual([]);
  });

  it('a label on several services needs the service', async () => {
    const { run, sandbox } = await project();
    await run(['sync', '--yes']);
    const many = await run(['delete', 'Add Diagnostics', '--yes']);
    expect(many).toMatchObject({ code: 8, stderr: expect.stringContaining('is on 2 services') });
    expect(await run(['delete', 'Add Diagnostics', '--service', 'Checkout API', '--yes'])).toMatchObject({
      code: 0,
    });
    expect(labelsOn(sandbox, 'PCHKOUT')).toEqual(['Restart Server']);
  });

  it('enable by id, by --all-disabled, and if nothing is disabled', async () => {
    const { run } = await project(null);
    expect((await run(['enable', 'PVENDOR'])).stderr).toContain('is not disabled');
    expect((await run(['enable', 'PDISABL'])).stdout).toContain('✓ enabled Add Diagnostics');
    expect((await run(['enable', '--all-disabled', '--yes'])).stderr).toContain('No changes.');
  });
});

describe('validate', () => {
  it('needs no token and no connection', async () => {
    const { run } = await project();
    expect(
      await run(['validate'], { env: { PAGERDUTY_TOKEN: '', PAGERDUTY_API_URL: 'http://127.0.0.1:9' } }),
    ).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('2 actions, 2 service selectors'),
    });
  });

  it('shows every problem at once, with its position', async () => {
    const folder = temporaryFolder();
    const config = { ...CONFIG, servises: {}, services: { 'Checkout API': ['restart-servr'] } };
    writeFileSync(join(folder, 'pdactions.config.json'), JSON.stringify(config, null, 2));
    const { code, stdout, stderr } = await runCli(['validate'], { cwd: folder });
    expect(code).toBe(4);
    expect(stdout).toBe('');
    expect(stderr.replaceAll(folder, '')).toMatchSnapshot();
  });

  it('gives the next step if there is no config', async () => {
    expect(await runCli(['validate'])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('--config'),
    });
  });
});

describe('--sandbox', () => {
  it('needs no token, keeps its data, and never sees the real one', async () => {
    const folder = temporaryFolder();
    const options = { cwd: folder, env: { PAGERDUTY_TOKEN: 'a-real-token' } };
    const create = [
      'create',
      '-s',
      'Checkout API',
      '-l',
      'Ping',
      '-u',
      'https://a.example.com/x',
      '--sandbox=box.json',
    ];
    expect(await runCli(create, options)).toMatchObject({ code: 0 });
    const listed = await runCli(['list', '--sandbox=box.json'], options);
    expect(listed.stdout).toContain('Ping');
    expect(listed.stderr).toContain('its data is in ~/box.json.');
    expect(readFileSync(join(folder, 'box.json'), 'utf8')).not.toContain('a-real-token');
    expect(await runCli(['list', '--sandbox', '--api-url', 'https://x.example'], options)).toMatchObject({
      code: 8,
    });
  });

  it('seed and reset', async () => {
    const folder = temporaryFolder();
    const seed = { account: 'tiny', teams: [], services: [{ id: 'PONLY01', name: 'Only' }], extensions: [] };
    writeFileSync(join(folder, 'seed.json'), JSON.stringify(seed));
    const run = (...argv: string[]) => runCli([...argv, '--sandbox=box.json'], { cwd: folder });
    expect(await run('sandbox', 'seed', 'seed.json')).toMatchObject({ code: 0 });
    expect(JSON.parse((await run('list', '--json')).stdout)).toMatchObject({
      account: 'tiny',
      services: [{ name: 'Only' }],
    });
    expect(await run('sandbox', 'reset')).toMatchObject({ code: 3 });
    expect(await run('sandbox', 'reset', '--yes')).toMatchObject({ code: 0 });
    expect(JSON.parse((await run('list', '--json')).stdout)).toMatchObject({ account: 'acme' });
    writeFileSync(join(folder, 'seed.json'), '{"account":5}');
    expect(await run('sandbox', 'seed', 'seed.json', '--yes')).toMatchObject({ code: 4 });
  });

  it('start reports an unused seed when data exists already', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'seed.json'), '{"account":"other"}');
    const interrupted = AbortSignal.abort();
    const once = () =>
      runCli(['sandbox', 'start', '--data', 'box.json', '--seed', 'seed.json'], { cwd: folder, interrupted });
    expect((await once()).stderr).not.toContain('warning');
    expect((await once()).stderr).toContain('box.json already contains an account, so the seed is not used');
  });

  it('start prints the lines for a shell, and ends on the signal', async () => {
    const stop = new AbortController();
    const folder = temporaryFolder();
    const running = runCli(['sandbox', 'start', '--data', 'box.json'], {
      cwd: folder,
      interrupted: stop.signal,
    });
    setTimeout(() => stop.abort(), 0);
    const { code, stdout } = await running;
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^export PAGERDUTY_API_URL=http:\/\/127\.0\.0\.1:\d+\nexport PAGERDUTY_TOKEN=\S+\n/,
    );
    expect(await runCli(['sandbox', 'start', '--host', '0.0.0.0'], { cwd: folder })).toMatchObject({
      code: 3,
    });
    expect(await runCli(['sandbox', 'start', '--switch', 'nope=1'], { cwd: folder })).toMatchObject({
      code: 3,
    });
  });
});
