import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, temporaryFolder } from '../helpers/in-process.ts';
import { CONFIG, project } from './project.ts';

const SECRETS = { PAGE_THE_VENDOR_X_VENDOR_KEY: 'x', RESTART_SERVER_AUTHORIZATION: 'y' };

describe('export', () => {
  it.each(['json', 'yaml'])('as %s, and its output syncs to no change', async (format) => {
    const { run, folder, sandbox } = await project();
    await run(['sync', '--yes']);
    const { code, stdout, stderr } = await run(['export', '--format', format]);
    expect(code).toBe(0);
    expect(stdout).toMatchSnapshot();
    expect(stderr).toMatchSnapshot();
    writeFileSync(join(folder, `adopted.${format}`), stdout);
    const before = sandbox.log().commits.length;
    const plan = await run(['plan', '--exit-code', '--config', `adopted.${format}`], { env: SECRETS });
    expect(plan).toMatchObject({ code: 0, stdout: expect.stringContaining('No changes.') });
    expect(await run(['sync', '--config', `adopted.${format}`], { env: SECRETS })).toMatchObject({ code: 0 });
    expect(sandbox.log().commits).toHaveLength(before);
  });

  it('writes a file for its owner alone, and only some services', async () => {
    const { run, folder } = await project(null);
    expect(await run(['export', '-s', 'web-admin', '-o', 'pdactions.config.yaml'])).toMatchObject({
      code: 0,
      stdout: '',
    });
    expect(readFileSync(join(folder, 'pdactions.config.yaml'), 'utf8')).toContain(
      'web-admin:\n    - page-the-vendor',
    );
    expect(statSync(join(folder, 'pdactions.config.yaml')).mode & 0o777).toBe(0o600);
  });

  it('without headers, plans to no change without variables', async () => {
    const { run } = await project(null);
    await run(['export', '--no-headers', '-o', 'pdactions.config.yaml']);
    const { code, stdout, stderr } = await run(['plan', '--exit-code']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Headers of 1 action are not in the config and stay unchanged.');
  });

  it('never replaces a file silently', async () => {
    const { run, folder } = await project(null);
    const file = join(folder, 'mine.json');
    writeFileSync(file, 'mine');
    expect(await run(['export', '-o', 'mine.json'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('mine.json already exists'),
    });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(await run(['export', '-o', 'mine.json', '--yes'])).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).toContain('Page the vendor');
  });

  it('names everything it left out, with the reason', async () => {
    const { run, sandbox } = await project(null);
    await sandbox.edit({
      insert: {
        extensions: [
          { id: 'PTWIN01', service: 'PCHKOUT', name: 'Twin', url: 'https://a.example.com' },
          { id: 'PTWIN02', service: 'PCHKOUT', name: 'Twin', url: 'https://b.example.com' },
        ],
      },
    });
    const { stderr } = await run(['export']);
    expect(stderr).toContain('2 actions could not be declared');
    expect(stderr).toContain('Twin (PTWIN01): Checkout API has 2 actions with this label');
  });

  it('names services in comments, and uses one variable for a header or none at all', async () => {
    const { run, sandbox } = await project(null);
    await sandbox.edit({
      insert: {
        services: [{ id: 'PTWIN', name: 'web-\u202e*\n##[error]x' }],
        extensions: [
          {
            id: 'PSTAR01',
            service: 'PTWIN',
            name: 'Star',
            url: 'https://u:p@a.example.com/?token=secret-of-the-url',
            headers: { 'X-Vendor-Key': 'k' },
          },
        ],
      },
    });
    const yaml = await run(['export', '--format', 'yaml', '--header-env', 'x-vendor-key=VENDOR_KEY']);
    expect(yaml.stdout).toContain('  # web-\\u202e* ##\\u005berror]x\n  id:PTWIN:\n');
    expect(yaml.stdout).toContain('X-Vendor-Key: ${VENDOR_KEY}\n');
    expect(yaml.stdout).toContain('url: https://${STAR_LOGIN}@a.example.com/?token=${STAR_TOKEN}\n');
    expect(yaml.stderr).toMatchSnapshot();
    const bare = await run(['export', '--no-headers']);
    expect(bare.stdout).not.toContain('headers');
    expect(await run(['export', '--header-env', 'X=GITHUB_TOKEN'])).toMatchObject({ code: 3 });
    expect(await run(['export', '--header-env', 'bad name=X'])).toMatchObject({ code: 3 });
    expect(await run(['export', '--no-headers', '--header-env', 'A=B'])).toMatchObject({ code: 3 });
  });

  const SLACK = 'https://hooks.slack.com/services/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';
  const withSlack = async () => {
    const made = await project(null);
    await made.sandbox.edit({
      insert: {
        services: [{ id: 'PLIT', name: 'Literal' }],
        extensions: [{ id: 'PSLACK1', service: 'PLIT', name: 'Tell Slack', url: `${SLACK}?n=%0A#x` }],
      },
    });
    return made;
  };

  it.each([
    ['export', ['export', '--no-headers', '-o', 'pdactions.config.yaml']],
    ['init', ['init', '--from-account', '--format', 'yaml']],
  ])('%s names likely secrets, and makes variables of them on request', async (_, command) => {
    const { run, folder } = await withSlack();
    const read = (): string => readFileSync(join(folder, 'pdactions.config.yaml'), 'utf8');
    const literal = await run(command);
    expect(literal.stderr).toContain(
      '(`--redact` uses variables instead):\n  actions.tell-slack.url  path, part 4\n',
    );
    expect(literal.stderr).not.toContain('aB3dE6');
    expect(read()).toContain(
      '#   actions.tell-slack.url: path, part 4\n#   actions.tell-slack.url: fragment\n',
    );
    expect(read()).toContain(`url: ${SLACK}?n=%0A#x`);
    const redacted = await run([...command, '--redact', '--yes']);
    expect(redacted.stderr).toContain('TELL_SLACK_PATH_4  path 4 of Tell Slack');
    expect(read()).toContain('#   TELL_SLACK_PATH_4 (path 4)\n');
    expect(read()).not.toContain('aB3dE6');
    const env = { TELL_SLACK_PATH_4: 'aB3dE6gH9jK2mN5pQ8sT1vW4', TELL_SLACK_FRAGMENT: 'x' };
    expect(await run(['plan', '--exit-code'], { env })).toMatchObject({ code: 0 });
  });

  it('has no variables to make in an example', async () => {
    const { run } = await project(null);
    expect(await run(['init', '--redact', '--format', 'yaml'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('--from-account'),
    });
  });

  it('refuses CSV', async () => {
    const { run } = await project(null);
    expect(await run(['export', '--format', 'csv'])).toMatchObject({ code: 3 });
  });
});

describe('slots', () => {
  it.each(['table', 'json', 'csv', 'markdown'])('as %s', async (format) => {
    const { run } = await project({
      ...CONFIG,
      services: { 'web-admin': ['restart-server', 'add-diagnostics'], 'Search API': ['add-diagnostics'] },
    });
    const { code, stdout } = await run(['slots', '--format', format]);
    expect(code).toBe(0);
    expect(stdout).toMatchSnapshot();
  });

  it('on a terminal', async () => {
    const { run } = await project();
    const { stdout } = await run(['slots', '--no-color'], { terminal: true, columns: 120 });
    expect(stdout).toMatchSnapshot();
  });

  it('a fourth button holds its slot, and does not look like a waiting one', async () => {
    const { run, sandbox } = await project(null);
    await sandbox.edit({
      insert: {
        extensions: ['A', 'B', 'C', 'D'].map((name, index) => ({
          id: `PFOUR${index}`,
          service: 'PCHKOUT',
          name,
          url: 'https://a.example.com',
        })),
      },
    });
    const { stdout } = await run(['slots', '-s', 'Checkout API']);
    expect(stdout.split('\n')[0]).toBe('Checkout API\t●●●●\tA\tB\tC\tD (slot 4)\tPCHKOUT');
  });

  it('needs no config, and a selector of the config that matches nothing does not matter', async () => {
    const { run, write } = await project(null);
    expect(await run(['slots', '--json'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"config": false'),
    });
    write({ ...CONFIG, services: { 'No such': ['restart-server'] } });
    const { code, stderr } = await run(['slots']);
    expect(code).toBe(0);
    expect(stderr).toContain('declared actions are not shown');
  });

  it('reads only labels from the config: no variable must be set, and no endpoint is checked', async () => {
    const inside = { label: 'Inside', url: 'https://10.0.0.1/${HOOK}', headers: { 'X-Key': '${KEY}' } };
    const { run, write } = await project({ actions: { inside }, services: { 'Search API': ['inside'] } });
    const { code, stdout, stderr } = await run(['slots', '-s', 'Search API']);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toContain('Search API\t●○○\tAdd Diagnostics (unmanaged, disabled)\t\t\tInside\t');
    write({ actions: { inside }, services: 'Search API' });
    expect(await run(['slots'])).toMatchObject({ code: 4, stderr: expect.stringContaining('services') });
  });
});

describe('init', () => {
  it.each([
    ['yaml', []],
    ['json', ['--format', 'json']],
  ])('writes a first %s config that is valid, and never overwrites it', async (format, flags) => {
    const cwd = temporaryFolder();
    const file = join(cwd, `pdactions.config.${format}`);
    expect(await runCli(['init', ...flags], { cwd })).toMatchObject({ code: 0 });
    expect(await runCli(['validate'], { cwd })).toMatchObject({ code: 0 });
    expect(statSync(file).mode & 0o044).toBe(0o044);
    writeFileSync(file, 'mine');
    expect(await runCli(['init', ...flags], { cwd })).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('--yes'),
    });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(await runCli(['init', '--yes', ...flags], { cwd })).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).not.toBe('mine');
  });

  it('--ci writes the documented examples where each system looks for them', async () => {
    const cwd = temporaryFolder();
    expect(await runCli(['init', '--ci', 'github', '--ci', 'shell'], { cwd })).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('check the branch, the paths'),
    });
    const example = (name: string) => readFileSync(join(import.meta.dirname, '../../docs/ci', name), 'utf8');
    for (const part of ['plan', 'apply', 'drift']) {
      const written = readFileSync(join(cwd, `.github/workflows/pagerduty-${part}.yml`), 'utf8');
      expect(written).toBe(example(`github-${part}.yml`));
    }
    expect(readFileSync(join(cwd, 'pdactions.sh'), 'utf8')).toBe(example('pdactions.sh'));
    expect(statSync(join(cwd, 'pdactions.sh')).mode & 0o111).toBe(0o111);
    expect(await runCli(['init', '--ci', 'jenkins'], { cwd })).toMatchObject({ code: 3 });
    for (const system of ['gitlab', 'circleci']) {
      expect(await runCli(['init', '--yes', '--ci', system], { cwd })).toMatchObject({ code: 0 });
    }
  });

  it('--ci alone adds its files beside an existing config, and leaves the config unchanged', async () => {
    const cwd = temporaryFolder();
    const file = join(cwd, 'pdactions.config.json');
    writeFileSync(file, 'mine');
    for (const flags of [[], ['--yes']]) {
      expect(await runCli(['init', '--ci', 'gitlab', ...flags], { cwd })).toMatchObject({
        code: 0,
        stderr: expect.stringContaining('pdactions.config.json already exists and stays unchanged.'),
      });
    }
    expect(readdirSync(cwd).sort()).toEqual(['.gitlab-ci.yml', 'pdactions.config.json']);
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(await runCli(['init', '--ci', 'gitlab'], { cwd })).toMatchObject({ code: 3 });
  });

  it('makes no second config beside one of another name, because only one of the two would count', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, '.pdactionsrc'), 'mine');
    for (const flags of [
      [],
      ['--yes'],
      ['--format', 'json', '--ci', 'shell'],
      ['--from-account', '--sandbox=d.json'],
    ]) {
      expect(await runCli(['init', ...flags], { cwd })).toMatchObject({
        code: 3,
        stderr: expect.stringContaining('.pdactionsrc already exists'),
      });
    }
    expect(readdirSync(cwd)).toEqual(['.pdactionsrc']);
    expect(await runCli(['init', '--config', 'other.yaml'], { cwd })).toMatchObject({ code: 0 });
  });

  it('--from-account writes the live actions', async () => {
    const { run, folder } = await project(null);
    expect(await run(['init', '--from-account'])).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, 'pdactions.config.yaml'), 'utf8')).toContain('Page the vendor');
    expect(await run(['plan', '--exit-code'], { env: SECRETS })).toMatchObject({ code: 0 });
  });
});

