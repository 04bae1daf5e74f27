import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pointedAt, runCli, temporaryFolder, testSandbox } from '../helpers/in-process.ts';

const SECRET = 'tf-state-s3cret-Zk5vQ';
const URL = 'https://automation.example.com/pagerduty/restart';
const SCHEMA = 'PCIASCHEMA';

type Json = Readonly<Record<string, unknown>>;

const extension = (address: string, values: Json): Json => ({
  address,
  mode: 'managed',
  type: 'pagerduty_extension',
  values: { extension_schema: SCHEMA, config: '{}', ...values },
});
const config = (value: string): string => JSON.stringify({ headers: [{ name: 'Authorization', value }] });
const service = (id: string, name: string): Json => ({
  address: `data.pagerduty_service.x["${name}"]`,
  mode: 'data',
  type: 'pagerduty_service',
  values: { id, name, html_url: `https://acme.pagerduty.com/service-directory/${id}` },
});
const schema = (id: string, name: string): Json => ({
  address: 'data.pagerduty_extension_schema.x',
  mode: 'data',
  type: 'pagerduty_extension_schema',
  values: { id, name },
});

/** for_each, count and a nested module; another schema; a service referenced by its id alone. */
const RESOURCES: readonly Json[] = [
  schema(SCHEMA, 'Custom Incident Action'),
  schema('PHOOKSCHEMA', 'Generic V2 Webhook'),
  service('PSVC0', 'Checkout API'),
  service('PSVC1', 'Search API'),
  ...['Checkout API', 'Search API'].map((name, index) =>
    extension(`pagerduty_extension.restart["${name}"]`, {
      id: `PEXT${index}`,
      name: 'Restart Server',
      endpoint_url: URL,
      extension_objects: [`PSVC${index}`],
      config: config(`Bearer ${SECRET}`),
    }),
  ),
  extension('pagerduty_extension.hook', {
    id: 'PHOOK',
    name: 'Hook',
    endpoint_url: 'https://hooks.example.com/',
    extension_objects: ['PSVC0'],
    extension_schema: 'PHOOKSCHEMA',
  }),
];
const MODULE = {
  address: 'module.web["eu"]',
  resources: [
    extension('module.web["eu"].pagerduty_extension.status[0]', {
      id: 'PEXT2',
      name: 'Update Status Page',
      endpoint_url: 'https://automation.example.com/pagerduty/status',
      extension_objects: ['PSVC2'],
    }),
  ],
};

const state = (more: Json = {}): Json => ({
  format_version: '1.0',
  terraform_version: '1.9.5',
  values: { root_module: { resources: RESOURCES, child_modules: [MODULE] } },
  ...more,
});

const plan = (value: string): Json => ({
  format_version: '1.2',
  terraform_version: '1.9.5',
  variables: { automation_token: { value } },
  prior_state: state(),
  planned_values: {
    root_module: {
      resources: [
        {
          address: 'pagerduty_extension.new',
          type: 'pagerduty_extension',
          mode: 'managed',
          values: { name: 'New' },
        },
      ],
    },
  },
  configuration: {
    root_module: {
      resources: [
        {
          address: 'pagerduty_extension.restart',
          expressions: { config: { references: ['var.automation_token'] } },
        },
      ],
    },
  },
});

/** The account that this state describes. */
function account() {
  const on = (id: string, on: string, name: string, url: string) => ({ id, service: on, name, url });
  return testSandbox({
    seed: {
      account: 'acme',
      services: ['Checkout API', 'Search API', 'Web EU'].map((name, index) => ({ id: `PSVC${index}`, name })),
      extensions: [
        ...['PSVC0', 'PSVC1'].map((id, index) => ({
          ...on(`PEXT${index}`, id, 'Restart Server', URL),
          headers: [{ name: 'Authorization', value: `Bearer ${SECRET}` }],
        })),
        on('PEXT2', 'PSVC2', 'Update Status Page', 'https://automation.example.com/pagerduty/status'),
      ],
    },
  });
}

function inFolder(document: unknown, name = 'state.json') {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, name), typeof document === 'string' ? document : JSON.stringify(document));
  return cwd;
}

