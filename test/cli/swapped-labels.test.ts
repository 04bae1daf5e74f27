import { expect, it } from 'vitest';
import { project } from './project.ts';

const url = (name: string): string => `https://h.example.com/${name}`;

it('F55 two actions swap their labels: ids, endpoints and stored headers stay together', async () => {
  const seed = {
    account: 'acme',
    teams: [],
    services: [{ id: 'PS1', name: 'Checkout API' }],
    extensions: ['a', 'b'].map((name) => ({
      id: `P${name.toUpperCase()}`,
      service: 'PS1',
      name,
      url: url(name),
      headers: { 'X-S': `stored-${name}` },
    })),
  };
  const config = {
    actions: {
      a: { label: 'a', url: url('b'), renamedFrom: 'b' },
      b: { label: 'b', url: url('a'), renamedFrom: 'a' },
    },
    services: { 'Checkout API': ['a', 'b'] },
  };
  const { run, sandbox } = await project(config, { seed });
  const { code, stdout } = await run(['sync', '--yes']);
  expect(stdout).toContain('temporary: these actions swap labels');
  expect(stdout).not.toContain('≠');
  expect(code).toBe(0);
  expect(
    sandbox.state().extensions.map(({ id, name, url: endpoint, headers }) => [id, name, endpoint, headers]),
  ).toEqual([
    ['PA', 'b', url('a'), [{ name: 'X-S', value: 'stored-a' }]],
    ['PB', 'a', url('b'), [{ name: 'X-S', value: 'stored-b' }]],
  ]);
  expect((await run(['plan', '--exit-code'])).code).toBe(0);
});
