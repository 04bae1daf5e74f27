import { describe, expect, it } from 'vitest';
import { changesOf } from '../../src/core/plan.ts';
import { RefusedError, RemoteError } from '../../src/errors.ts';
import { spec } from '../helpers/actions.ts';
import { createMemoryStore, type MemoryStore } from '../helpers/memory-store.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';
import { asking, declare, planOn } from './world.ts';

const restart = spec('Restart');

function storeWith(account = 'acme'): MemoryStore {
  return createMemoryStore({
    account,
    services: [
      { id: 'PCHECKOUT', name: 'Checkout API' },
      { id: 'PSEARCH', name: 'Search' },
      { id: 'POTHER', name: 'Other' },
    ],
    extensions: [
      { id: 'PACT1', service: 'PSEARCH', name: 'Restart', url: restart.url, disabled: true },
      { id: 'PACT2', service: 'PSEARCH', name: 'Old', url: 'https://old.example.com/' },
    ],
  });
}

const services = { 'Checkout API': [restart], Search: [restart] };

describe('preparing', () => {
  it('plans the declared actions, service by service', async () => {
    const clock = createVirtualClock(5_000);
    const prepared = await planOn(storeWith(), declare(services), { clock });
    expect(changesOf(prepared.plan)).toMatchObject([{ kind: 'create', service: { id: 'PCHECKOUT' } }]);
    expect(prepared).toMatchObject({ account: 'acme', accountChecked: true, verdicts: [], readAt: 5_000 });
    expect(prepared.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('writes nothing', async () => {
    const store = storeWith();
    await planOn(store, declare(services, { prune: true }), { policy: { enable: true } });
    expect(store.writes()).toEqual([]);
  });

  it('reads the services in scope and no others', async () => {
    const store = storeWith();
    await planOn(store, declare(services), { only: asking('Search') });
    expect(store.asked.filter(([method]) => method === 'actions')).toEqual([['actions', ['PSEARCH']]]);
  });

  it('T36: refuses the token of another account before it reads any action', async () => {
    const store = storeWith('initech');
    const planned = planOn(store, declare(services, { account: 'acme' }));
    await expect(planned).rejects.toThrow(
      'this token belongs to the account `initech`, but the config is for `acme`',
    );
    await expect(planned).rejects.toBeInstanceOf(RefusedError);
    expect(store.asked.map(([method]) => method)).not.toContain('actions');
  });

  it('T36: takes an account whose case differs', async () => {
    await expect(planOn(storeWith(), declare(services, { account: 'ACME' }))).resolves.toBeDefined();
  });

  it('T36: reports an account that cannot be checked', async () => {
    const store = { ...storeWith(), account: async () => null };
    const told = await planOn(store, declare(services, { account: 'acme' }));
    expect(told).toMatchObject({ account: null, accountChecked: false });
    expect(await planOn(store, declare(services))).toMatchObject({ accountChecked: true });
  });

  it.each([
    ['an unknown service', 'Serch', 'no service matches `Serch`; did you mean `Search`?'],
    ['a service that the config does not select', 'Other', 'the config selects none of the services'],
  ])('T52: refuses `--service` with %s', async (_, text, message) => {
    await expect(planOn(storeWith(), declare(services), { only: asking(text) })).rejects.toThrow(message);
  });

  it('limits the run to `--service`, also for deletes', async () => {
    const declaration = declare(services, { prune: true });
    const prepared = await planOn(storeWith(), declaration, { only: asking('Check*') });
    expect(prepared.plan.services.map(({ service }) => service.id)).toEqual(['PCHECKOUT']);
    expect(changesOf(prepared.plan).map(({ kind }) => kind)).toEqual(['create']);
  });

  it('T52: refuses a selector that matches nothing even if others match', async () => {
    const planned = planOn(storeWith(), declare({ ...services, 'web-*': [restart] }));
    await expect(planned).rejects.toThrow('no service matches `web-*`');
  });

  it('passes the verdicts of the guards on', async () => {
    const nothing = await planOn(storeWith(), declare({ Search: [] }, { prune: true }));
    expect(nothing.verdicts).toEqual([{ guard: 'allow-empty', deletes: 2 }]);
    const allowed = { maxDeletes: 1, allowEmpty: true };
    const many = await planOn(storeWith(), declare({ Search: [] }, { prune: true }), { guard: allowed });
    expect(many.verdicts).toMatchObject([{ guard: 'max-deletes', deletes: 2, limit: 1 }]);
  });

  it('reads details missing from the list only if they matter (fact 9)', async () => {
    const memory = storeWith();
    const untold = {
      ...memory,
      actions: async (of: Parameters<MemoryStore['actions']>[0]) =>
        (await memory.actions(of)).map((action) => ({ ...action, disabled: null })),
    };
    await planOn(untold, declare(services));
    expect(memory.asked.filter(([method]) => method === 'action')).toEqual([]);
    const { plan } = await planOn(untold, declare(services), { policy: { enable: true } });
    expect(memory.asked.filter(([method]) => method === 'action')).toHaveLength(2);
    expect(changesOf(plan).map(({ kind }) => kind)).toEqual(['create', 'enable']);
  });

  it('I6: passes any failed read on unchanged', async () => {
    for (const failing of ['catalogue', 'account', 'actions'] as const) {
      const store = storeWith();
      const error = new RemoteError('no', { reason: 'server_error', aftermath: 'skip' });
      store.before = ([method]) => {
        if (method === failing) throw error;
      };
      await expect(planOn(store, declare(services))).rejects.toBe(error);
      expect(store.writes()).toEqual([]);
    }
  });

  it('has the same digest for the same input, and another for others', async () => {
    const digest = async (store: MemoryStore, declaration = declare(services)) =>
      (await planOn(store, declaration)).digest;
    const first = await digest(storeWith());
    expect(await digest(storeWith())).toBe(first);
    expect(await digest(storeWith('initech'))).not.toBe(first);
    expect(await digest(storeWith(), declare(services, { prune: true }))).not.toBe(first);
    const edited = storeWith();
    edited.live.set('PACT2', { ...edited.live.get('PACT2')!, url: 'https://new.example.com/' });
    expect(await digest(edited)).not.toBe(first);
  });
});
