import { describe, expect, it } from 'vitest';
import { NOTHING } from '../../src/core/live.ts';
import { applyChange } from '../../src/engine/change.ts';
import { startRun } from '../../src/engine/run.ts';
import { RemoteError } from '../../src/errors.ts';
import { header, live, service, spec } from '../helpers/actions.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';
import {
  at,
  changing,
  diagnose,
  failing,
  labels,
  outcomes,
  remote,
  restart,
  revert,
  sent,
  storeWith,
} from './apply-world.ts';
import { brief, declare, syncOn } from './world.ts';

describe('a create', () => {
  it('F13: whose answer is lost is found and adopted, not sent again', async () => {
    const store = storeWith();
    failing(store, 'create', () => remote('lost_response'), { lost: true, times: 1 });
    const { briefs, verdicts } = await outcomes(store, declare({ ALPHA: [restart] }));
    expect(briefs).toEqual(['create Restart applied (confirmed by read)']);
    expect(sent(store)).toEqual(['create ALPHA']);
    expect(verdicts).toEqual(['ok']);
  });

  it('F12: that never arrived is sent a second time, after looking three times', async () => {
    const store = storeWith();
    const clock = createVirtualClock();
    failing(store, 'create', () => remote('lost_response'), { times: 1 });
    const { briefs } = await outcomes(store, declare({ ALPHA: [restart] }), { clock });
    expect(briefs).toEqual(['create Restart applied']);
    expect(sent(store)).toEqual(['create ALPHA', 'create ALPHA']);
    expect(clock.slept).toEqual([1_000, 2_000, 4_000]);
  });

  it('VF: is sent twice at most, then it is unknown, and its service is left alone', async () => {
    const store = storeWith();
    failing(store, 'create', () => remote('server_error'));
    const { report, briefs, verdicts } = await outcomes(store, declare({ ALPHA: [restart, diagnose] }));
    expect(briefs).toEqual([
      'create Diagnose unknown (server_error)',
      'create Restart skipped (an earlier change to this service did not succeed)',
    ]);
    expect(sent(store)).toEqual(['create ALPHA', 'create ALPHA']);
    expect(verdicts).toEqual(['ok', 'partial']);
    const [open] = report.outcomes;
    expect(open).toMatchObject({ error: { details: [expect.stringContaining('sent twice')] } });
  });

  it('VF: found with other contents is adopted and then updated', async () => {
    const store = storeWith();
    store.before = ([method], commit) => {
      if (method !== 'create' || store.live.size > 0) return;
      commit();
      const [made] = store.live.values();
      store.live.set(made!.id, { ...made!, url: 'https://half.example.com/' });
      throw remote('lost_response');
    };
    const { briefs } = await outcomes(store, declare({ ALPHA: [restart] }));
    expect(briefs).toEqual(['create Restart applied (confirmed by read)']);
    expect(sent(store)).toEqual(['create ALPHA', 'update PNEW1']);
    expect([...store.live.values()]).toMatchObject([{ label: 'Restart', url: restart.url }]);
  });

  it('VF: found twice is left unchanged and refused with both ids', async () => {
    const store = storeWith();
    store.before = ([method], commit) => {
      if (method !== 'create') return;
      commit();
      const [made] = store.live.values();
      store.live.set('PTHEIRS', { ...made!, id: 'PTHEIRS' });
      throw remote('lost_response');
    };
    const { report, briefs, verdicts } = await outcomes(store, declare({ ALPHA: [restart] }));
    expect(briefs).toEqual(['create Restart unknown (duplicate)']);
    // No answer shows which of the two this run created.
    const ids = ['PNEW1', 'PTHEIRS'];
    expect(report.duplicates).toMatchObject([{ label: 'Restart', ids, made: [], withdrawn: [], left: ids }]);
    expect(verdicts).toEqual(['ok', 'refused', 'partial']);
    expect(sent(store)).toEqual(['create ALPHA']);
  });

  it.each(['server_error', 'proxy'] as const)(
    'F18: that cannot even be looked up (%s) is unknown, and ends the run',
    async (reason) => {
      const store = storeWith();
      failing(store, 'create', () => remote(reason), { lost: true });
      const { report, briefs, verdicts } = await outcomes(
        store,
        declare({ ALPHA: [restart], BRAVO: [restart] }),
        {
          between: () => failing(store, 'actions', () => remote(reason)),
        },
      );
      expect(briefs[0]).toBe(`create Restart unknown (${reason})`);
      expect(briefs[1]).toContain('create Restart skipped');
      expect(report).toMatchObject({ stopped: { why: 'error' }, unchecked: true });
      expect(verdicts).toEqual(['ok', 'partial']);
    },
  );

  it('whose adoption fails is unknown: it exists, but differs', async () => {
    const store = storeWith();
    store.before = ([method], commit) => {
      if (method === 'update') throw remote('invalid');
      if (method !== 'create') return;
      commit();
      const [made] = store.live.values();
      store.live.set(made!.id, { ...made!, url: 'https://half.example.com/' });
      throw remote('lost_response');
    };
    const { briefs } = await outcomes(store, declare({ ALPHA: [restart] }));
    expect(briefs).toEqual(['create Restart unknown (invalid)']);
  });

  it('F24: on a service that filled up names the occupants, and touches none of them', async () => {
    const store = storeWith();
    const filled = ['A', 'B', 'C'].map((label) => at(`P${label}`, 'ALPHA', label));
    const { report, briefs, verdicts } = await outcomes(store, declare({ ALPHA: [restart] }), {
      between: () => {
        for (const [id, action] of storeWith(filled).live) store.live.set(id, action);
      },
    });
    expect(briefs).toEqual(['create Restart failed (limit)']);
    expect(report.outcomes[0]).toMatchObject({ error: { details: ['A (PA)', 'B (PB)', 'C (PC)'] } });
    expect(verdicts).toEqual(['ok', 'partial']);
    expect(labels(store)).toEqual(['A', 'B', 'C']);
  });

  it('F24: stays a failure when the occupants cannot be read', async () => {
    const store = storeWith();
    failing(store, 'create', () => new RemoteError('full', { reason: 'limit', aftermath: 'skip' }));
    const { briefs } = await outcomes(store, declare({ ALPHA: [restart] }), {
      between: () => failing(store, 'actions', () => remote('server_error')),
    });
    expect(briefs).toEqual(['create Restart failed (limit)']);
  });

  it('that another client made in the meantime is not made again (F39)', async () => {
    const store = storeWith([at('POLD', 'ALPHA', 'Old')]);
    const { briefs } = await outcomes(store, declare({ ALPHA: [restart] }, { prune: true }), {
      between: () => {
        store.live.set('PTHEIRS', {
          ...store.live.get('POLD')!,
          id: 'PTHEIRS',
          label: 'Restart',
          url: restart.url,
        });
      },
    });
    expect(briefs).toEqual(['create Restart applied (already there)', 'delete Old applied']);
  });
});

