/** One command for several services: a label with `--service` selects the action on each of them, in one plan with one question. */
import { describe, expect, it } from 'vitest';
import { project } from './project.ts';
import { sit } from './sitting.ts';

const OLD = 'https://old.example.com/restart';
const NEW = 'https://new.example.com/restart';

/** `web-1` to `web-9` with the action, `web-plain` without it, `db` with it and not selected by `web-*`. */
const SEED = {
  account: 'acme',
  services: [...Array.from({ length: 9 }, (_, i) => `web-${i + 1}`), 'web-plain', 'db'].map((name, i) => ({
    id: `PSVC${i}`,
    name,
  })),
  extensions: [
    ...Array.from({ length: 9 }, (_, i) => ({
      id: `PEXT${i}`,
      service: `PSVC${i}`,
      name: 'Restart',
      url: OLD,
    })),
    { id: 'PDBX', service: 'PSVC10', name: 'Restart', url: OLD },
    ...Array.from({ length: 9 }, (_, i) => ({
      id: `POTH${i}`,
      service: `PSVC${i}`,
      name: 'Other',
      url: OLD,
    })),
  ],
};

const many = () => project(null, { seed: SEED });

const urlsOf = ({ sandbox }: Awaited<ReturnType<typeof many>>, name = 'Restart'): string[] =>
  sandbox.state().extensions.flatMap((one) => (one.name === name ? [one.url ?? ''] : []));

describe('update', () => {
  const UPDATE = ['update', 'Restart', '--service', 'web-*', '--url', NEW];

  it('changes the action of a label on every service that --service selects, and on no other', async () => {
    const account = await many();
    const { code, stdout, stderr } = await account.run([...UPDATE, '--yes']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain(`~ Restart  url ${OLD} → ${NEW}  on 9 services`);
    expect(stderr).toContain('Applied 9 changes.');
    expect(stdout.match(/✓ updated Restart on web-\d/g)).toHaveLength(9);
    expect(urlsOf(account)).toEqual([...Array(9).fill(NEW), OLD]);
    expect(urlsOf(account, 'Other')).toEqual(Array(9).fill(OLD));
  });

  it('asks first: off a terminal it demands --yes, and writes nothing without', async () => {
    const account = await many();
    const { code, stderr } = await account.run(UPDATE);
    expect(code).toBe(3);
    expect(stderr).toContain('Plan: 9 to update');
    expect(stderr).toContain('Pass `--yes`');
    expect(account.sandbox.log().commits).toEqual([]);
  });

  it('needs no confirmation for a label with one action', async () => {
    const account = await many();
    expect(await account.run(['update', 'Restart', '--service', 'web-1', '--url', NEW])).toMatchObject({
      code: 0,
    });
    expect(urlsOf(account).filter((url) => url === NEW)).toHaveLength(1);
  });

  it('sends nothing for actions that are up to date', async () => {
    const account = await many();
    await account.run(['update', 'Restart', '--service', 'web-1', '--url', NEW]);
    const { code, stderr } = await account.run([...UPDATE, '--yes']);
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('1 of 9 already have these values.'),
    });
    expect(account.sandbox.log().commits).toHaveLength(9);
    expect(await account.run([...UPDATE, '--yes'])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Restart already has these values on 9 services.'),
    });
    expect(account.sandbox.log().commits).toHaveLength(9);
  });

  it('takes several selectors, as every command', async () => {
    const account = await many();
    const args = ['update', 'Restart', '-s', 'web-1', '-s', 'id:PSVC10', '--url', NEW, '--yes'];
    expect(await account.run(args)).toMatchObject({ code: 0 });
    expect(urlsOf(account)).toEqual([NEW, ...Array(8).fill(OLD), NEW]);
  });

  it('refuses a new label that another action has on any of the services, before any write', async () => {
    const account = await many();
    const args = ['update', 'Restart', '-s', 'web-*', '--label', 'Other', '--yes'];
    expect(await account.run(args)).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('POTH8 on web-9'),
    });
    expect(account.sandbox.log().commits).toEqual([]);
  });

  it('does not guess if a service has the label twice', async () => {
    const extensions = [...SEED.extensions, { id: 'PTWICE', service: 'PSVC0', name: 'Restart', url: OLD }];
    const account = await project(null, { seed: { ...SEED, extensions } });
    expect(await account.run([...UPDATE, '--yes'])).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('PTWICE'),
    });
    expect(account.sandbox.log().commits).toEqual([]);
  });

  it('without --service a label on several services is still refused off a terminal', async () => {
    const account = await many();
    expect(await account.run(['update', 'Restart', '--url', NEW, '--yes'])).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('is on 10 services'),
    });
  });

  it('is one menu on a terminal: what to change, the plan, one question', async () => {
    const { terminal, ended, sandbox } = await sit(['update', 'Restart', '-s', 'web-*'], { seed: SEED });
    await terminal.waitFor('What should change about Restart on 9 services?');
    terminal.press('down', 'space', 'enter');
    await terminal.waitFor(OLD);
    terminal.press('ctrl+u');
    terminal.type(NEW);
    terminal.press('enter');
    const screen = await terminal.waitFor('Change them?');
    expect(screen).toContain('on 9 services');
    terminal.press('enter');
    expect(await ended).toBe(0);
    expect(sandbox.state().extensions.filter(({ url }) => url === NEW)).toHaveLength(9);
  });

  it('skips and names unwritable actions, and ends as incomplete', async () => {
    const shared = { id: 'PSHARE', services: ['PSVC9', 'PSVC10'], name: 'Restart', url: OLD };
    const extensions = [...SEED.extensions, shared];
    const account = await project(null, { seed: { ...SEED, extensions } });
    const { code, stderr } = await account.run([...UPDATE, '--yes']);
    expect({ code, stderr }).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('skipped: Restart (PSHARE)'),
    });
    expect(urlsOf(account).filter((url) => url === NEW)).toHaveLength(9);
  });
});

