import { chmodSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Project, project } from './project.ts';

const YAML = `# Ours
actions:
  restart-server:
    label: Restart Server # the big one
    url: https://automation.example.com/restart
    headers: {Authorization: "Bearer \${AUTOMATION_TOKEN}"}
  other: {label: Other, url: "https://automation.example.com/\${UNSET_VARIABLE:-x}"}
services:
  Checkout API: [other]
`;

async function world(text = YAML): Promise<Project & { readonly file: string; readonly read: () => string }> {
  const own = await project(null);
  const file = join(own.folder, 'pdactions.config.yaml');
  writeFileSync(file, text);
  return { ...own, file, read: () => readFileSync(file, 'utf8') };
}

describe('add', () => {
  it('adds an action to services, shows the lines, the undo command, and the plan', async () => {
    const own = await world();
    const { code, stdout, stderr } = await own.run([
      'add',
      'restart-server',
      '--to',
      'Checkout API',
      '--to',
      'web-*',
    ]);
    expect(code).toBe(0);
    expect(own.read()).toBe(YAML.replace('[other]', '[other, restart-server]\n  web-*: [restart-server]'));
    expect(stdout).toContain(
      '-   Checkout API: [other]\n+   Checkout API: [other, restart-server]\n+   web-*: [restart-server]',
    );
    expect(stdout).toContain('+ restart-server');
    expect(stderr).toContain(
      "Undo with `pdactions remove restart-server --from 'Checkout API' --from 'web-*'`",
    );
    expect(own.sandbox.log().commits).toEqual([]);
    await own.run(['remove', 'restart-server', '--from', 'Checkout API', '--from', 'web-*']);
    expect(own.read()).toBe(YAML);
  });

  it('defines a new action, and undoes that as well', async () => {
    const own = await world();
    const define = ['--label', 'Drain', '--url', 'https://automation.example.com/drain'];
    const header = ['--header-env', 'X-Key=AUTOMATION_TOKEN'];
    expect((await own.run(['add', 'drain', '--to', 'web-*', ...define, ...header])).code).toBe(0);
    expect(own.read()).toContain('  drain:\n    label: Drain\n');
    expect(own.read()).toContain('X-Key: ${AUTOMATION_TOKEN}');
    expect((await own.run(['validate'])).code).toBe(0);
    expect((await own.run(['remove', 'drain', '--definition'])).code).toBe(0);
    expect(own.read()).toBe(YAML);
  });

  it('writes nothing with --dry-run, or if everything exists', async () => {
    const own = await world();
    const dry = await own.run(['add', 'restart-server', '--to', 'web-*', '--dry-run']);
    expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining('+   web-*: [restart-server]') });
    expect(dry.stderr).toContain('Nothing was written');
    expect(await own.run(['add', 'other', '--to', 'Checkout API'])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('No changes.'),
    });
    expect(own.read()).toBe(YAML);
  });

  it('prints a document', async () => {
    const { run } = await world();
    const { stdout } = await run(['add', 'restart-server', '--to', 'web-*', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      command: 'add',
      file: 'pdactions.config.yaml',
      dryRun: false,
      removed: [],
      added: ['  web-*: [restart-server]'],
      undo: "pdactions remove restart-server --from 'web-*'",
    });
  });

  it('needs no variables, no account and no token for the change itself', async () => {
    const own = await world();
    const env = { PAGERDUTY_TOKEN: '', AUTOMATION_TOKEN: '' };
    const { code, stderr } = await own.run(['add', 'restart-server', '--to', 'web-*'], { env });
    expect(code).toBe(0);
    expect(own.read()).toContain('web-*: [restart-server]');
    expect(stderr).toContain('Next: `pdactions plan');
  });

  it.each<[string, readonly string[], number, string]>([
    ['no services', ['add', 'other'], 3, 'needs `--to`'],
    ['an unknown key', ['add', 'restart-sever', '--to', 'x'], 3, 'Did you mean `restart-server`?'],
    ['half a definition', ['add', 'x', '--to', 'x', '--label', 'X'], 3, 'both `--label` and `--url`'],
    [
      'a key that is taken',
      ['add', 'other', '--to', 'x', '--label', 'X', '--url', 'https://x.example.com'],
      3,
      'already',
    ],
    ['no selector', ['add', 'other', '--to', 'id:x'], 3, 'not a PagerDuty id'],
    [
      'a bad label',
      ['add', 'x', '--to', 'x', '--label', ' ', '--url', 'https://x.example.com'],
      4,
      'the label is empty',
    ],
    [
      'a key that is not on a service',
      ['remove', 'restart-server'],
      3,
      'Pass `--definition` to remove its definition',
    ],
    ['another service', ['remove', 'other', '--from', 'Checkout APY'], 3, 'Did you mean `Checkout API`?'],
    ['a definition in use', ['remove', 'other', '--definition', '--from', 'x'], 3, 'no entry `x`'],
    ['an unknown key to remove', ['remove', 'othr'], 3, 'Did you mean `other`?'],
  ])('refuses %s, and writes nothing', async (_, argv, code, text) => {
    const own = await world();
    expect(await own.run(argv)).toMatchObject({ code, stderr: expect.stringContaining(text) });
    expect(own.read()).toBe(YAML);
  });

  it('refuses a fourth action for a service, with the position', async () => {
    const many = YAML.replace('[other]', '[other, b, c]').replace(
      '  other:',
      '  b: {label: B, url: "https://b.example.com"}\n  c: {label: C, url: "https://c.example.com"}\n  other:',
    );
    const own = await world(many);
    const { code, stderr } = await own.run(['add', 'restart-server', '--to', 'Checkout API']);
    expect(code).toBe(4);
    expect(stderr).toContain('more than three actions for one service');
    expect(own.read()).toBe(many);
  });

  it('refuses a generated file and code, and shows what to write', async () => {
    const own = await world(`# Generated by make-config; do not edit.\n${YAML}`);
    const refused = await own.run(['add', 'restart-server', '--to', 'web-*']);
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('is marked as generated') });
    expect(refused.stderr).toContain('"restart-server" in the list of `"web-*"` under `services`');
    const code = await project(null);
    writeFileSync(join(code.folder, 'pdactions.config.ts'), 'export default {}');
    const script = await code.run(['add', 'a', '--to', 'web-*']);
    expect(script).toMatchObject({ code: 4, stderr: expect.stringContaining('code is never loaded') });
    expect(script.stderr).toContain('To do it by hand: "a" in the list of `"web-*"`');
  });

  it('refuses an edit that would change anything else', async () => {
    const text = YAML.replace('[other]', '&list [other]\n  web-a: *list');
    const own = await world(text);
    const { code, stderr } = await own.run(['add', 'restart-server', '--to', 'web-a']);
    expect([code, stderr]).toEqual([
      4,
      expect.stringContaining('cannot be changed without changing something else'),
    ]);
    expect(own.read()).toBe(text);
  });

  it('keeps the mode of the file, and a link to it', async () => {
    const own = await world();
    chmodSync(own.file, 0o640);
    symlinkSync('pdactions.config.yaml', join(own.folder, 'link.yaml'));
    await own.run(['add', 'restart-server', '--to', 'web-*', '--config', 'link.yaml']);
    expect(own.read()).toContain('web-*: [restart-server]');
    expect(statSync(own.file).mode & 0o777).toBe(0o640);
    expect(readFileSync(join(own.folder, 'link.yaml'), 'utf8')).toBe(own.read());
  });
});

describe('remove', () => {
  it('keeps an entry that prune needs, and shows what would be deleted', async () => {
    const own = await world(`${YAML}prune: true\n`);
    await own.run(['remove', 'other', '--from', 'Checkout API']);
    expect(own.read()).toContain('  Checkout API: []\nprune: true\n');
  });

  it('removes from all services without --from', async () => {
    const own = await world(YAML.replace('[other]', '[other]\n  web-*:\n    - other\n    - restart-server'));
    const { stderr } = await own.run(['remove', 'other']);
    expect(own.read()).toBe(YAML.replace('  Checkout API: [other]', '  web-*:\n    - restart-server'));
    expect(stderr).toContain("Undo with `pdactions add other --to 'Checkout API' --to 'web-*'`");
  });
});
