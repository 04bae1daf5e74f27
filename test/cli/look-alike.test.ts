/** A live action that resembles a declared one is reported, and never silently duplicated (fact 53). */
import { describe, expect, it } from 'vitest';
import { CONFIG, labelsOn, project } from './project.ts';

const URL = 'https://automation.example.com/pagerduty/diagnostics';

function withTwin(name: string, url = URL) {
  const services = [{ id: 'PCHKOUT', name: 'Checkout API' }];
  const extensions = [{ id: 'PTWIN', service: 'PCHKOUT', name, url }];
  return project(
    { ...CONFIG, services: { 'Checkout API': ['add-diagnostics'] } },
    { seed: { account: 'acme', services, extensions } },
  );
}

describe('a plan with a twin', () => {
  it('of the same URL is refused, with the way to adopt it', async () => {
    const { run, sandbox, write } = await withTwin('Add Diagnostics\u00a0');
    const refused = await run(['sync', '--yes']);
    expect(refused.code).toBe(8);
    expect(refused.stdout).toContain('"Add Diagnostics\\u00a0" (PTWIN)');
    expect(refused.stdout).toContain('`"renamedFrom": "Add Diagnostics\\u00a0"` to `add-diagnostics`');
    expect(labelsOn(sandbox, 'PCHKOUT')).toEqual(['Add Diagnostics\u00a0']);

    const diagnostics = { ...CONFIG.actions['add-diagnostics'], renamedFrom: 'Add Diagnostics\u00a0' };
    write({ actions: { 'add-diagnostics': diagnostics }, services: { 'Checkout API': ['add-diagnostics'] } });
    expect((await run(['sync', '--yes'])).code).toBe(0);
    expect(sandbox.state().extensions.map(({ id, name }) => [id, name])).toEqual([
      ['PTWIN', 'Add Diagnostics'],
    ]);
  });

  it('of another URL warns, creates, and converges', async () => {
    const { run, sandbox } = await withTwin('ADD DIAGNOSTICS', 'https://other.example.com/');
    const { stdout, code } = await run(['sync', '--yes']);
    expect(stdout).toContain('`Add Diagnostics` next to "ADD DIAGNOSTICS" (PTWIN) on Checkout API');
    expect(code).toBe(0);
    expect(labelsOn(sandbox, 'PCHKOUT')).toEqual(['ADD DIAGNOSTICS', 'Add Diagnostics']);
    expect((await run(['plan', '--exit-code'])).code).toBe(0);
  });
});

describe('F46: a plan with an endpoint that may be stored in another form', () => {
  const CAPITALS = 'https://automation.example.com/PagerDuty/Diagnostics';
  const REMARK = 'may be how PagerDuty stores it; if so, write it this way in the config';

  it.each([
    ['table', [], `! ${REMARK}`],
    ['by service', ['--detail'], `      ! ${REMARK}`],
    ['markdown', ['--format', 'markdown'], `; ${REMARK}`],
  ])('as %s: shows the stored form, and the fix', async (_, flags, remark) => {
    const { run, write } = await withTwin('Add Diagnostics');
    const actions = { 'add-diagnostics': { label: 'Add Diagnostics', url: CAPITALS } };
    write({ actions, services: { 'Checkout API': ['add-diagnostics'] } });
    const { stdout } = await run(['plan', ...flags]);
    expect(stdout).toContain(URL);
    expect(stdout).toContain(CAPITALS);
    expect(stdout).toContain(remark);
    actions['add-diagnostics'].url = `${URL}/other`;
    write({ actions, services: { 'Checkout API': ['add-diagnostics'] } });
    expect((await run(['plan', ...flags])).stdout).not.toContain(REMARK);
  });
});

describe('create by hand beside a twin', () => {
  const create = (url: string) => [
    'create',
    '--service',
    'Checkout API',
    '--label',
    'Add Diagnostics',
    '--url',
    url,
  ];

  it('is refused with the same URL', async () => {
    const { run, sandbox } = await withTwin('add diagnostics');
    const { code, stderr } = await run(create(URL));
    expect(code).toBe(8);
    expect(stderr).toContain('"add diagnostics" (PTWIN) on Checkout API');
    expect(labelsOn(sandbox, 'PCHKOUT')).toEqual(['add diagnostics']);
  });

  it('warns with another URL', async () => {
    const { run } = await withTwin('add diagnostics');
    const { code, stderr } = await run(create('https://other.example.com/'));
    expect(code).toBe(0);
    expect(stderr).toContain('Checkout API also has "add diagnostics" (PTWIN)');
  });
});
