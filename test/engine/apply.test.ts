import { describe, expect, it } from 'vitest';
import { AuthError, CancelledError, RemoteError } from '../../src/errors.ts';
import type { MemoryStore } from '../helpers/memory-store.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';
import { at, diagnose, failing, labels, outcomes, remote, restart, sent, storeWith } from './apply-world.ts';
import { brief, declare, syncOn } from './world.ts';

describe('the order', () => {
  it('is that of the plan: by service, then update, create, delete', async () => {
    const store = storeWith([
      at('PU', 'BRAVO', 'Restart', 'https://old.example.com/'),
      at('PD', 'BRAVO', 'Old'),
    ]);
    await syncOn(store, declare({ BRAVO: [restart, diagnose], ALPHA: [restart] }, { prune: true }));
    expect(sent(store)).toEqual(['create ALPHA', 'update PU', 'create BRAVO', 'delete PD']);
  });

  it('I4: deletes first if the creates would not fit otherwise', async () => {
    const full = ['A', 'B', 'C'].map((label) => at(`P${label}`, 'ALPHA', label));
    const store = storeWith(full);
    await syncOn(store, declare({ ALPHA: [restart, diagnose] }, { prune: true }), {
      guard: { maxDeletes: 3, allowEmpty: false },
    });
    expect(sent(store)).toEqual(['delete PA', 'delete PB', 'delete PC', 'create ALPHA', 'create ALPHA']);
    expect(labels(store)).toEqual(['Diagnose', 'Restart']);
  });

  it('works on a number of services at a time, and on each of them serially', async () => {
    const names = ['ALPHA', 'BRAVO', 'CHARLIE', 'DELTA', 'ECHO'];
    const store = storeWith([], names);
    const busy = new Map<string, number>();
    let most = 0;
    store.before = async ([method, service]) => {
      if (method !== 'create') return;
      busy.set(String(service), (busy.get(String(service)) ?? 0) + 1);
      most = Math.max(most, busy.size);
      expect(busy.get(String(service))).toBe(1);
      await new Promise(setImmediate);
      busy.delete(String(service));
    };
    const declaration = declare(Object.fromEntries(names.map((name) => [name, [restart, diagnose]])));
    const report = await syncOn(store, declaration, { concurrency: 3 });
    expect(most).toBe(3);
    expect(report.outcomes.map(({ change }) => change.service.name)).toEqual(
      names.flatMap((name) => [name, name]),
    );
  });

  it('reports each outcome as it comes', async () => {
    const told: string[] = [];
    await syncOn(storeWith(), declare({ ALPHA: [restart], BRAVO: [diagnose] }), {
      onOutcome: (outcome) => told.push(brief(outcome)),
    });
    expect(told).toEqual(['create Restart applied', 'create Diagnose applied']);
  });
});

