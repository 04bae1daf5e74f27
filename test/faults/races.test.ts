import { describe, expect, it } from 'vitest';
import type { InjectedFault } from '../../src/sandbox/faults/fault.ts';
import { matchOf } from './cases.ts';
import {
  commitsOf,
  documentOf,
  type Exceptions,
  expectInvariants,
  type OutcomeDocument,
  type SyncDocument,
} from './oracle.ts';
import { useLab } from './with-lab.ts';
import { type CallClass, SMALL, WRITES } from './worlds.ts';

const at = useLab(SMALL);

type Write = Exclude<CallClass, 'read'>;
const ACT = 'https://theirs.example.com/';

async function sync(
  faults: readonly InjectedFault[],
  exceptions?: Exceptions,
  argv: readonly string[] = SMALL.argv,
) {
  const { lab, ideal } = at();
  await lab.reset(SMALL);
  lab.break(faults);
  const run = await lab.run(argv);
  await expectInvariants(lab, ideal(SMALL), run, exceptions);
  return { lab, run, report: documentOf(run)?.report };
}

/** The first outcome of this kind of change on one service. */
function outcomeOf(report: SyncDocument['report'] | undefined, kind: Write, service: string) {
  return report?.outcomes.find((one) => one.kind === kind && one.service.name === service);
}

const bad = (report: SyncDocument['report'] | undefined): OutcomeDocument[] =>
  (report?.outcomes ?? []).filter(({ status }) => status !== 'applied');

const theirs = (id: string, service: string, name: string) => ({ id, service, name, url: ACT });

describe('a commit that comes late', () => {
  const late = (write: Write, afterMs: number): InjectedFault[] => [
    { action: 'late-commit', afterMs, match: matchOf(WRITES[write]) },
  ];

  it.each([500, 2_000, 6_000])('F14: of a create after %i ms is found, and not sent again', async (ms) => {
    const { run, report } = await sync(late('create', ms));
    expect(run.code).toBe(0);
    expect(outcomeOf(report, 'create', 'Alpha')).toMatchObject({ note: 'confirmed by read' });
    expect(commitsOf(run).filter(({ by }) => by === 'late')).toHaveLength(1);
  });

  it('F14: of a create after 20 s makes two, which the next run finds and does not touch', async () => {
    const { lab, run, report } = await sync(late('create', 20_000), { converges: false });
    expect(run.code).toBe(0);
    expect(outcomeOf(report, 'create', 'Alpha')).toHaveProperty(
      'warning',
      expect.stringContaining('sent again'),
    );
    await lab.sandbox.advance(20_000);
    const next = await lab.run(SMALL.argv);
    expect(next.code).toBe(8);
    expect(commitsOf(next)).toEqual([]);
    const twins = lab.sandbox
      .state()
      .extensions.filter(({ name, serviceIds }) => name === 'Restart Server' && serviceIds[0] === 'PALPHA');
    const ids = twins.filter(({ schema }) => schema === 'custom_webhook').map(({ id }) => id);
    expect(ids).toHaveLength(2);
    expect(documentOf(next)?.refusals).toMatchObject([{ code: 'duplicate-label', ids: ids.toSorted() }]);
    const shown = await lab.run(['sync', '--yes', '--enable']);
    expect(shown.stdout + shown.stderr).toContain('pdactions delete');
    // Following the message resolves it.
    expect((await lab.run(['delete', ids[0] ?? '', '--yes'])).code).toBe(0);
    expect((await lab.run(SMALL.argv)).code).toBe(0);
  });

  it.each(
    (['update', 'delete', 'enable'] as const).flatMap((write) =>
      [500, 20_000].map((ms) => [write, ms] as const),
    ),
  )('F14: of a repeated %s after %i ms changes nothing', async (write, ms) => {
    const { lab, run } = await sync(late(write, ms));
    expect(run.code).toBe(0);
    const before = lab.sandbox.state();
    await lab.sandbox.advance(ms);
    expect(lab.sandbox.state().extensions).toEqual(before.extensions);
  });
});

describe('reads that lag behind (fact 50)', () => {
  it.each(['1', '3'] as const)(
    'F13: a lost create and a lag of %s reads are never silent',
    async (readLag) => {
      const { lab, ideal } = at();
      await lab.reset(SMALL, { readLag });
      lab.break([{ action: 'reset', match: matchOf(WRITES.create), phase: 'after-commit' }]);
      const run = await lab.run(SMALL.argv);
      const twins = duplicatesIn(lab.sandbox.state().extensions);
      // The three looks outlast a short lag; a longer one leads to a second action, which the final check reports and undoes.
      const found = documentOf(run)?.report?.duplicates ?? [];
      expect(twins).toEqual([]);
      expect([run.code, found.map(({ ids }) => ids.length)]).toEqual(readLag === '1' ? [0, []] : [8, [2]]);
      await expectInvariants(lab, ideal(SMALL), run, { converges: false, duplicates: true });
    },
  );
});

