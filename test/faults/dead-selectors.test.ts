/** Selectors that match nothing: reported with their places if in the run, and not resolved otherwise. */
import { describe, expect, it } from 'vitest';
import { CONFIG, project } from '../cli/project.ts';

const DEAD = { 'id:PGONE': ['add-diagnostics'] };
const FORBIDDEN = {
  action: 'status',
  status: 403,
  body: { error: { code: 2010, message: 'Access Denied' } },
  match: { method: 'GET', path: '/services/PGONE' },
  times: 'always',
} as const;

describe('403 for a deleted service', () => {
  it('F52: names the position in the config, and the meaning', async () => {
    const { run, sandbox } = await project({ ...CONFIG, services: { ...CONFIG.services, ...DEAD } });
    sandbox.setFaults([FORBIDDEN]);
    const { code, stderr } = await run(['sync', '--yes']);
    expect(code).toBe(8);
    expect(stderr).toMatch(
      /pdactions\.config\.json:\d+:\d+: no service matches `id:PGONE`: it was deleted, or is not visible to this token/,
    );
    expect(sandbox.log().commits).toEqual([]);
  });

  it('F52: gives the same answer if the list of all services has shown the others', async () => {
    const known = Array.from({ length: 7 }, (_, index) => ({ id: `PS${index}`, name: `S${index}` }));
    const services = Object.fromEntries(
      [...known.map(({ id }) => `id:${id}`), 'id:PGONE'].map((one) => [one, ['add-diagnostics']]),
    );
    const { run, sandbox } = await project(
      { ...CONFIG, services },
      { seed: { account: 'acme', services: known } },
    );
    sandbox.setFaults([FORBIDDEN]);
    const { code, stderr } = await run(['plan']);
    expect([code, stderr]).toEqual([
      8,
      expect.stringMatching(
        /pdactions\.config\.json:\d+:\d+: no service matches `id:PGONE`: it was deleted, or is not visible/,
      ),
    ]);
    const reads = sandbox
      .log()
      .requests.map(({ path }) => path)
      .filter((path) => path.startsWith('/services'));
    // The last selector looks for a service with this name.
    expect(reads).toEqual(['/services', '/services/PGONE', '/services']);
  });

  it('F52: a missing scope is still reported as such', async () => {
    const { run, sandbox } = await project({ ...CONFIG, services: { ...CONFIG.services, ...DEAD } });
    const body = { error: { code: 2010, message: 'Missing', required_scopes: ['services.read'] } };
    sandbox.setFaults([{ ...FORBIDDEN, body }]);
    expect((await run(['plan'])).code).toBe(5);
  });
});

describe('a dead selector outside `--service`', () => {
  it('F53: is not resolved, and stops nothing', async () => {
    const services = {
      ...CONFIG.services,
      ...DEAD,
      'Renamed API': ['add-diagnostics'],
      'team:Gone': ['add-diagnostics'],
    };
    const { run, sandbox } = await project({ ...CONFIG, services });
    sandbox.setFaults([FORBIDDEN]);
    expect((await run(['sync', '--yes', '--service', 'Checkout API'])).code).toBe(0);
    expect(sandbox.log().requests.filter(({ path }) => path === '/services/PGONE')).toEqual([]);
  });
});
