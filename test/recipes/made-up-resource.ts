/** A resource that the sandbox does not have, as a reader of the recipe would write it. */
import { before, type Edits } from './recipe.ts';

const SCHEDULES = `import { resource } from '../resource.ts';
import * as z from '../shapes.ts';
import { API } from '../wire/shown.ts';
import { userReference, users } from './users.ts';

export const schedules = resource({
  type: 'schedule',
  plural: 'schedules',
  seed: z.strictObject({ id: z.id, name: z.text, users: z._default(z.array(z.id), []) }),
  links: { users: { to: 'user', of: (entry) => entry.users } },
  view: (state, { id, name, users: members }) => ({
    id,
    type: 'schedule',
    summary: name,
    self: \`\${API}/schedules/\${id}\`,
    name,
    users: members.flatMap((member) => {
      const user = users.in(state).get(member);
      return user ? [userReference(state, user)] : [];
    }),
  }),
});
`;

const SCHEDULES_TEST = `import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseSeed } from '../../src/sandbox/seed/seed.ts';
import { temporaryFolder } from '../helpers/in-process.ts';
import { call, sandboxFor } from './client.ts';

const schedule = { id: 'PSCHED1', name: 'Nights', users: ['PUSER01'] };
const seed = { account: 'acme', schedules: [schedule] };

it('a schedule is in the state, in lists, and by its id', async () => {
  const sandbox = await sandboxFor({ seed });
  expect(sandbox.state().schedules).toEqual([schedule]);
  const { json } = await call(sandbox, 'GET', '/schedules?total=true');
  expect(json).toMatchObject({ schedules: [{ name: 'Nights', users: [{ id: 'PUSER01' }] }], total: 1 });
  expect((await call(sandbox, 'GET', '/schedules/PSCHED1')).json.schedule).toMatchObject({ id: 'PSCHED1' });
  expect((await call(sandbox, 'GET', '/schedules/PNONE')).status).toBe(404);
});

it('a seed names one that cannot be', () => {
  const problemsOf = (entry: object) => {
    try {
      parseSeed({ ...seed, schedules: [schedule, entry] });
    } catch (error) {
      return (error as { problems?: readonly { path: string }[] }).problems?.map(({ path }) => path);
    }
    return [];
  };
  expect(problemsOf({ id: 'PSCHED2', name: 'Days', users: ['PNONE'] })).toEqual(['schedules.1.users']);
  expect(problemsOf({ id: 'PSCHED1', name: 'Days' })).toEqual(['schedules.1.id']);
  expect(problemsOf({ id: 'PSCHED2', name: '' })).toEqual(['schedules.1.name']);
  expect(problemsOf({ id: 'PSCHED2', name: 'Days' })).toEqual([]);
});

it('a data file keeps it, and a person inserts and removes it', async () => {
  const dataFile = join(temporaryFolder(), 'account.json');
  const first = await sandboxFor({ seed, dataFile });
  const insert = { schedules: [{ id: 'PSCHED2', name: 'Days' }, { ...schedule, name: 'Late nights' }] };
  await first.edit({ insert });
  const commits = first.log().commits.map(({ verb, type, id }) => [verb, type, id]);
  expect(commits).toEqual([
    ['create', 'schedule', 'PSCHED2'],
    ['update', 'schedule', 'PSCHED1'],
  ]);
  await first.edit({ remove: ['PSCHED2'] });
  await first.close();
  const second = await sandboxFor({ dataFile });
  expect(second.state().schedules).toEqual([{ ...schedule, name: 'Late nights' }]);
});
`;

export const RESOURCE: Edits = {
  'src/sandbox/resources/schedules.ts': () => SCHEDULES,
  'test/sandbox/schedules.test.ts': () => SCHEDULES_TEST,
  'CHANGELOG.md': before('- `list`, `show`, `create`', '- Made-up schedules.\n'),
};
