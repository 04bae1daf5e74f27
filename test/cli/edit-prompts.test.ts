/** `add` and `remove` without arguments: prompts on a terminal, errors elsewhere. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { project } from './project.ts';
import { sit } from './sitting.ts';

const URL = 'https://automation.example.com/x';
const config = (services: object) => ({
  actions: { restart: { label: 'Restart', url: URL }, other: { label: 'Other', url: `${URL}y` } },
  services,
});
const SERVICES = ['Full', 'Twin', 'Twin'].map((name, index) => ({ id: `PSVC00${index}`, name }));
const SEED = {
  account: 'acme',
  services: [...SERVICES, { id: 'PGLOB01', name: 'web-*' }],
  extensions: ['A', 'B', 'C'].map((name) => ({ id: `PFULL0${name}`, service: 'PSVC000', name, url: URL })),
};

const servicesIn = (folder: string): unknown =>
  JSON.parse(readFileSync(join(folder, 'pdactions.config.json'), 'utf8')).services;

describe('add', () => {
  it('asks for the action and its services, full ones included, and names them so that only they match', async () => {
    const { terminal, ended, folder } = await sit(['add'], { config: config({}), seed: SEED });
    expect(await terminal.waitFor('on no service')).toMatch(/❯ restart {2}Restart\n {2}other {2}Other/);
    terminal.type('rest');
    terminal.press('enter');
    await terminal.waitFor(/Full {2}.*●●●/);
    terminal.press('tab', 'down', 'tab', 'down', 'down', 'tab', 'enter');
    expect(await ended).toBe(0);
    expect(servicesIn(folder)).toEqual({
      Full: ['restart'],
      'id:PSVC001': ['restart'],
      'id:PGLOB01': ['restart'],
    });
  });

  it('asks only for the services of a given action, and for nothing if the action is unknown', async () => {
    const { terminal, ended, folder } = await sit(['add', 'other'], { config: config({}), seed: SEED });
    await terminal.waitFor('On which services?');
    terminal.press('enter');
    expect(await ended).toBe(0);
    expect(servicesIn(folder)).toEqual({ Full: ['other'] });
    const unknown = await sit(['add', 'othr'], { config: config({}), seed: SEED });
    expect(await unknown.ended).toBe(3);
    expect(unknown.terminal.screen()).toContain('Did you mean `other`?');
  });
});

describe('remove', () => {
  it('asks for the action and for its services', async () => {
    const services = { Full: ['restart'], 'Tw*': ['restart', 'other'] };
    const { terminal, ended, folder } = await sit(['remove'], { config: config(services), seed: SEED });
    await terminal.waitFor('on Full, Tw*');
    terminal.press('enter');
    await terminal.waitFor('Which services should no longer list restart?');
    terminal.press('down', 'space', 'enter');
    expect(await ended).toBe(0);
    expect(servicesIn(folder)).toEqual({ Full: ['restart'], 'Tw*': ['other'] });
  });

  it('with a key keeps its meaning: everywhere', async () => {
    const services = { Full: ['restart'], 'Tw*': ['restart', 'other'] };
    const { ended, folder } = await sit(['remove', 'restart'], { config: config(services), seed: SEED });
    expect(await ended).toBe(0);
    expect(servicesIn(folder)).toEqual({ 'Tw*': ['other'] });
  });
});

describe('off a terminal, and with --no-input', () => {
  it.each([
    [['add'], 'add needs the key of an action, and `--to` with services'],
    [['add', 'restart'], 'add needs `--to` with the services to add the action to'],
    [['add', '--label', 'X', '--url', URL], 'add needs a key for the new action'],
    [['remove'], 'remove needs the key of an action'],
  ])('%j names what is missing', async (argv, message) => {
    const own = await project(config({ Full: ['restart'] }), { seed: SEED });
    const { code, stderr } = await own.run(argv);
    expect(code).toBe(3);
    expect(stderr).toContain(message);
    expect(stderr).toContain('For example `pdactions ');
    const { ended, terminal } = await sit([...argv, '--no-input'], { config: config({}), seed: SEED });
    expect(await ended).toBe(3);
    expect(terminal.screen()).toContain(message);
  });
});