describe('import terraform', () => {
  it('writes a config that plans to no change against the account, and prints how to release the state', async () => {
    const cwd = inFolder(state());
    const args = [
      'import',
      'terraform',
      'state.json',
      '-o',
      'pdactions.config.yaml',
      '--release',
      'removed.tf',
    ];
    const { code, stderr } = await runCli(args, { cwd });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(readFileSync(join(cwd, 'pdactions.config.yaml'), 'utf8')).toMatchInlineSnapshot(`
      "# yaml-language-server: $schema=./pdactions.schema.json
      # Variables to set before use:
      #   RESTART_SERVER_AUTHORIZATION (Authorization)

      account: acme
      actions:
        restart-server:
          label: Restart Server
          url: https://automation.example.com/pagerduty/restart
          headers:
            Authorization: \${RESTART_SERVER_AUTHORIZATION}
        update-status-page:
          label: Update Status Page
          url: https://automation.example.com/pagerduty/status
      services:
        id:PSVC2:
          - update-status-page
        Checkout API:
          - restart-server
        Search API:
          - restart-server
      prune: false
      "
    `);
    expect(readFileSync(join(cwd, 'pdactions.schema.json'), 'utf8')).toContain('urn:pdactions:config');
    const { stdout } = await runCli(['import', 'terraform', 'state.json'], { cwd: inFolder(state()) });
    expect(JSON.parse(stdout).$schema).toBeUndefined();
    expect(readFileSync(join(cwd, 'removed.tf'), 'utf8')).toMatchInlineSnapshot(`
      "removed {
        from = module.web.pagerduty_extension.status
        lifecycle {
          destroy = false
        }
      }

      removed {
        from = pagerduty_extension.restart
        lifecycle {
          destroy = false
        }
      }
      "
    `);
    expect(stderr).toMatchInlineSnapshot(`
      "Imported 2 definitions on 3 services.
      Hidden values and credentials are variables; set them before \`pdactions plan\`:
        RESTART_SERVER_AUTHORIZATION  Authorization of Restart Server and 1 other
        Actions that share a variable may have different values today; PagerDuty never returns them.
        A sync only sends these values when their action changes, or with \`--rotate-secrets\`.
      1 resource left in Terraform:
        pagerduty_extension.hook: it has another schema (Generic V2 Webhook)
      The \`removed\` blocks are in removed.tf.
      Next: check that \`pdactions plan --exit-code\` finds no changes, then make Terraform forget the actions.
      "
    `);
    const env = { ...pointedAt(await account()), RESTART_SERVER_AUTHORIZATION: 'anything-of-some-length' };
    const planned = await runCli(['plan', '--exit-code'], { cwd, env });
    expect(planned).toMatchObject({ code: 0 });
  });

  it('reads a plan: the variable behind a value becomes one of the environment', async () => {
    const cwd = inFolder(plan(SECRET));
    const { code, stdout, stderr } = await runCli(['import', 'terraform', 'state.json'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('"Authorization": "Bearer ${AUTOMATION_TOKEN}"');
    expect(stderr).toContain('pagerduty_extension.new: its values are known only after the next apply');
    expect(stdout + stderr).not.toContain(SECRET);
  });

  it('names the variable where PagerDuty has redacted the value', async () => {
    const text = JSON.stringify(plan('')).replaceAll(`Bearer ${SECRET}`, '--redacted--');
    const { stdout } = await runCli(['import', 'terraform', 'state.json'], { cwd: inFolder(text) });
    expect(stdout).toContain('"Authorization": "${AUTOMATION_TOKEN}"');
  });

  it('never shows half of a secret: a variable in the middle of a value becomes a variable of its own', async () => {
    const text = JSON.stringify(plan('automation')).replaceAll(`Bearer ${SECRET}`, `${SECRET}automation`);
    const { stdout, stderr } = await runCli(['import', 'terraform', 'state.json'], { cwd: inFolder(text) });
    expect(stdout).toContain('"Authorization": "${RESTART_SERVER_AUTHORIZATION}"');
    expect(stdout + stderr).not.toContain(SECRET);
  });

  it('reads the schema from the account if the file does not name it, and fails clearly if it cannot', async () => {
    const nameless = JSON.stringify(state()).replace(
      '"Custom Incident Action"',
      '"Custom Incident Action","id":"PX"',
    );
    const cwd = inFolder(nameless);
    const offline = await runCli(['import', 'terraform', 'state.json'], { cwd });
    expect(offline.stderr).toContain('the file does not name its schema PCIASCHEMA');
    const env = pointedAt(await account());
    const { stdout, stderr } = await runCli(['import', 'terraform', 'state.json'], { cwd, env });
    expect(Object.keys(JSON.parse(stdout).services)).toEqual(['id:PSVC2', 'Checkout API', 'Search API']);
    expect(stderr).not.toContain('does not name its schema');
  });

  it('writes commands for a Terraform without `removed` blocks, safe for a shell', async () => {
    const document = state({ terraform_version: '1.5.7' });
    const { stderr } = await runCli(['import', 'terraform', 'state.json'], { cwd: inFolder(document) });
    expect(stderr).toContain(`terraform state rm 'pagerduty_extension.restart["Checkout API"]'`);
    expect(stderr).toContain(`terraform state rm 'module.web["eu"].pagerduty_extension.status[0]'`);
  });

  it('reads standard input', async () => {
    const stdin = JSON.stringify(state());
    const { code, stdout } = await runCli(['import', 'terraform', '-'], { stdin, cwd: temporaryFolder() });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).account).toBe('acme');
  });

  it.each([
    ['a raw state', '{"version":4,"lineage":"1f","resources":[]}', 'raw state file', 'terraform show -json'],
    [
      'a truncated file',
      '{"format_version":"1.0","values":{"root',
      'it is truncated',
      'terraform show -json',
    ],
    ['an empty file', '', 'is empty', 'terraform show -json'],
    ['a Pulumi state', '{"version":3,"deployment":{}}', 'Pulumi', 'pdactions export'],
    ['a newer format', '{"format_version":"7.0","values":{}}', 'is newer', 'Update pdactions'],
    ['HCL', 'resource "pagerduty_extension" "x" {}', 'not JSON', 'terraform show -json'],
    ['an empty state', '{"format_version":"1.0","values":{}}', 'contains no resources', 'terraform init'],
  ])('%s gets the command to run instead', async (_, text, problem, fix) => {
    const { code, stdout, stderr } = await runCli(['import', 'terraform', 'state.json'], {
      cwd: inFolder(text),
    });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain(problem);
    expect(stderr).toContain(fix);
  });
});
