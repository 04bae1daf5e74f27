/** Outcomes depend on what PagerDuty stored: a server that answers, but stores something else. */
import { describe, expect, it } from 'vitest';
import type { LiveAction } from '../../src/core/action.ts';
import { header, spec } from '../helpers/actions.ts';
import type { MemoryStore } from '../helpers/memory-store.ts';
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
  sent,
  storeWith,
} from './apply-world.ts';
import { declare } from './world.ts';

const OLD = 'https://old.example.com/';
const SPACED = spec('Restart  Server', { key: 'restart' });

/** Answers as requested, and stores nothing (fact 56). */
function echoing(store: MemoryStore, ...methods: readonly string[]): void {
  const before = new Map<string, LiveAction>();
  store.before = async ([method, id], commit) => {
    if (!methods.includes(method)) return;
    const old = store.live.get(String(id));
    commit();
    if (old) store.live.set(old.id, old);
    else
      for (const one of store.live.keys()) if (one.startsWith('PNEW')) before.set(one, store.live.get(one)!);
    for (const one of before.keys()) store.live.delete(one);
  };
}

describe('a create that is stored differently', () => {
  it('F45: is sent once, and differs, with the stored values', async () => {
    const store = storeWith();
    changing(store, (action) => ({ ...action, label: action.label.replace(/ +/g, ' ') }));
    const { report, verdicts } = await outcomes(store, declare({ ALPHA: [SPACED, diagnose] }));
    expect(report.outcomes).toMatchObject([
      { status: 'applied' },
      {
        status: 'differs',
        id: 'PNEW2',
        stored: { label: 'Restart Server' },
        fields: [{ field: 'label', before: 'Restart Server', after: 'Restart  Server' }],
      },
    ]);
    expect(sent(store)).toEqual(['create ALPHA', 'create ALPHA']);
    expect(verdicts).toEqual(['ok', 'partial']);
  });

  it('F45: continues with the rest of the service', async () => {
    const store = storeWith();
    changing(store, (action) => ({ ...action, label: action.label.toUpperCase() }));
    const { briefs } = await outcomes(store, declare({ ALPHA: [diagnose, restart] }));
    expect(briefs).toEqual(['create Diagnose differs', 'create Restart differs']);
  });

  it.each([
    ['label', { label: 'restart server' }],
    ['label without resemblance, and the same URL', { label: 'Neustart' }],
    ['URL', { label: 'Restart  Server', url: `${SPACED.url}/` }],
  ])('F13: with another %s is found after a lost answer, and never sent again', async (_, fields) => {
    const store = storeWith();
    changing(store, (action) => ({ ...action, ...fields }));
    const { create } = store;
    store.create = async (...rest) => {
      await create(...rest);
      throw remote('lost_response');
    };
    const { briefs } = await outcomes(store, declare({ ALPHA: [SPACED] }));
    expect(briefs).toEqual(['create Restart  Server differs (confirmed by read)']);
    expect(sent(store).filter((one) => one.startsWith('create'))).toHaveLength(1);
    expect(store.live.size).toBe(1);
  });

  it('F12: is not mistaken for another one with the same URL that this run made before', async () => {
    const store = storeWith();
    const twin = spec('Zap', { url: restart.url });
    let creates = 0;
    store.before = ([method]) => {
      if (method !== 'create') return;
      creates += 1;
      if (creates === 2) throw remote('lost_response');
    };
    const { briefs } = await outcomes(store, declare({ ALPHA: [restart, twin] }));
    expect(briefs).toEqual(['create Restart applied', 'create Zap applied']);
    expect(labels(store)).toEqual(['Restart', 'Zap']);
  });

  it.each([
    ['only an id', (made: LiveAction) => ({ ...made, label: '', url: null, services: [] })],
    [
      'its id on another service',
      (made: LiveAction) => ({ ...made, services: [{ id: 'BRAVO', name: null }] }),
    ],
  ])('F19: answered with %s is looked up, not sent again', async (_, answer) => {
    const store = storeWith();
    const { create } = store;
    store.create = async (...rest) => answer(await create(...rest));
    const { briefs } = await outcomes(store, declare({ ALPHA: [restart] }));
    expect(briefs).toEqual(['create Restart applied (confirmed by read)']);
    expect(store.live.size).toBe(1);
  });

  it('F19: answered with an older action is unknown, and not sent again', async () => {
    const store = storeWith([at('POLD', 'ALPHA', 'Old')]);
    let creates = 0;
    store.create = async () => {
      creates += 1;
      return store.live.get('POLD')!;
    };
    const { report, briefs } = await outcomes(store, declare({ ALPHA: [restart] }));
    expect(briefs).toEqual(['create Restart unknown (contract)']);
    expect(report.outcomes[0]).toHaveProperty('error.message', expect.stringContaining('POLD'));
    expect(creates).toBe(1);
  });
});

