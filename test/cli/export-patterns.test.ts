import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { project } from './project.ts';

const SERVICES = ['web-a', 'web-b', 'web-c', 'pay', 'bill'].map((name, index) => ({
  id: `PSVC${index}`,
  name,
  teams: index < 3 ? [] : ['PTEAM1'],
}));
const SEED = {
  account: 'acme',
  teams: [{ id: 'PTEAM1', name: 'Payments' }],
  services: SERVICES,
  extensions: SERVICES.flatMap(({ id, name, teams }) => [
    {
      id: `PR${id}`,
      service: id,
      name: `Restart ${name}`,
      url: `https://automation.example.com/restart/${id}`,
    },
    ...(teams.length > 0
      ? [{ id: `PA${id}`, service: id, name: 'Refund', url: 'https://automation.example.com/refund' }]
      : []),
  ]),
};

describe('export of an account whose actions differ by their service', () => {
  it('is one definition on a team and a glob, and plans to no change', async () => {
    const { run, folder, sandbox } = await project(null, { seed: SEED as never });
    const { code, stderr } = await run(['export', '-o', 'pdactions.config.yaml']);
    expect(code).toBe(0);
    expect(stderr).toContain('Exported 2 definitions on 5 services.');
    expect(stderr).toContain('restart  defines 5 actions that differ only by service');
    expect(stderr).toMatch(/web-\* +3 services/);
    expect(stderr).toMatch(/team:Payments +2 services/);
    expect(readFileSync(join(folder, 'pdactions.config.yaml'), 'utf8')).toContain(
      'url: https://automation.example.com/restart/${service.id}',
    );
    expect(await run(['plan', '--exit-code'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('No changes.'),
    });
    expect(sandbox.log().commits).toEqual([]);
  });

  it('with --detail lists each action by itself, requests no teams, and plans to no change', async () => {
    const { run, sandbox } = await project(null, { seed: SEED as never });
    const { stdout } = await run(['export', '--detail', '-o', 'pdactions.config.yaml']);
    expect(stdout).toBe('');
    expect(sandbox.log().requests.filter(({ path }) => path === '/teams')).toEqual([]);
    const all = JSON.parse((await run(['export', '--detail', '--format', 'json'])).stdout);
    expect(Object.keys(all.services)).toEqual(['bill', 'pay', 'web-a', 'web-b', 'web-c']);
    expect(Object.keys(all.actions)).toHaveLength(6);
    expect((await run(['plan', '--exit-code'])).code).toBe(0);
  });

  it('gives the same config as `init --from-account`', async () => {
    const { run, folder } = await project(null, { seed: SEED as never });
    expect((await run(['init', '--from-account', '--yes'])).code).toBe(0);
    const text = readFileSync(join(folder, 'pdactions.config.yaml'), 'utf8');
    expect(text).toContain('Restart ${service.name}');
    expect(text).toContain('team:Payments');
    expect((await run(['plan', '--exit-code'])).code).toBe(0);
  });
});