describe('an object deleted between plan and write', () => {
  const removing = (
    write: Write,
    ids: readonly string[],
    phase: InjectedFault['phase'] = 'before-commit',
  ): InjectedFault[] => [{ action: 'remove', ids, match: matchOf(WRITES[write]), phase }];

  it('F23: an action to update is created anew', async () => {
    const { run, report } = await sync(removing('update', ['PBRAVO1']), { edited: ['PBRAVO1'] });
    expect(run.code).toBe(0);
    expect(outcomeOf(report, 'update', 'Bravo')).toMatchObject({ status: 'applied', note: 'recreated' });
  });

  it('F23: an action to delete counts as deleted', async () => {
    const { run } = await sync(removing('delete', ['PCHARL2']), { edited: ['PCHARL2'] });
    expect(run.code).toBe(0);
  });

  it('F23: an action to enable is created anew, like one to update', async () => {
    const { run, report } = await sync(removing('enable', ['PDELTA1']), { edited: ['PDELTA1'] });
    expect(run.code).toBe(0);
    expect(bad(report)).toEqual([]);
    expect(report?.outcomes.filter(({ kind }) => kind === 'enable')).toMatchObject([{ note: 'recreated' }]);
  });

  it('F23: a service: its changes fail, others continue', async () => {
    const { run, report } = await sync(removing('create', ['PALPHA', 'PHOOK1'], 'before-read'), {
      converges: false,
      edited: ['PHOOK1'],
    });
    expect(run.code).toBe(6);
    expect(new Set(bad(report).map(({ service }) => service.name))).toEqual(new Set(['Alpha']));
  });

  const NOT_FOUND = {
    action: 'status',
    status: 404,
    body: { error: { code: 2100, message: 'Not Found' } },
  } as const;

  it.each(['create', 'update', 'enable'] as const)(
    'F23: repeated 404s for %s of an existing action create no second one (fact 50)',
    async (write) => {
      const match = matchOf(WRITES[write]);
      const { run, report } = await sync([{ ...NOT_FOUND, times: 'always', match }]);
      expect(run.code).toBe(6);
      expect(bad(report)[0]).toMatchObject({ kind: write, status: 'failed', error: { reason: 'gone' } });
    },
  );

  it.each(['update', 'enable', 'delete'] as const)(
    'F23: a 404 for %s of an existing action: the same is sent once more (fact 50)',
    async (write) => {
      const { run, report } = await sync([{ ...NOT_FOUND, match: matchOf(WRITES[write]) }]);
      expect(run.code).toBe(0);
      expect(bad(report)).toEqual([]);
    },
  );

  it('F23: a 404 for the read before a delete leaves the service alone', async () => {
    const { run, report } = await sync([
      {
        action: 'status',
        status: 404,
        body: { error: { code: 5002, message: 'Service Not Found' } },
        match: { method: 'GET', path: '/extensions', service: 'PCHARLIE', nth: 2 },
      },
    ]);
    expect(run.code).toBe(6);
    expect(bad(report).map(({ service, status }) => [service.name, status])).toEqual([
      ['Charlie', 'failed'],
      ['Charlie', 'skipped'],
      ['Charlie', 'skipped'],
    ]);
  });
});

describe('a service that fills up', () => {
  const extensions = ['One', 'Two', 'Three'].map((name) => theirs(`PX${name.toUpperCase()}`, 'PALPHA', name));
  const edited = extensions.map(({ id }) => id);

  it.each(['2019', '2001'] as const)(
    'F24: before a create: named, not touched (code %s)',
    async (limitMode) => {
      const { lab, ideal } = at();
      await lab.reset(SMALL, { limitMode });
      lab.break([
        { action: 'insert', insert: { extensions }, match: matchOf(WRITES.create), phase: 'before-commit' },
      ]);
      const run = await lab.run(SMALL.argv);
      await expectInvariants(lab, ideal(SMALL), run, { converges: false, edited });
      expect(run.code).toBe(6);
      const [first, second, ...others] = bad(documentOf(run)?.report);
      expect(first).toMatchObject({
        status: 'failed',
        error: { reason: 'limit', details: ['One (PXONE)', 'Three (PXTHREE)', 'Two (PXTWO)'] },
      });
      expect(second).toMatchObject({ status: 'skipped', service: { name: 'Alpha' } });
      expect(others).toEqual([]);
      expect(
        run.log.requests.filter(({ method, body }) => method === 'POST' && isOn(body, 'PALPHA')),
      ).toHaveLength(1);
    },
  );

  it('F24: before the plan: refused with nothing written', async () => {
    const { lab, ideal } = at();
    await lab.reset(SMALL);
    await lab.sandbox.edit({ insert: { extensions } });
    const run = await lab.run(SMALL.argv);
    expect(run.code).toBe(8);
    expect(commitsOf(run)).toEqual([]);
    expect(documentOf(run)?.refusals).toMatchObject([{ code: 'over-limit' }]);
    await expectInvariants(lab, ideal(SMALL), run, { converges: false, edited });
  });
});

function isOn(body: unknown, service: string): boolean {
  return JSON.stringify(body).includes(`"${service}"`);
}

