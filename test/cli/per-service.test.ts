import { describe, expect, it } from 'vitest';
import { labelsOn, type Project, project } from './project.ts';

const HOST = 'https://automation.example.com';
const SERVICES = ['web-1', 'web-2', 'web/3 & more', '\u001b[31mweb-red'];
const SEED = {
  account: 'acme',
  services: SERVICES.map((name, index) => ({ id: `PWEB${index + 1}`, name })),
  extensions: [],
};
const ACTIONS = {
  restart: {
    label: 'Restart ${service.id}',
    url: `${HOST}/restart/\${service.id}?on=\${service.name}`,
    headers: { Authorization: 'Bearer ${AUTOMATION_TOKEN}' },
  },
};

function world(actions: object = ACTIONS, more: object = {}): Promise<Project> {
  return project({ actions, services: { '*': ['restart'] }, ...more }, { seed: SEED as never });
}

/** The account after its first service was renamed. */
const renamed = (name: string) => ({
  ...SEED,
  services: SEED.services.map((one, index) => (index === 0 ? { ...one, name } : one)),
});

const urlsOf = ({ sandbox }: Project): string[] =>
  sandbox
    .state()
    .extensions.map(({ url }) => String(url))
    .sort();

describe('one definition for many services', () => {
  it('is shown as written, in detail filled in, and syncs to no change', async () => {
    const own = await world();
    const plan = await own.run(['plan']);
    expect(plan.stdout).toContain(`${HOST}/restart/\${service.id}?on=\${service.name}`);
    expect(plan.stdout).toContain('label Restart ${service.id}');
    expect(plan.stdout).toContain('on 4 services');
    const detail = await own.run(['plan', '--detail']);
    expect(detail.stdout).toContain('Restart PWEB1');
    expect(detail.stdout).toContain(`${HOST}/restart/PWEB2?on=***`);
    expect(detail.stdout).not.toContain('\u001b[31m');
    expect((await own.run(['sync', '--yes'])).code).toBe(0);
    expect(urlsOf(own)).toEqual([
      `${HOST}/restart/PWEB1?on=web-1`,
      `${HOST}/restart/PWEB2?on=web-2`,
      `${HOST}/restart/PWEB3?on=web%2F3%20%26%20more`,
      `${HOST}/restart/PWEB4?on=%1B%5B31mweb-red`,
    ]);
    expect(labelsOn(own.sandbox, 'PWEB2')).toEqual(['Restart PWEB2']);
    expect(await own.run(['plan', '--exit-code'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('No changes.'),
    });
  });

  it('keeps the id of a button whose label changes with its service', async () => {
    const own = await world(
      { restart: { ...ACTIONS.restart, label: 'Restart ${service.name}' } },
      {
        services: { 'web-*': ['restart'] },
      },
    );
    await own.run(['sync', '--yes']);
    const [before] = own.sandbox.state().extensions;
    own.write({
      actions: {
        restart: {
          ...ACTIONS.restart,
          label: 'Reboot ${service.name}',
          renamedFrom: 'Restart ${service.name}',
        },
      },
      services: { 'web-*': ['restart'] },
    });
    const plan = await own.run(['plan']);
    expect(plan.stdout).toContain('2 different labels → Reboot ${service.name}');
    expect((await own.run(['sync', '--yes', '--service', 'web-1'])).code).toBe(0);
    expect(labelsOn(own.sandbox, 'PWEB1')).toEqual(['Reboot web-1']);
    expect(labelsOn(own.sandbox, 'PWEB2')).toEqual(['Restart web-2']);
    expect(own.sandbox.state().extensions.find(({ name }) => name === 'Reboot web-1')?.id).toBe(before?.id);
  });

  it('makes an approval stale when a service is renamed', async () => {
    const own = await world();
    await own.run(['plan', '--out', 'plan.json']);
    await own.sandbox.reset(renamed('web-one') as never);
    const sync = await own.run(['sync', '--plan', 'plan.json', '--yes']);
    expect(sync).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('not the plan that was approved'),
    });
    expect(own.sandbox.log().commits).toEqual([]);
  });

  it('stops the plan if it does not fit a service, with the service and the line', async () => {
    const own = await world({ restart: { label: 'Go', url: `${HOST}/\${service.name}/now` } });
    await own.sandbox.reset(renamed('..') as never);
    const { code, stdout } = await own.run(['plan']);
    expect(code).toBe(8);
    expect(stdout).toContain(
      '.. (PWEB1) cannot use `restart` with its url filled in: a path segment would become `.` or `..`',
    );
    expect(stdout).toMatch(/pdactions\.config\.json:\d+:\d+/);
    expect((await own.run(['sync', '--yes'])).code).toBe(8);
    expect(own.sandbox.log().commits).toEqual([]);
  });

  it('prunes unmanaged actions only', async () => {
    const own = await world(ACTIONS, { prune: true });
    await own.run(['sync', '--yes']);
    await own.run([
      'create',
      '--service',
      'web-1',
      '--label',
      'Restart PWEB2',
      '--url',
      `${HOST}/x`,
      '--yes',
    ]);
    const { stdout } = await own.run(['plan']);
    expect(stdout).toContain('- Restart PWEB2');
    expect(stdout).toContain('1 to delete');
  });

  it('is known to `slots`, and to `show` by its key', async () => {
    const own = await world();
    await own.run(['sync', '--yes']);
    const slots = JSON.parse((await own.run(['slots', '--json'])).stdout);
    expect(slots.services.map(({ slots: held }: { slots: unknown[] }) => held)).toEqual(
      SERVICES.map(() => [expect.objectContaining({ holder: 'declared' })]),
    );
    const show = await own.run(['show', 'restart', '--service', 'web-1']);
    expect(show.stderr).toContain('Did you mean `Restart PWEB1`?');
  });

  it('is valid without a token', async () => {
    const { run } = await world();
    expect(await run(['validate'])).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('`test` of it', () => {
  it('fills in the service of the message', async () => {
    const { run } = await world();
    const { stdout, stderr } = await run([
      'test',
      'restart',
      '--only',
      'dns',
      '--set',
      'incident.service.id=PX1',
      '--json',
    ]);
    expect(stderr).toContain('restart is tested for the service of the message, pdactions test (PX1)');
    expect(JSON.parse(stdout).endpoints[0]).toMatchObject({ label: 'Restart PX1' });
  });
});
