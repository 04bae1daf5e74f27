/** One sign that an action is gone is not enough: lists and single reads may lag independently (fact 50). */
import { describe, expect, it } from 'vitest';
import type { MemoryStore } from '../helpers/memory-store.ts';
import { at, failing, labels, outcomes, remote, restart, sent, storeWith } from './apply-world.ts';
import { declare } from './world.ts';

const OLD_URL = 'https://old.example.com/';
const SKIPPED = 'delete Old skipped (the service could not be checked)';

/** A store whose lists do not show these actions. */
function hiding(store: MemoryStore, ...ids: readonly string[]): void {
  const { actions } = store;
  store.actions = async (of) => (await actions(of)).filter(({ id }) => !ids.includes(id));
}

describe('an action that a list does not show', () => {
  const pruned = declare({ ALPHA: [restart] }, { prune: true });
  const full = () => storeWith([at('PACT', 'ALPHA', 'Restart', OLD_URL), at('POLD', 'ALPHA', 'Old')]);

  it('but that exists is updated, not created again (I2)', async () => {
    const store = full();
    const { briefs } = await outcomes(store, pruned, { between: () => hiding(store, 'PACT') });
    expect(briefs).toEqual(['update Restart applied', 'delete Old applied']);
    expect(sent(store)).toEqual(['update PACT', 'delete POLD']);
    expect(labels(store)).toEqual(['Restart']);
  });

  it('but that exists is deleted, not reported as gone', async () => {
    const store = full();
    const { briefs } = await outcomes(store, pruned, { between: () => hiding(store, 'POLD') });
    expect(briefs).toEqual(['update Restart applied', 'delete Old applied']);
    expect(labels(store)).toEqual(['Restart']);
  });

  it('and that was edited is left alone (F40)', async () => {
    const store = full();
    const { briefs } = await outcomes(store, pruned, {
      between() {
        store.live.set('POLD', { ...store.live.get('POLD')!, label: 'Edited' });
        hiding(store, 'POLD');
      },
    });
    expect(briefs).toEqual(['update Restart failed (conflict)', SKIPPED]);
    expect(sent(store)).toEqual([]);
  });

  it('and that moved to another service is gone from this one', async () => {
    const store = full();
    const { briefs } = await outcomes(store, pruned, {
      between() {
        store.live.set('POLD', { ...store.live.get('POLD')!, services: [{ id: 'BRAVO', name: 'BRAVO' }] });
      },
    });
    expect(briefs).toEqual(['update Restart applied', 'delete Old applied (already gone)']);
    expect(sent(store)).toEqual(['update PACT']);
  });

  it('and that cannot be read leaves the service alone (SK)', async () => {
    const store = full();
    failing(store, 'action', () => remote('server_error'));
    const { briefs } = await outcomes(store, pruned, { between: () => hiding(store, 'POLD') });
    expect(briefs).toEqual(['update Restart failed (server_error)', SKIPPED]);
    expect(sent(store)).toEqual([]);
  });
});

describe('a 404', () => {
  it.each([
    ['once', { times: 1 }, 'update Restart applied'],
    ['always', {}, 'update Restart failed (gone)'],
  ])(
    'to an update of an existing action, %s: the same is sent once more, and no second one created (I2)',
    async (_, how, brief) => {
      const store = storeWith([at('PACT', 'ALPHA', 'Restart', OLD_URL)]);
      failing(store, 'update', () => remote('gone'), how);
      const { briefs } = await outcomes(store, declare({ ALPHA: [restart] }), {
        between: () => hiding(store, 'PACT'),
      });
      expect(briefs).toEqual([brief]);
      expect(store.live.size).toBe(1);
    },
  );

  const pruned = declare({ ALPHA: [restart] }, { prune: true });
  const stored = () => storeWith([at('PKEEP', 'ALPHA', 'Restart'), at('POLD', 'ALPHA', 'Old')]);

  it('to a delete of an existing action: the same is sent once more', async () => {
    const store = stored();
    const { delete: remove } = store;
    let lies = 1;
    store.delete = async (id) => (lies-- > 0 ? 'gone' : remove.call(store, id));
    const { briefs } = await outcomes(store, pruned);
    expect(briefs).toEqual(['delete Old applied']);
    expect(labels(store)).toEqual(['Restart']);
  });

  it('to each delete of an existing action is not a success', async () => {
    const store = stored();
    let sends = 0;
    store.delete = async () => {
      sends += 1;
      return 'gone';
    };
    const { report, verdicts } = await outcomes(store, pruned);
    expect(report.outcomes[0]).toMatchObject({ status: 'failed', error: { reason: 'conflict' } });
    expect(report.outcomes[0]).toHaveProperty('error.message', expect.stringContaining('POLD'));
    expect(sends).toBe(2);
    expect(verdicts).toEqual(['ok', 'partial']);
  });

  it('F23: to a delete of a missing action is one', async () => {
    const store = stored();
    store.delete = async (id) => {
      store.live.delete(id);
      return 'gone';
    };
    const { briefs, verdicts } = await outcomes(store, pruned);
    expect(briefs).toEqual(['delete Old applied (already gone)']);
    expect(verdicts).toEqual(['ok']);
  });
});