describe('an update', () => {
  const old = at('PACT', 'ALPHA', 'Restart', 'https://old.example.com/');
  const wanted = declare({ ALPHA: [restart] });

  it('F23: of an action that is gone creates it anew', async () => {
    const store = storeWith([old]);
    const { briefs, verdicts } = await outcomes(store, wanted, { between: () => void store.live.clear() });
    expect(briefs).toEqual(['update Restart applied (recreated)']);
    expect(sent(store)).toEqual(['update PACT', 'create ALPHA']);
    expect(verdicts).toEqual(['ok']);
  });

  it('F23: does so without a PUT if the read before it shows the gap', async () => {
    const store = storeWith([old, at('PDEL', 'ALPHA', 'Gone')]);
    const { briefs } = await outcomes(store, declare({ ALPHA: [restart] }, { prune: true }), {
      between: () => void store.live.delete('PACT'),
    });
    expect(briefs).toEqual(['update Restart applied (recreated)', 'delete Gone applied']);
    expect(sent(store)).toEqual(['create ALPHA', 'delete PDEL']);
  });

  it('F39: continues if an edit matches the config: a run of the same config was faster', async () => {
    const store = storeWith([old, at('PDEL', 'ALPHA', 'Gone')]);
    const { briefs } = await outcomes(store, declare({ ALPHA: [restart] }, { prune: true }), {
      between: () => void store.live.set('PACT', { ...store.live.get('PACT')!, url: restart.url }),
    });
    expect(briefs).toEqual(['update Restart applied', 'delete Gone applied']);
  });

  it('F23: adopts an action that another client has made in its place', async () => {
    const store = storeWith([old]);
    const { briefs } = await outcomes(store, wanted, {
      between: () => {
        const action = store.live.get('PACT')!;
        store.live.clear();
        store.live.set('PNOW', { ...action, id: 'PNOW', url: restart.url });
      },
    });
    expect(briefs).toEqual(['update Restart applied (already there)']);
  });

  it('F23: fails if no slot is left for it', async () => {
    const store = storeWith([old]);
    const { briefs } = await outcomes(store, wanted, {
      between: () => {
        const action = store.live.get('PACT')!;
        store.live.clear();
        for (const id of ['P1', 'P2', 'P3']) store.live.set(id, { ...action, id, label: id });
      },
    });
    expect(briefs).toEqual(['update Restart failed (limit)']);
    expect(store.live.size).toBe(3);
  });

  it('U4: sends headers only if the config mentions them, and from the config alone', async () => {
    const headers = [header('Authorization', 'Bearer s3cret')];
    const store = storeWith([
      { ...old, headers: { 'X-Kept': 'v' } },
      { ...old, id: 'PB', service: 'BRAVO' },
    ]);
    const report = await syncOn(
      store,
      declare({ ALPHA: [restart], BRAVO: [spec('Restart', { key: 'b', headers })] }),
    );
    expect(store.writes().map(([, , , body]) => body)).toEqual([
      { label: 'Restart', url: restart.url },
      { label: 'Restart', url: restart.url, headers: [{ name: 'Authorization', value: 'Bearer s3cret' }] },
    ]);
    expect(report.outcomes.map(brief)).toEqual(['update Restart applied', 'update Restart applied']);
  });

  it.each([
    ['kept a header that should be gone', ['authorization', 'X-Old'], { removed: ['X-Old'] }],
    ['lost a header that was sent', [], { added: ['Authorization'] }],
  ])('U4: does not call it applied when PagerDuty %s', async (_, headerNames, field) => {
    const store = storeWith([{ ...old, headers: { 'X-Old': 'v' } }]);
    changing(store, (action) => ({ ...action, headerNames }));
    const headers = [header('Authorization')];
    const { report, verdicts } = await outcomes(store, declare({ ALPHA: [spec('Restart', { headers })] }));
    expect(report.outcomes).toMatchObject([{ status: 'differs', fields: [field] }]);
    expect(verdicts).toEqual(['ok', 'partial']);
  });
});