describe('an update that is stored differently', () => {
  it('F46: differs, with the stored URL', async () => {
    const store = storeWith([at('PACT', 'ALPHA', 'Restart', OLD)]);
    changing(store, (action) => ({ ...action, url: 'https://run.example.com/lower' }));
    const { report } = await outcomes(store, declare({ ALPHA: [restart] }));
    expect(report.outcomes).toMatchObject([
      { status: 'differs', fields: [{ field: 'url', before: 'https://run.example.com/lower' }] },
    ]);
    expect(sent(store)).toEqual(['update PACT']);
  });

  it('whose answer is old is applied if a read shows the new one', async () => {
    const store = storeWith([at('PACT', 'ALPHA', 'Restart', OLD)]);
    const { update } = store;
    store.update = async (...rest) => ({ ...(await update(...rest)), url: OLD });
    const { briefs, verdicts } = await outcomes(store, declare({ ALPHA: [restart, diagnose] }));
    expect(briefs).toEqual(['update Restart applied', 'create Diagnose applied']);
    expect(verdicts).toEqual(['ok']);
  });
});

describe('a write that is answered but not stored (F48)', () => {
  const both = () => [
    at('PACT', 'ALPHA', 'Restart', OLD),
    at('POLD', 'ALPHA', 'Old'),
    { ...at('PDIS', 'BRAVO', 'Restart'), disabled: true },
  ];
  const wanted = declare({ ALPHA: [restart, diagnose], BRAVO: [restart] }, { prune: true });

  it('is not called applied, whatever its kind, after several reads', async () => {
    const store = storeWith(both());
    const clock = createVirtualClock();
    echoing(store, 'create', 'update', 'delete', 'enable');
    const { report, briefs, verdicts } = await outcomes(store, wanted, {
      clock,
      policy: { enable: true },
    });
    expect(briefs).toEqual([
      'update Restart not kept (url)',
      'create Diagnose not kept (action)',
      'delete Old not kept (action)',
      'enable Restart not kept (disabled)',
    ]);
    expect(report.outcomes).toMatchObject([
      { id: 'PACT', stored: { url: OLD } },
      { id: 'PNEW1', stored: null },
      { id: 'POLD', stored: { label: 'Old' } },
      { id: 'PDIS', stored: { disabled: true } },
    ]);
    expect(clock.slept).toEqual([1_000, 2_000, 4_000]);
    expect(store.writes()).toHaveLength(4);
    expect(verdicts).toEqual(['ok', 'partial']);
  });

  it('is applied if a later read shows it: reads lag (fact 50)', async () => {
    const store = storeWith(both());
    const { actions } = store;
    const then = [...store.live.values()];
    let looks = 0;
    store.actions = async (of) => {
      const now = await actions(of);
      looks += 1;
      return looks > 2 && looks < 5 ? then : now;
    };
    const { briefs } = await outcomes(store, wanted, { policy: { enable: true } });
    expect(briefs.every((text) => text.includes(' applied'))).toBe(true);
    expect(looks).toBe(5);
  });

  it('is applied if only the list does not show it, with a remark', async () => {
    const store = storeWith(both());
    const { actions } = store;
    const then = [...store.live.values()];
    let looks = 0;
    store.actions = async (of) => {
      looks += 1;
      return looks > 2 ? then : actions(of);
    };
    const { report, briefs } = await outcomes(store, wanted, { policy: { enable: true } });
    expect(briefs.every((text) => text.includes(' applied'))).toBe(true);
    expect(report.unchecked).toBe(true);
  });

  it('I11: a delete that was not stored frees no slot: nothing is created in it', async () => {
    const store = storeWith(['A', 'B', 'C'].map((label) => at(`P${label}`, 'ALPHA', label)));
    echoing(store, 'delete');
    const { briefs } = await outcomes(store, declare({ ALPHA: [restart] }, { prune: true }));
    expect(briefs.slice(-1)).toEqual(['create Restart failed (limit)']);
    expect(briefs.slice(0, 3).every((text) => text.includes('not kept'))).toBe(true);
    expect(store.live.size).toBe(3);
  });
});