describe('the read before the first write', () => {
  const names = ['ALPHA', 'BRAVO'];
  const later = createVirtualClock;

  it('happens once for a service if the plan is older than 30 s', async () => {
    const store = storeWith([], names);
    const clock = later();
    await syncOn(store, declare({ ALPHA: [restart, diagnose], BRAVO: [restart] }), {
      clock,
      between: () => clock.sleep(30_001),
    });
    expect(store.asked.filter(([method]) => method === 'actions').map(([, ids]) => ids)).toEqual([
      ['ALPHA', 'BRAVO'],
      ['ALPHA'],
      ['BRAVO'],
      ['ALPHA', 'BRAVO'],
    ]);
  });

  it('does not happen if the plan is fresh', async () => {
    const store = storeWith([], names);
    const clock = later();
    await syncOn(store, declare({ ALPHA: [restart] }), { clock, between: () => clock.sleep(30_000) });
    expect(store.asked.filter(([method]) => method === 'actions')).toHaveLength(2);
  });

  it('that fails leaves the service alone (SK), and others continue', async () => {
    const store = storeWith([], names);
    const clock = later();
    const { briefs, verdicts } = await outcomes(
      store,
      declare({ ALPHA: [restart, diagnose], BRAVO: [restart] }),
      {
        clock,
        between: async () => {
          await clock.sleep(31_000);
          failing(store, 'actions', () => new AuthError('no', { reason: 'forbidden' }), { times: 1 });
        },
      },
    );
    expect(briefs).toEqual([
      'create Diagnose failed (forbidden)',
      'create Restart skipped (the service could not be checked)',
      'create Restart applied',
    ]);
    expect(verdicts).toEqual(['ok', 'partial']);
  });

  it('F24: notices that the slots are taken', async () => {
    const store = storeWith([], names);
    const clock = later();
    const filled = ['A', 'B', 'C'].map((label) => at(`P${label}`, 'ALPHA', label));
    const { briefs, verdicts } = await outcomes(store, declare({ ALPHA: [restart] }), {
      clock,
      between: async () => {
        await clock.sleep(31_000);
        for (const [id, action] of storeWith(filled).live) store.live.set(id, action);
      },
    });
    expect(briefs).toEqual(['create Restart failed (limit)']);
    expect(sent(store)).toEqual([]);
    expect(verdicts).toEqual(['ok', 'refused']);
  });

  it('F40: notices an action with the same label and other contents', async () => {
    const store = storeWith([at('POLD', 'ALPHA', 'Old')], names);
    const { briefs } = await outcomes(store, declare({ ALPHA: [restart] }, { prune: true }), {
      between: () => {
        store.live.set('PX', { ...store.live.get('POLD')!, id: 'PX', label: 'Restart' });
      },
    });
    expect(briefs[0]).toBe('create Restart failed (conflict)');
  });
});

describe('the end of a run', () => {
  const names = Array.from({ length: 8 }, (_, index) => `S${index}`);
  const everywhere = declare(Object.fromEntries(names.map((name) => [name, [restart]])));

  it('comes after five outages in a row (breaker)', async () => {
    const store = storeWith([], names);
    failing(store, 'create', () => remote('network'));
    const { report, briefs, verdicts } = await outcomes(store, everywhere);
    expect(sent(store)).toHaveLength(5);
    expect(report.stopped).toEqual({ why: 'breaker', failures: 5 });
    expect(briefs.slice(5)).toEqual(Array(3).fill('create Restart skipped (5 changes in a row failed)'));
    expect(verdicts).toEqual(['ok', 'partial']);
  });

  it('does not come after five failures of another kind, or with a success among them', async () => {
    const invalid = storeWith([], names);
    failing(invalid, 'create', () => remote('invalid'));
    expect(await syncOn(invalid, everywhere)).toMatchObject({ stopped: null });
    const mixed = storeWith([], names);
    let calls = 0;
    mixed.before = ([method]) => {
      if (method !== 'create') return;
      calls += 1;
      if (calls % 5 !== 0) throw remote('network');
    };
    expect(await syncOn(mixed, everywhere)).toMatchObject({ stopped: null });
  });

  it.each([
    ['F20', 'unauthorized', ['ok', 'auth', 'partial']],
    ['F22', 'ability', ['ok', 'auth', 'partial']],
  ] as const)('%s: comes after a refused token (%s)', async (_, reason, expected) => {
    const store = storeWith([], names);
    failing(store, 'create', () => new AuthError('no', { reason }), { service: 'S2' });
    const { briefs, verdicts } = await outcomes(store, everywhere);
    expect(briefs.slice(0, 3)).toEqual([
      'create Restart applied',
      'create Restart applied',
      `create Restart failed (${reason})`,
    ]);
    expect(briefs.slice(3)).toEqual(Array(5).fill('create Restart skipped (no)'));
    expect(sent(store)).toHaveLength(3);
    expect(verdicts).toEqual(expected);
  });

  it('F21: does not come after a forbidden service', async () => {
    const store = storeWith([], names);
    failing(store, 'create', () => new AuthError('no', { reason: 'forbidden' }), { service: 'S2' });
    const { report, verdicts } = await outcomes(store, everywhere);
    expect(report.outcomes.filter(({ status }) => status === 'applied')).toHaveLength(7);
    expect(report.stopped).toBeNull();
    expect(verdicts).toEqual(['ok', 'partial']);
  });

  it('F21: is blamed on the token if all services are forbidden', async () => {
    const store = storeWith([], names);
    failing(store, 'create', () => new AuthError('no', { reason: 'forbidden' }));
    expect((await outcomes(store, everywhere)).verdicts).toEqual(['ok', 'auth', 'partial']);
  });

  it('F33: comes after an answer that makes any write a risk', async () => {
    const store = storeWith([], names);
    failing(store, 'create', () => new RemoteError('no', { reason: 'redirect', aftermath: 'stop' }));
    expect((await outcomes(store, everywhere)).briefs[0]).toBe('create Restart failed (redirect)');
    expect(sent(store)).toHaveLength(1);
  });

  it('comes after a bug, which is reported as such', async () => {
    const store = storeWith([], names);
    failing(store, 'create', () => new TypeError('oops'), { lost: true });
    const { report, briefs, verdicts } = await outcomes(store, everywhere);
    expect(briefs[0]).toBe('create Restart unknown (internal)');
    expect(report.stopped).toMatchObject({ why: 'bug' });
    expect(verdicts).toEqual(['ok', 'bug', 'partial']);
    expect(sent(store)).toHaveLength(1);
  });
});