describe('the schema beside a config', () => {
  it.each([
    [['init', '--format', 'json', '--no-input'], 'pdactions.config.json'],
    [['export', '-o', 'configs.json'], 'configs.json'],
  ])('%j: the reference leads to it, and it names itself', async (argv, config) => {
    const { run, folder } = await project(null);
    expect((await run(argv)).code).toBe(0);
    const { $schema } = JSON.parse(readFileSync(join(folder, config), 'utf8')) as { $schema: string };
    const schema = JSON.parse(readFileSync(join(folder, $schema), 'utf8')) as { $id: string };
    expect(schema.$id).toBe('urn:pdactions:config');
  });

  it.each([
    [undefined, undefined],
    ['pdactions.schema.json', './pdactions.schema.json'],
    ['node_modules/pdactions/schema.json', './node_modules/pdactions/schema.json'],
  ])('of a config on standard output is named if the folder has one: %s', async (file, reference) => {
    const { run, folder } = await project(null);
    if (file !== undefined) {
      mkdirSync(join(folder, dirname(file)), { recursive: true });
      writeFileSync(join(folder, file), '{}');
    }
    const { $schema } = JSON.parse((await run(['export'])).stdout) as { $schema?: string };
    expect($schema).toBe(reference);
    const yaml = (await run(['export', '--format', 'yaml'])).stdout;
    expect(yaml.match(/\$schema=(.*)/)?.[1]).toBe(reference);
    expect(readdirSync(folder)).toEqual(file === undefined ? [] : [file.replace(/\/.*/, '')]);
  });

  it('is not overwritten', async () => {
    const { run, folder } = await project(null);
    writeFileSync(join(folder, 'pdactions.schema.json'), '{}');
    await run(['init', '--format', 'yaml', '--no-input']);
    expect(readFileSync(join(folder, 'pdactions.schema.json'), 'utf8')).toBe('{}');
  });
});