describe('a delete', () => {
  const wanted = declare({ ALPHA: [restart] }, { prune: true });
  const stored = () => storeWith([at('PKEEP', 'ALPHA', 'Restart'), at('POLD', 'ALPHA', 'Old')]);

  it('always reads first', async () => {
    const store = stored();
    await syncOn(store, wanted);
    expect(store.asked.map(([method]) => method).slice(-3)).toEqual(['actions', 'delete', 'actions']);
  });

  it('F23: of an action that is gone succeeds', async () => {
    const store = stored();
    const { briefs } = await outcomes(store, wanted, { between: () => void store.live.delete('POLD') });
    expect(briefs).toEqual(['delete Old applied (already gone)']);
    expect(sent(store)).toEqual([]);
  });

  it.each([
    ['label', { label: 'Page me' }],
    ['URL', { url: 'https://new.example.com/' }],
    ['headers', { headerNames: ['X-New'] }],
  ])('F40: does not happen if its %s changed after the plan', async (_, edit) => {
    const store = stored();
    const { report, briefs, verdicts } = await outcomes(store, wanted, {
      between: () => {
        store.live.set('POLD', { ...store.live.get('POLD')!, ...edit });
      },
    });
    expect(briefs).toEqual(['delete Old failed (conflict)']);
    expect(report.outcomes[0]).toMatchObject({ attempted: false });
    expect(sent(store)).toEqual([]);
    expect(verdicts).toEqual(['ok', 'refused']);
  });

  it('F40: skips the rest of the service, while others continue', async () => {
    const store = storeWith([at('POLD', 'ALPHA', 'Old')]);
    const { briefs, verdicts } = await outcomes(
      store,
      declare({ ALPHA: [restart], BRAVO: [restart] }, { prune: true }),
      {
        between: () => {
          store.live.set('POLD', { ...store.live.get('POLD')!, label: 'Edited' });
        },
      },
    );
    expect(briefs).toEqual([
      'create Restart failed (conflict)',
      'delete Old skipped (the service could not be checked)',
      'create Restart applied',
    ]);
    expect(verdicts).toEqual(['ok', 'partial']);
  });
});

describe('a change that could not be sent any more', () => {
  it('after the time of the run is failed, not unknown: it was not sent', async () => {
    const store = storeWith();
    failing(
      store,
      'create',
      () => new RemoteError('out of time', { reason: 'timeout', aftermath: 'stop', certain: true }),
    );
    const { briefs } = await outcomes(store, declare({ ALPHA: [restart] }));
    expect(briefs).toEqual(['create Restart failed (timeout)']);
  });
});

describe('an enable', () => {
  it('ends a disablement; F44: the update before it does not', async () => {
    const store = storeWith([
      { ...at('PACT', 'ALPHA', 'Restart', 'https://old.example.com/'), disabled: true },
    ]);
    const declaration = declare({ ALPHA: [restart, revert] });
    const { briefs } = await outcomes(store, declaration, { policy: { enable: true } });
    expect(briefs).toEqual(['update Restart applied', 'create Revert applied', 'enable Restart applied']);
    expect(store.live.get('PACT')?.disabled).toBe(false);
  });

  it('F23: of a missing action creates it anew, because it is declared', async () => {
    const store = storeWith([{ ...at('PACT', 'ALPHA', 'Restart'), disabled: true }]);
    const { briefs } = await outcomes(store, declare({ ALPHA: [restart] }), {
      policy: { enable: true },
      between: () => void store.live.clear(),
    });
    expect(briefs).toEqual(['enable Restart applied (recreated)']);
    expect([...store.live.values()].map(({ label, disabled }) => [label, disabled])).toEqual([
      ['Restart', false],
    ]);
  });

  it('F23: of a missing action fails if it is not declared', async () => {
    const store = storeWith();
    const on = service('Alpha');
    const before = live('Restart', on, { disabled: true });
    const run = startRun(store, { clock: createVirtualClock(), readAt: 0 });
    const ground = { live: NOTHING, fresh: false };
    const outcome = await applyChange(run, { kind: 'enable', service: on, id: 'PACT', before }, ground);
    expect(brief(outcome)).toBe('enable Restart failed (gone)');
    expect(sent(store)).toEqual(['enable PACT']);
  });
});
