/** `--timeout` on a sync whose time is used up after the plan: the report names what was not sent. */
import { expect, it } from 'vitest';
import { labelsOn, project } from './project.ts';

it.each([
  ['right away', 2_000],
  ['long after the plan', 3_600_000],
])('reports writes as not sent, %s, and exits 7', async (_, late) => {
  const own = await project();
  const before = labelsOn(own.sandbox, 'PCHKOUT');
  await own.run(['plan']);
  const planned = 2 * own.sandbox.log().requests.length;
  const clock = {
    now: () => (own.sandbox.log().requests.length < planned ? 0 : late),
    sleep: () => Promise.resolve(),
  };
  const { code, stdout } = await own.run(['sync', '--yes', '--timeout', '1'], { clock });
  const [first, ...others] = stdout.split('\n').filter((row) => row.includes('skipped'));
  expect(first).toMatch(/^- create skipped .* {2}not sent$/);
  expect(others.length).toBeGreaterThan(0);
  expect(stdout).toContain('the run reached its time limit');
  expect(stdout).toContain('Raise it with `--timeout SECONDS`');
  expect(stdout).not.toMatch(/failed|unknown/);
  expect(code).toBe(7);
  expect(labelsOn(own.sandbox, 'PCHKOUT')).toEqual(before);
});