describe('an interruption', () => {
  const everywhere = declare({ ALPHA: [restart, diagnose], BRAVO: [restart] });

  it('F34: before the first write leaves everything undone', async () => {
    const stop = new AbortController();
    const store = storeWith();
    const { report, briefs, verdicts } = await outcomes(store, everywhere, {
      interrupted: stop.signal,
      between: () => stop.abort(new CancelledError()),
    });
    expect(briefs).toEqual(Array(3).fill(expect.stringContaining('skipped (interrupted)')));
    expect(store.writes()).toEqual([]);
    expect(report.stopped).toEqual({ why: 'interrupted' });
    expect(verdicts).toContain('cancelled');
  });

  it('F34: waits for the write in flight, and starts no other', async () => {
    const stop = new AbortController();
    const store = storeWith();
    store.before = async ([method]) => {
      if (method !== 'create') return;
      stop.abort(new CancelledError());
      await Promise.resolve();
    };
    const { briefs, verdicts } = await outcomes(store, everywhere, { interrupted: stop.signal });
    expect(briefs).toEqual([
      'create Diagnose applied',
      'create Restart skipped (interrupted)',
      'create Restart skipped (interrupted)',
    ]);
    expect(verdicts).toEqual(['ok', 'cancelled', 'partial']);
  });

  it('F34: a write that waits for its turn was not sent, so neither it nor the following ones failed', async () => {
    const stop = new AbortController();
    const store = storeWith();
    store.before = async ([method]) => {
      if (method !== 'create') return;
      stop.abort(new CancelledError());
      // Like the pacer: before the request is sent.
      throw new CancelledError();
    };
    const { briefs, verdicts } = await outcomes(store, everywhere, { interrupted: stop.signal });
    expect(briefs).toEqual([
      'create Diagnose skipped (interrupted)',
      'create Restart skipped (interrupted)',
      'create Restart skipped (interrupted)',
    ]);
    expect(verdicts).not.toContain('partial');
  });

  it.each(['create', 'update', 'delete', 'enable'] as const)(
    'F34: gives a %s 5 s, then it is unknown',
    async (method) => {
      const stop = new AbortController();
      const clock = createVirtualClock();
      const extensions = {
        create: [],
        update: [at('PACT', 'ALPHA', 'Restart', 'https://old.example.com/')],
        delete: [at('PACT', 'ALPHA', 'Old')],
        enable: [{ ...at('PACT', 'ALPHA', 'Restart'), disabled: true }],
      };
      const store = storeWith(extensions[method]);
      store.before = ([asked]) => {
        if (asked !== method) return;
        stop.abort(new CancelledError());
        return new Promise(() => undefined);
      };
      const wanted = declare({ ALPHA: method === 'delete' ? [] : [restart] }, { prune: method === 'delete' });
      const { briefs, report } = await outcomes(store, wanted, {
        interrupted: stop.signal,
        clock,
        policy: { enable: true },
        guard: { allowEmpty: true },
      });
      expect(briefs).toEqual([expect.stringContaining('unknown (interrupted)')]);
      expect(clock.now()).toBe(5_000);
      expect(report.stopped).toEqual({ why: 'interrupted' });
    },
  );

  it('F34: during the search for a lost create leaves it unknown', async () => {
    const stop = new AbortController();
    const store = storeWith();
    store.before = ([method], commit) => {
      if (method !== 'create') return;
      commit();
      setImmediate(() => stop.abort(new CancelledError()));
      throw remote('lost_response');
    };
    const { briefs, verdicts } = await outcomes(store, everywhere, { interrupted: stop.signal });
    expect(briefs[0]).toBe('create Diagnose unknown (interrupted)');
    expect(verdicts).toEqual(['ok', 'cancelled', 'partial']);
  });
});

