import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { hasTools } from '../ci/tools.ts';
import { type Project, project } from './project.ts';

const PAGE = readFileSync(resolve(import.meta.dirname, '../../docs/from-terraform.md'), 'utf8');

/** The blocks of code in one language, in the order of the page. */
function blocks(language: string): string[] {
  return [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text = '']) => text,
  );
}

const [hcl = ''] = blocks('hcl');
const [config = ''] = blocks('yaml');

/** The extensions that the page's resources create: one for each service, parsed from the text. */
function made() {
  const every = [...(/toset\(\[(.*?)\]\)/.exec(hcl)?.[1] ?? '').matchAll(/"(.*?)"/g)].map(
    ([, name = '']) => name,
  );
  return [...hcl.matchAll(/^resource "pagerduty_extension" [\s\S]*?^\}/gm)].flatMap(([resource]) => {
    const value = (pattern: RegExp): string => pattern.exec(resource)?.[1] ?? '';
    const on = /for_each/.test(resource) ? every : [value(/restartable\["(.*?)"\]/)];
    const headers = [...resource.matchAll(/\{ name = "(.*?)", value = "(.*?)" \}/g)];
    return on.map((service) => ({
      service,
      name: value(/name\s+= "(.*?)"/),
      url: value(/endpoint_url\s+= "(.*?)"/),
      headers: headers.map(([, name = '', text = '']) => ({ name, value: text })),
    }));
  });
}

/** An account with exactly the extensions that Terraform made. */
function account(): Promise<Project> {
  const services = [...new Set(made().map(({ service }) => service))];
  const idOf = (name: string): string => `PSVC${services.indexOf(name)}`;
  return project(null, {
    seed: {
      account: 'acme',
      services: services.map((name) => ({ id: idOf(name), name })),
      extensions: made().map((one, index) => ({ ...one, id: `PEXT${index}`, service: idOf(one.service) })),
    },
  });
}

/** The import blocks that the page's command generates from a list. */
function imports(list: string): string {
  const filter = /jq -r '(\.services\[\]\n[^']*)'/.exec(PAGE)?.[1] ?? '';
  return spawnSync('jq', ['-r', filter], { input: list, encoding: 'utf8' }).stdout;
}

describe('docs/from-terraform.md', () => {
  it('has a Terraform example that this test can read', () => {
    expect(made().map(({ service, name, headers }) => [service, name, headers.length])).toEqual([
      ['Checkout API', 'Restart Server', 1],
      ['Search API', 'Restart Server', 1],
      ['Checkout API', 'Update Status Page', 0],
    ]);
  });

  it('shows a config that plans to no change after Terraform', async () => {
    const { run, folder, sandbox } = await account();
    writeFileSync(join(folder, 'pdactions.config.yaml'), config);
    const before = sandbox.log().commits.length;
    expect(await run(['plan', '--exit-code'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('No changes. 3 up to date'),
    });
    expect(await run(['sync', '--yes'])).toMatchObject({ code: 0 });
    expect(sandbox.log().commits).toHaveLength(before);
  });

  it('exports what the page shows, except how header values are composed', async () => {
    const { run, folder } = await account();
    const command = /pdactions (export .*)/.exec(PAGE)?.[1]?.split(' ') ?? [];
    expect(await run(command)).toMatchObject({ code: 0 });
    const exported = readFileSync(join(folder, 'pdactions.config.yaml'), 'utf8');
    const given = exported.replace('${AUTOMATION_AUTH}\n', 'Bearer ${AUTOMATION_TOKEN}\n');
    expect(given).not.toBe(exported);
    expect(parse(given)).toEqual(parse(config));
    const env = { AUTOMATION_AUTH: 'Bearer x' };
    expect(await run(['plan', '--exit-code'], { env })).toMatchObject({ code: 0 });
  });

  it.skipIf(!hasTools)('makes import blocks for the way back', async () => {
    const { run } = await account();
    const { stdout } = await run(['list', '--json']);
    expect(imports(stdout)).toBe(
      [
        'import {\n  to = pagerduty_extension.restart_server["Checkout API"]\n  id = "PEXT0"\n}\n',
        'import {\n  to = pagerduty_extension.restart_server["Search API"]\n  id = "PEXT1"\n}\n',
      ].join(''),
    );
  });

  it.skipIf(!hasTools)('uses no name as an HCL template on the way back', () => {
    const services = [
      { name: '${x} %{ if "y" }', actions: [{ id: 'PEXT0', label: 'Restart Server' }] },
      { name: 'a$b%c', actions: [{ id: 'PEXT1', label: 'Restart Server' }] },
    ];
    expect(imports(JSON.stringify({ services })).match(/\[.*\]/g)).toEqual([
      '["$${x} %%{ if \\"y\\" }"]',
      '["a$b%c"]',
    ]);
  });

  it.skipIf(!hasTools)(
    'distinguishes actions of Terraform from those made by hand, in modules too',
    async () => {
      const { run, folder, sandbox } = await account();
      await sandbox.edit({
        insert: {
          extensions: [{ id: 'PHAND', service: 'PSVC0', name: 'By hand', url: 'https://a.example.com/' }],
        },
      });
      const resource = (id: string, mode = 'managed') => ({
        mode,
        type: 'pagerduty_extension',
        values: { id },
      });
      const state = {
        format_version: '1.0',
        values: {
          root_module: {
            resources: [resource('PEXT0'), resource('PEXT1'), { mode: 'data', type: 'pagerduty_service' }],
            child_modules: [
              { resources: [resource('PEXT2'), resource('PSLACK'), resource('PDATA', 'data')] },
            ],
          },
        },
      };
      writeFileSync(join(folder, 'state.json'), JSON.stringify(state));
      writeFileSync(join(folder, 'list.json'), (await run(['list', '--json'])).stdout);
      const script = blocks('sh').find((text) => text.startsWith('terraform show -json | jq')) ?? '';
      const here = script
        .replace('terraform show -json', 'cat state.json')
        .replace('pdactions list --json', 'cat list.json');
      expect(spawnSync('sh', ['-ec', here], { cwd: folder, encoding: 'utf8' })).toMatchObject({
        stdout: 'PHAND\nPSLACK\n',
        stderr: '',
        status: 0,
      });
    },
  );
});