describe('delete', () => {
  it('by label on many has the guard of a sync, in the preview too', async () => {
    const account = await many();
    const args = ['delete', 'Restart', '--service', 'web-*', '--yes'];
    for (const more of [[], ['--dry-run']]) {
      const { code, stdout, stderr } = await account.run([...args, ...more]);
      // The guard refers to the plan, so the plan comes first.
      expect(stdout + stderr).toContain('Plan: 9 to delete');
      expect({ code, stderr }).toMatchObject({ code: 8, stderr: expect.stringContaining('--max-deletes 9') });
      expect(stderr).toContain('9 deletes, more than the limit of ');
    }
    expect(account.sandbox.log().commits).toEqual([]);
    expect(await account.run([...args, '--max-deletes', '9'])).toMatchObject({ code: 0 });
    expect(urlsOf(account)).toEqual([OLD]);
    expect(urlsOf(account, 'Other')).toHaveLength(9);
  });

  it('counts the actions of the services that --service selects: up to three, or 30 %, need no flag', async () => {
    const account = await many();
    expect(await account.run(['delete', 'Restart', '-s', 'web-1', '-s', 'web-2', '--yes'])).toMatchObject({
      code: 0,
    });
    expect(urlsOf(account)).toHaveLength(8);
  });
});

describe('enable', () => {
  const seed = {
    ...SEED,
    extensions: SEED.extensions.map((one) => ({
      ...one,
      disabled: one.name === 'Restart' && one.id !== 'PEXT8',
    })),
  };

  it('--all-disabled shows what it would do, and demands --yes off a terminal', async () => {
    const account = await project(null, { seed });
    const { code, stderr } = await account.run(['enable', '--all-disabled']);
    expect(code).toBe(3);
    expect(stderr).toContain('↻ Restart  on 9 services');
    expect(account.sandbox.log().commits).toEqual([]);
    expect(await account.run(['enable', '--all-disabled', '--yes'])).toMatchObject({ code: 0 });
    expect(account.sandbox.log().commits).toHaveLength(9);
  });

  it('takes a label on many, and counts those that are not disabled', async () => {
    const account = await project(null, { seed });
    const { code, stderr } = await account.run(['enable', 'Restart', '--service', 'web-*', '--yes']);
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Skipped 1 action, not disabled.'),
    });
    expect(account.sandbox.log().commits).toHaveLength(8);
  });

  it('prompts on a terminal, once for all', async () => {
    const { terminal, ended, sandbox } = await sit(['enable', '--all-disabled'], { seed });
    expect(await terminal.waitFor('Re-enable 9 actions?')).toContain('on 9 services');
    terminal.type('y');
    terminal.press('enter');
    expect(await ended).toBe(0);
    expect(sandbox.log().commits).toHaveLength(9);
  });
});

describe('create --skip-existing', () => {
  const CREATE = ['create', '--service', 'web-*', '--label', 'Restart', '--url', OLD];

  it('creates on the services that lack the label, and counts the others', async () => {
    const account = await many();
    expect(await account.run(CREATE)).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('--skip-existing'),
    });
    const { code, stdout, stderr } = await account.run([...CREATE, '--skip-existing']);
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Skipped 9 services with `Restart`: web-1, web-2, web-3 and 6 more.'),
    });
    expect(stdout).toContain('created Restart on web-plain');
    expect(account.sandbox.log().commits).toHaveLength(1);
  });

  it('exits 0 and writes nothing if all have it, also as a document', async () => {
    const account = await many();
    await account.run([...CREATE, '--skip-existing']);
    const { code, stderr } = await account.run([...CREATE, '--skip-existing']);
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('No changes. Restart exists on all 10 services.'),
    });
    const { stdout } = await account.run([...CREATE, '--skip-existing', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ command: 'create', report: null, skipped: { length: 10 } });
    expect(account.sandbox.log().commits).toHaveLength(1);
  });

  it('needs no free slot on a service that it skips, and warns if the URL differs', async () => {
    const extensions = [...SEED.extensions, { id: 'PFULL', service: 'PSVC0', name: 'Third', url: OLD }];
    const account = await project(null, { seed: { ...SEED, extensions } });
    const { code, stderr } = await account.run([...CREATE.slice(0, -1), NEW, '--skip-existing']);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('PEXT0 on web-1') });
    expect(stderr).toContain('different URL');
    expect(urlsOf(account)).toEqual([...Array(10).fill(OLD), NEW]);
  });
});