describe('the read after the last write', () => {
  it('follows a run that has announced the number of its requests', async () => {
    const expected: number[] = [];
    const store = { ...storeWith(), expect: (requests: number) => void expected.push(requests) };
    await syncOn(store, declare({ ALPHA: [restart, diagnose], BRAVO: [restart] }));
    expect(expected).toEqual([6]);
  });

  it("F39: finds duplicates, names them, and withdraws the run's own action", async () => {
    const store = storeWith();
    store.before = ([method]) => {
      if (method !== 'create' || store.live.size > 0) return;
      const twin = storeWith([at('PTWIN', 'ALPHA', 'Restart')]).live.get('PTWIN')!;
      store.live.set('PTWIN', twin);
    };
    const { report, briefs, verdicts } = await outcomes(store, declare({ ALPHA: [restart] }));
    expect(briefs).toEqual(['create Restart withdrawn']);
    const found = { ids: ['PNEW1', 'PTWIN'], made: ['PNEW1'], withdrawn: ['PNEW1'], left: ['PTWIN'] };
    expect(report.duplicates).toMatchObject([{ label: 'Restart', ...found }]);
    expect(verdicts).toEqual(['ok', 'refused', 'partial']);
    expect([...store.live.keys()]).toEqual(['PTWIN']);
  });

  it('is one request for all services, and none if nothing was written', async () => {
    const old = at('PACT', 'ALPHA', 'Restart', 'https://old.example.com/');
    const store = storeWith([old, { ...at('PB', 'BRAVO', 'Restart'), disabled: true }]);
    const wanted = declare({ ALPHA: [restart, diagnose], BRAVO: [restart] });
    await syncOn(store, wanted, { policy: { enable: true } });
    expect(store.asked.slice(-1)).toEqual([['actions', ['ALPHA', 'BRAVO']]]);
    expect(store.asked.filter(([method]) => method === 'actions')).toHaveLength(2);
    const reads = store.asked.length;
    await syncOn(store, wanted);
    expect(store.asked.slice(reads).filter(([method]) => method === 'actions')).toHaveLength(1);
  });

  it('that fails leaves the writes unconfirmed', async () => {
    const store = storeWith();
    const { report, verdicts } = await outcomes(store, declare({ ALPHA: [restart] }), {
      between: () => failing(store, 'actions', () => remote('server_error')),
    });
    expect(report).toMatchObject({ unchecked: true, outcomes: [{ status: 'applied', unconfirmed: true }] });
    expect(verdicts).toEqual(['ok', 'partial']);
  });

  it('fact 50: waits until the created action is visible, so that the next run sees it too', async () => {
    const store = storeWith();
    const clock = createVirtualClock();
    let reads = 0;
    const lagging = {
      ...store,
      actions: async (of: Parameters<MemoryStore['actions']>[0]) => {
        reads += 1;
        return reads < 4 ? [] : store.actions(of);
      },
    };
    const report = await syncOn(lagging, declare({ ALPHA: [restart] }), { clock });
    expect(report).toMatchObject({ unchecked: false, duplicates: [] });
    expect(clock.slept).toEqual([1_000, 2_000]);
  });

  it('fact 50: does not wait forever, and reports that it could not check', async () => {
    const blind = { ...storeWith(), actions: async () => [] };
    const clock = createVirtualClock();
    const report = await syncOn(blind, declare({ ALPHA: [restart] }), { clock });
    expect(report).toMatchObject({ unchecked: true, outcomes: [{ status: 'applied' }] });
    expect(clock.slept).toEqual([1_000, 2_000, 4_000]);
  });
});
