import { describe, expect, it } from 'vitest';
import { configOf, load, loadYaml, problemsOf } from '../config/world.ts';

const withHandler = (handler: unknown): string =>
  JSON.stringify({
    actions: { a: { label: 'A', url: 'https://x.example.com/a', handler } },
    services: { S: ['a'] },
  });

describe('the key `handler`', () => {
  it('has defaults', async () => {
    const { actions } = await configOf(withHandler({ command: ['./a.sh'] }));
    expect(actions.get('a')?.handler).toEqual({
      command: ['./a.sh'],
      timeout: 60,
      concurrency: 4,
      env: [],
      note: 'always',
      context: [],
      allow: [],
    });
  });

  it('is read literally: nothing is expanded', async () => {
    const yaml = `
actions:
  a:
    label: A
    url: https://x.example.com/a
    handler:
      command: [./a.sh, '\${NOT_SET}', '']
      timeout: 5
      concurrency: 4
      env: [KUBECONFIG]
      note: on-failure
      context: [trigger, alerts, trigger]
      allow: [PUSER1, 'team:SRE']
services: { S: [a] }
`;
    const result = await loadYaml(yaml, { allowEnv: ['KUBECONFIG'] });
    expect(problemsOf(result)).toEqual([]);
    expect(result.ok && result.config.actions.get('a')?.handler).toEqual({
      command: ['./a.sh', '${NOT_SET}', ''],
      timeout: 5,
      concurrency: 4,
      env: ['KUBECONFIG'],
      note: 'on-failure',
      context: ['alerts', 'trigger'],
      allow: ['PUSER1', 'team:SRE'],
    });
  });

  it.each([
    [{}, /handler\.command: "command" is missing/],
    [{ command: [] }, /not a valid command/],
    [{ command: [''] }, /the program name is empty/],
    [{ command: 'rm -rf /' }, /this must be a list, but it is a string/],
    [{ command: ['a\0'] }, /not a valid command/],
    [{ command: ['a'], timeout: 0 }, /not a valid time limit/],
    [{ command: ['a'], timeout: 1.5 }, /not a valid time limit|must be a whole number/],
    [{ command: ['a'], timeout: '5' }, /must be a whole number, but it is a string/],
    [{ command: ['a'], concurrency: 51 }, /not a valid number of runs/],
    [{ command: ['a'], env: ['A-B'] }, /not a valid list of variables/],
    [{ command: ['a'], env: ['pagerduty_token'] }, /cannot read pagerduty_token/],
    [{ command: ['a'], note: 'sometimes' }, /unknown value/],
    [{ command: ['a'], context: ['notes'] }, /unknown context/],
    [{ command: ['a'], allow: [] }, /not a valid list of users and teams/],
    [{ command: ['a'], allow: ['jane@example.com'] }, /not a valid list of users and teams/],
    [{ command: ['a'], timout: 5 }, /unknown key "timout"/],
  ])('%j is refused', async (handler, message) => {
    expect(problemsOf(await load(withHandler(handler))).join('\n')).toMatch(message);
  });
});