describe('headers that an update does not mention (U4, F47)', () => {
  const names = Array.from({ length: 8 }, (_, index) => `S${index}`);
  const everywhere = declare(Object.fromEntries(names.map((name) => [name, [restart]])));
  const stored = () =>
    storeWith(
      names.map((name) => ({ ...at(`P${name}`, name, 'Restart', OLD), headers: { Authorization: 'v' } })),
      names,
    );
  const gets = (store: MemoryStore) => store.asked.filter(([method]) => method === 'action').length;

  it.each([1, 4])(
    'are lost once at most, %i at a time: the other updates are not sent',
    async (concurrency) => {
      const store = stored();
      changing(store, (action) => ({ ...action, headerNames: [] }));
      const { report, verdicts } = await outcomes(store, everywhere, { concurrency });
      expect(report.outcomes[0]).toMatchObject({ status: 'differs', fields: [], lost: ['Authorization'] });
      expect(report.outcomes.slice(1)).toEqual(
        Array.from({ length: 7 }, () => expect.objectContaining({ status: 'skipped', spared: true })),
      );
      expect(sent(store)).toEqual(['update PS0']);
      expect(verdicts).toEqual(['ok', 'partial']);
    },
  );

  it('are lost once even if the answer shows them unchanged', async () => {
    const store = stored();
    const { update } = store;
    store.update = async (...rest) => {
      const answer = await update(...rest);
      store.live.set(answer.id, { ...answer, headerNames: [] });
      return answer;
    };
    const { report } = await outcomes(store, everywhere, { concurrency: 4 });
    expect(report.outcomes.filter(({ status }) => status === 'skipped')).toHaveLength(7);
  });

  it('are read back once where they are kept, and everything is updated', async () => {
    const store = stored();
    const { briefs } = await outcomes(store, everywhere, { concurrency: 4 });
    expect(new Set(briefs)).toEqual(new Set(['update Restart applied']));
    expect(gets(store)).toBe(1);
  });

  it('are read back again while a read shows the previous state (fact 50)', async () => {
    const store = stored();
    const clock = createVirtualClock();
    const { action } = store;
    const before = new Map(store.live);
    let looks = 0;
    store.action = async (id) => {
      looks += 1;
      return looks < 3 ? before.get(id)! : action(id);
    };
    changing(store, (one) => ({ ...one, headerNames: [] }));
    const { update } = store;
    store.update = async (...rest) => ({ ...(await update(...rest)), headerNames: ['Authorization'] });
    const { report } = await outcomes(store, everywhere, { clock });
    expect(report.outcomes.filter(({ status }) => status === 'skipped')).toHaveLength(7);
    expect(clock.slept).toEqual([1_000, 2_000]);
  });

  it('that a read cannot show leave each update to be tried alone', async () => {
    const store = stored();
    failing(store, 'action', () => remote('server_error'));
    const { briefs } = await outcomes(store, everywhere, { concurrency: 4 });
    expect(new Set(briefs)).toEqual(new Set(['update Restart applied']));
    expect(gets(store)).toBe(8);
  });

  it('that are lost later stop the following updates, too', async () => {
    const store = stored();
    changing(store, (action) => (action.id === 'PS3' ? { ...action, headerNames: [] } : action));
    const { report } = await outcomes(store, everywhere);
    expect(report.outcomes.map(({ status }) => status)).toEqual([
      ...['applied', 'applied', 'applied', 'differs'],
      ...['skipped', 'skipped', 'skipped', 'skipped'],
    ]);
  });

  it('do not delay updates that send their headers, or have none', async () => {
    const store = storeWith([
      { ...at('PA', 'ALPHA', 'Restart', OLD), headers: { Authorization: 'v' } },
      at('PB', 'BRAVO', 'Restart', OLD),
    ]);
    const headers = [header('Authorization')];
    const sending = spec('Restart', { key: 'sending', headers });
    await outcomes(store, declare({ ALPHA: [sending], BRAVO: [restart] }));
    expect(gets(store)).toBe(0);
  });
});
