/** The output of `slots --html` without a browser; test/browser/slots-page.test.ts covers the rest. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Picture } from '../../src/ui/render/slots-page/picture.ts';
import { runCli, temporaryFolder } from '../helpers/in-process.ts';
import { frugalPagerDuty, otherServer } from './other-server.ts';
import { CANARY, CONFIG, type Project, project } from './project.ts';

const htmlOf = (own: Project): string => readFileSync(join(own.folder, 'slots.html'), 'utf8');

function pictureIn(html: string): Picture {
  const [, json = ''] = /<script type="application\/json" id="picture">([^<]*)<\/script>/.exec(html) ?? [];
  return JSON.parse(json) as Picture;
}

const URL = 'https://automation.example.com/x';

it('contains every kind of slot, with the reason', async () => {
  const extensions = [
    { id: 'PDECLAR', service: 'PONE', name: 'Restart Server', url: URL },
    { id: 'PFORMER', service: 'PTWO', name: 'Former', url: URL },
    { id: 'PHAND01', service: 'PONE', name: 'By hand', url: URL, disabled: true },
  ];
  const seed = {
    account: 'acme',
    teams: [{ id: 'PTEAM', name: 'Payments' }],
    services: [
      { id: 'PONE', name: 'One', teams: ['PTEAM'] },
      { id: 'PTWO', name: 'Two' },
      { id: 'PTHREE', name: 'Three' },
    ],
    extensions,
  };
  const restart = { label: 'Restart Server', url: URL, renamedFrom: 'Former' };
  const own = await project(
    {
      actions: { restart },
      services: { 'id:PONE': ['restart'], 'id:PTWO': ['restart'], 'id:PTHREE': ['restart'] },
    },
    { seed: seed as never },
  );
  expect(await own.run(['slots', '--html', 'slots.html'])).toMatchObject({ code: 0, stdout: '' });
  const { services, ...picture } = pictureIn(htmlOf(own));
  expect(picture).toMatchObject({
    account: 'acme',
    config: true,
    teams: ['Payments'],
    definitions: [{ name: 'restart', services: 2 }],
    held: 3,
    free: 6,
    marks: [
      { mark: 'free', services: 3 },
      { mark: 'full', services: 0 },
      { mark: 'waiting', services: 1 },
      { mark: 'unmanaged', services: 1 },
      { mark: 'disabled', services: 1 },
    ],
  });
  expect(services).toMatchObject([
    {
      id: 'PONE',
      teams: [0],
      marks: ['free', 'unmanaged', 'disabled'],
      slots: [
        { label: 'Restart Server', definition: 0, marks: [], why: [] },
        {
          label: 'By hand',
          definition: null,
          marks: ['unmanaged', 'disabled'],
          why: [expect.stringContaining('pdactions enable PHAND01')],
        },
      ],
    },
    { id: 'PTHREE', slots: [], waiting: ['Restart Server'], marks: ['free', 'waiting'] },
    { id: 'PTWO', slots: [{ label: 'Former', definition: 0 }], waiting: [] },
  ]);
});

it('shows the description of declared actions: in the page, in JSON, and on a terminal', async () => {
  const action = { label: 'Restart Server', url: URL, description: 'Restarts <one> host' };
  const perService = { ...action, label: 'Look at ${service.name}', description: 'Adds diagnostics' };
  const own = await project(
    {
      actions: { restart: action, look: perService, plain: { label: 'Plain', url: URL } },
      services: { 'id:PONE': ['restart', 'look', 'plain'] },
    },
    {
      seed: {
        account: 'acme',
        services: [{ id: 'PONE', name: 'One' }],
        extensions: [
          { id: 'PDECLAR', service: 'PONE', name: 'Restart Server', url: URL },
          { id: 'PHAND01', service: 'PONE', name: 'By hand', url: URL },
        ],
      } as never,
    },
  );
  await own.run(['slots', '--html', 'slots.html']);
  const html = htmlOf(own);
  const { definitions } = pictureIn(html);
  expect(definitions).toMatchObject([
    { name: 'restart', description: expect.stringMatching(/^Restarts <one> host/) },
  ]);
  expect(html).toContain('<small><bdi>Restarts &lt;one&gt; host');

  const json = JSON.parse((await own.run(['slots', '--json'])).stdout);
  expect(json.services[0].slots).toMatchObject([
    { label: 'Restart Server', description: definitions[0]?.description },
    { label: 'By hand', description: null },
  ]);

  const { stderr } = await own.run(['slots'], { terminal: true });
  expect(stderr).toContain('  Restart Server  Restarts <one> host');
  expect(stderr).toContain('  look  Adds diagnostics');
  expect(stderr).not.toContain('Plain');
});

it('marks shared, unknown and unreadable actions, each with the reason', async () => {
  const api = frugalPagerDuty([
    { id: 'PA', name: 'Alpha' },
    { id: 'PB', name: 'Bravo' },
  ]);
  const on = (...ids: string[]) => ({
    extension_objects: ids.map((id) => ({ id, summary: `Service ${id}` })),
  });
  const healthy = {
    type: 'webhook',
    endpoint_url: URL,
    extension_schema: { id: 'PSCHEMA' },
    config: {},
    temporarily_disabled: false,
  };
  const add = (id: string, more: object) => api.extensions.set(id, { ...healthy, id, name: id, ...more });
  add('PBOTH', on('PA', 'PB'));
  add('PTYPE', { ...on('PA'), type: 'strange' });
  add('PODD', { ...on('PA'), config: { headers: 'none' } });
  const { url } = await otherServer((call) => api.reply(call));
  const cwd = temporaryFolder();
  const env = { PAGERDUTY_TOKEN: 'u+Canary7wQz4kLm9xZ2', PAGERDUTY_API_URL: url };
  expect(await runCli(['slots', '--html', 'slots.html'], { cwd, env })).toMatchObject({ code: 0 });
  const { services } = pictureIn(readFileSync(join(cwd, 'slots.html'), 'utf8'));
  const slots = Object.fromEntries((services[0]?.slots ?? []).map((slot) => [slot.id, slot]));
  expect(slots).toMatchObject({
    PBOTH: { marks: ['shared'], why: ['on several services: Service PA, Service PB'], definition: null },
    PTYPE: { marks: ['unreadable'], why: ['unsupported type'], definition: null },
    PODD: { marks: ['unreadable'], why: [expect.stringContaining('headers')], definition: null },
  });
  expect(services[0]?.marks).toEqual(['full', 'shared', 'unreadable']);
});

it('colours labels without a config, and calls nothing unmanaged', async () => {
  const own = await project(null);
  await own.run(['slots', '--html', 'slots.html']);
  const { definitions, marks, services } = pictureIn(htmlOf(own));
  expect(definitions.map(({ name }) => name)).toContain('Add Diagnostics');
  expect(marks.map(({ mark }) => mark)).not.toContain('unmanaged');
  expect(services.flatMap(({ slots }) => slots).every(({ definition }) => definition !== null)).toBe(true);
});

it('runs only its own script and style, by their hashes', async () => {
  const own = await project();
  await own.run(['slots', '--html', 'slots.html']);
  const html = htmlOf(own);
  const hash = (text = '') => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const [, css] = /<style>([\s\S]*?)<\/style>/.exec(html) ?? [];
  const [, js] = /<script type="module">([\s\S]*?)<\/script>/.exec(html) ?? [];
  const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
  expect(policy.split('; ')).toEqual([
    "default-src 'none'",
    `script-src ${hash(js)}`,
    `style-src ${hash(css)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  expect(html.match(/<(?:script|style)\b/g)).toHaveLength(3);
});

it('contains no secret, not even one inside a name', async () => {
  const own = await project(CONFIG);
  await own.sandbox.edit({
    insert: { extensions: [{ id: 'PLEAK01', service: 'PCHKOUT', name: `Key ${CANARY}`, url: URL }] },
  });
  await own.run(['slots', '--html', 'slots.html']);
  expect(htmlOf(own)).toContain('Key ');
  expect(htmlOf(own)).not.toContain(CANARY);
});

it('sends one request more, for the names of the teams, and shows ids if the token may not read them', async () => {
  const own = await project(null);
  const requestsOf = async (argv: readonly string[]): Promise<string[]> => {
    const before = own.sandbox.log().requests.length;
    await own.run(argv);
    return own.sandbox
      .log()
      .requests.slice(before)
      .map(({ path }) => path);
  };
  const plain = await requestsOf(['slots']);
  const page = await requestsOf(['slots', '--html', 'slots.html']);
  expect(page.toSorted()).toEqual([...plain, '/teams'].sort());
  expect(pictureIn(htmlOf(own)).teams).toContain('Payments');
  own.sandbox.setFaults([
    { action: 'status', status: 403, match: { method: 'GET', path: '/teams' }, times: 'always' },
  ]);
  expect(await own.run(['slots', '--html', 'slots.html'])).toMatchObject({ code: 0 });
  expect(pictureIn(htmlOf(own)).teams.every((name) => /^team P\w+$/.test(name))).toBe(true);
});

it('is written whole or not at all, for its owner alone, and beside a requested document', async () => {
  const own = await project(null);
  const file = join(own.folder, 'slots.html');
  writeFileSync(file, 'the one of yesterday');
  own.sandbox.setFaults([
    { action: 'status', status: 403, match: { method: 'GET', path: '/services' }, times: 'always' },
  ]);
  expect((await own.run(['slots', '--html', 'slots.html'])).code).toBe(5);
  expect(readFileSync(file, 'utf8')).toBe('the one of yesterday');
  expect(readdirSync(own.folder)).toEqual(['slots.html']);
  own.sandbox.setFaults([]);
  const { stdout } = await own.run(['slots', '--html', 'slots.html', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ command: 'slots' });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(htmlOf(own)).toMatch(/^<!doctype html>/);
});

it('reads nothing if the page cannot be written', async () => {
  const own = await project(null);
  mkdirSync(join(own.folder, 'there'));
  expect(await own.run(['slots', '--html', 'nowhere/slots.html'])).toMatchObject({ code: 9, stdout: '' });
  expect(own.sandbox.log().requests).toEqual([]);
  expect(existsSync(join(own.folder, 'nowhere'))).toBe(false);
});
