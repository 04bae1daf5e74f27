/** A 403 for one action (fact 57): gone or invisible, wherever a 404 would mean gone, and never a proof of it. */
import { describe, expect, it } from 'vitest';
import type { Switches } from '../../src/sandbox/account/switches.ts';
import type { InjectedFault } from '../../src/sandbox/faults/fault.ts';
import { brief, declare, syncOn } from '../engine/world.ts';
import { spec } from '../helpers/actions.ts';
import { pointedAt, runCli, temporaryFolder, testSandbox } from '../helpers/in-process.ts';
import { sandboxStore } from '../helpers/sandbox-store.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';

const url = 'https://automation.example.com/';
const SEED = {
  account: 'acme',
  services: [{ id: 'PALPHA', name: 'Alpha' }],
  extensions: [
    { id: 'PSTALE', service: 'PALPHA', name: 'Stale', url },
    { id: 'PMOVED', service: 'PALPHA', name: 'Moved', url: `${url}old` },
    { id: 'PORPHAN', services: [], name: 'On none', url, odd: true },
  ],
};

async function account(gone: Switches['gone']) {
  const sandbox = await testSandbox({ seed: SEED, switches: { gone } });
  const env = pointedAt(sandbox);
  const cwd = temporaryFolder();
  return { sandbox, run: (...argv: string[]) => runCli(argv, { cwd, env }) };
}

/** Prunes `Stale`, with an edit or a fault between plan and apply. */
async function pruned(
  gone: Switches['gone'],
  faults: readonly InjectedFault[],
  removed: readonly string[] = [],
) {
  const { sandbox } = await account(gone);
  const clock = createVirtualClock();
  const moved = spec('Moved', { url: `${url}new` });
  const report = await syncOn(
    sandboxStore(sandbox, { clock }),
    declare({ Alpha: [moved] }, { prune: true }),
    {
      clock,
      guard: { maxDeletes: 9, allowEmpty: true },
      between: () => {
        sandbox.edit({ remove: removed });
        sandbox.setFaults(faults);
      },
    },
  );
  const { requests } = sandbox.log();
  const sent = requests
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${path}`);
  return { briefs: report.outcomes.map(brief), sent };
}

const UPDATED = 'PUT /extensions/PMOVED';

describe('of an action to delete', () => {
  it.each([
    ['404', ['update Moved applied', 'delete Stale applied (already gone)']],
    ['403-on-reads', ['update Moved applied', 'delete Stale failed (gone)']],
  ] as const)('fact 57: gone = %s: missing when it is read', async (gone, briefs) => {
    expect(await pruned(gone, [], ['PSTALE'])).toEqual({ briefs, sent: [UPDATED] });
  });

  const deleted = { method: 'DELETE', path: '/extensions/PSTALE' };

  it.each([
    ['404', 'delete Stale applied (already gone)'],
    // The DELETE itself gets a 404, and the list does not show the action.
    ['403-on-reads', 'delete Stale applied (already gone)'],
    ['403', 'delete Stale failed (forbidden)'],
  ] as const)('fact 57: gone = %s: deleted by another right before', async (gone, last) => {
    const { briefs } = await pruned(gone, [{ match: deleted, action: 'remove', ids: ['PSTALE'] }]);
    expect(briefs).toEqual(['update Moved applied', last]);
  });

  it.each([
    ['404', 'delete Stale applied'],
    ['403-on-reads', 'delete Stale applied'],
    ['403', 'delete Stale unknown (lost_response)'],
  ] as const)('fact 57: gone = %s: whose answer was lost', async (gone, last) => {
    const { briefs } = await pruned(gone, [{ match: deleted, phase: 'after-commit', action: 'reset' }]);
    expect(briefs[1]).toBe(last);
  });
});

describe('of an action to update', () => {
  it.each([
    ['404', 'update Moved applied (recreated)', 'POST /extensions'],
    ['403-on-reads', 'update Moved failed (gone)', undefined],
  ] as const)('fact 57: gone = %s: is not created twice', async (gone, first, post) => {
    const { briefs, sent } = await pruned(gone, [], ['PMOVED']);
    expect(briefs[0]).toBe(first);
    expect(sent.filter((one) => one !== 'DELETE /extensions/PSTALE')).toEqual(
      post === undefined ? [] : [post],
    );
  });
});

describe('of an action selected by its id', () => {
  it.each([['delete', '--yes'], ['show'], ['enable'], ['update', '--label', 'New']])(
    'fact 57: %s reports it as deleted or not visible',
    async (command, ...more) => {
      const { sandbox, run } = await account('403-on-reads');
      const { code, stderr } = await run(command, 'PGONE99', ...more);
      expect([code, stderr]).toEqual([
        8,
        expect.stringContaining('the action PGONE99 was deleted, or is not visible to this token'),
      ]);
      expect(sandbox.log().commits).toEqual([]);
    },
  );

  it('fact 57: a label that looks like an id is still found', async () => {
    const { sandbox, run } = await account('403-on-reads');
    await sandbox.edit({
      insert: { extensions: [{ id: 'PLABEL', service: 'PALPHA', name: 'REBOOT', url }] },
    });
    expect(await run('show', 'REBOOT')).toMatchObject({ code: 0, stdout: expect.stringContaining('PLABEL') });
  });

  it('fact 57: one in the list is shown as listed', async () => {
    const { sandbox, run } = await account('404');
    const body = { error: { code: 2010, message: 'Access Denied' } };
    sandbox.setFaults([
      { match: { path: '/extensions/PSTALE' }, action: 'status', status: 403, body, times: 'always' },
    ]);
    expect(await run('show', 'PSTALE')).toMatchObject({ code: 0, stdout: expect.stringContaining('Stale') });
  });

  it('fact 57: an orphan is deleted, and refused afterwards', async () => {
    const { sandbox, run } = await account('403-on-reads');
    expect(await run('delete', 'PORPHAN', '--yes')).toMatchObject({ code: 0 });
    expect(sandbox.log().commits.map(({ verb, id }) => [verb, id])).toEqual([['delete', 'PORPHAN']]);
    expect(await run('delete', 'PORPHAN', '--yes')).toMatchObject({ code: 8 });
  });
});

it('F20: a token that may read no action at all lacks a right: exit 5', async () => {
  const { sandbox, run } = await account('404');
  const body = { error: { code: 2010, message: 'Access Denied' } };
  const refuse = { action: 'status', status: 403, body, times: 'always' } as const;
  sandbox.setFaults([
    { match: { path: '/extensions' }, ...refuse },
    { match: { path: '/extensions/*' }, ...refuse },
  ]);
  expect(await run('delete', 'PSTALE', '--yes')).toMatchObject({ code: 5 });
});