describe('an edit by hand during the run', () => {
  it('F40: after the plan was saved: the plan is stale, nothing is written', async () => {
    const { lab, ideal } = at();
    await lab.reset(SMALL);
    expect((await lab.run(['plan', '--enable', '--out', 'plan.json'])).code).toBe(0);
    await lab.sandbox.edit({ insert: { extensions: [theirs('PBRAVO1', 'PBRAVO', 'Restart Server')] } });
    const run = await lab.run([...SMALL.argv, '--plan', 'plan.json']);
    expect(run.code).toBe(8);
    expect(run.stderr).toContain('[stale_plan]');
    await expectInvariants(lab, ideal(SMALL), run);
  });

  it('F40: before a delete: that service is left alone, and its action stays', async () => {
    const extensions = [theirs('PCHARL2', 'PCHARLIE', 'Old One')];
    const { run, report } = await sync([
      {
        action: 'insert',
        insert: { extensions },
        match: { method: 'GET', path: '/extensions', service: 'PCHARLIE', nth: 2 },
        phase: 'before-commit',
      },
    ]);
    expect(run.code).toBe(6);
    expect(bad(report)).toMatchObject([
      { service: { name: 'Charlie' }, status: 'failed', error: { reason: 'conflict' } },
      { service: { name: 'Charlie' }, status: 'skipped' },
      { service: { name: 'Charlie' }, status: 'skipped' },
    ]);
    expect(commitsOf(run).map(({ id }) => id)).not.toContain('PCHARL2');
  });

  it('F44: a disablement during the run is not undone by an update, but by the next run with --enable', async () => {
    const disabled = { ...theirs('PBRAVO1', 'PBRAVO', 'Restart Server'), disabled: true };
    const { lab, run } = await sync([
      {
        action: 'insert',
        insert: { extensions: [disabled] },
        match: matchOf(WRITES.update),
        phase: 'before-commit',
      },
    ]);
    expect(run.code).toBe(0);
    // The invariants have run the same command again, with `--enable`.
    expect(lab.sandbox.state().extensions.find(({ id }) => id === 'PBRAVO1')).toMatchObject({
      disabled: false,
    });
  });

  it('F44: without `--enable` it stays, and the run has no changes', async () => {
    const { lab } = at();
    await lab.reset(SMALL);
    const argv = SMALL.argv.filter((word) => word !== '--enable');
    await lab.run(argv);
    const second = await lab.run(argv);
    expect(second.code).toBe(0);
    expect(commitsOf(second)).toEqual([]);
    expect(lab.sandbox.state().extensions.find(({ id }) => id === 'PDELTA1')).toMatchObject({
      disabled: true,
    });
  });
});

describe('two runs at once', () => {
  /** Holds the first run at its n-th request, completes a second run, and lets the first go on. */
  async function interleaved(index: number) {
    const { lab } = at();
    await lab.reset(SMALL);
    lab.timePasses = true;
    lab.break([{ action: 'gate', gate: 'first', match: { index }, phase: 'before-read' }]);
    const first = lab.run(SMALL.argv);
    const held = await Promise.race([lab.sandbox.reached('first').then(() => true), first.then(() => false)]);
    if (!held) return { lab, first: await first, second: null };
    const second = await lab.run(SMALL.argv);
    lab.sandbox.release('first');
    return { lab, first: await first, second };
  }

  it('F39: of the same config, at every request: the result is as declared, and duplicates are never silent', async () => {
    const { ideal } = at();
    let steps = 0;
    let duplicated = 0;
    for (let index = 1; ; index += 1) {
      const { lab, first, second } = await interleaved(index);
      if (!second) break;
      steps += 1;
      const twins = duplicatesIn(lab.sandbox.state().extensions);
      const codes = [first.code, second.code];
      const title = `at request ${index}: ${codes.join(' and ')}, ${twins.join()}`;
      expect(second.code, title).toBe(0);
      expect(twins, title).toEqual([]);
      const found = documentOf(first)?.report?.duplicates ?? [];
      if (found.length > 0) {
        duplicated += 1;
        expect(first.code, title).toBe(8);
        for (const { ids } of found) expect(ids.length, title).toBe(2);
      }
      expect([0, 6, 8], title).toContain(first.code);
      // One more run is enough.
      const third = await lab.run(SMALL.argv);
      expect(third.code, `${title}\n${third.stdout}${third.stderr}`).toBe(0);
      const fourth = await lab.run(SMALL.argv);
      expect(commitsOf(fourth), title).toEqual([]);
    }
    expect(steps).toBe(ideal(SMALL).requests);
    expect(duplicated).toBeGreaterThan(0);
  });
});

/** Ids of actions with the same label on one service, group by group. */
function duplicatesIn(
  extensions: readonly { id: string; name: string; serviceIds: readonly string[]; schema: string }[],
): string[] {
  const groups = new Map<string, string[]>();
  for (const { id, name, serviceIds, schema } of extensions) {
    const key = JSON.stringify([name, serviceIds, schema]);
    groups.set(key, [...(groups.get(key) ?? []), id]);
  }
  return [...groups.values()].filter((ids) => ids.length > 1).flat();
}
