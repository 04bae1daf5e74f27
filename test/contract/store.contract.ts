import { describe, expect, it } from 'vitest';
import type { LiveAction, Service } from '../../src/core/action.ts';
import { parseSelector, type Selector } from '../../src/core/selector.ts';
import { RemoteError, UsageError } from '../../src/errors.ts';
import type { ActionStore } from '../../src/pagerduty/store.ts';
import type { Account } from '../helpers/memory-store.ts';

/** Makes a store over an account with these contents. */
export type MakeStore = (account: Account) => ActionStore | Promise<ActionStore>;

const URL_OF = 'https://automation.example.com/';

const ACCOUNT: Account = {
  account: 'acme',
  teams: [
    { id: 'PTEAM1', name: 'Payments' },
    { id: 'PTEAM2', name: 'Platform' },
  ],
  services: [
    { id: 'PALPHA', name: 'Alpha', teams: ['PTEAM1'] },
    { id: 'PBRAVO', name: 'Bravo' },
    { id: 'PALPHA2', name: 'Alpha Two', teams: ['PTEAM1', 'PTEAM2'] },
    { id: 'PEMPTY', name: 'Empty' },
  ],
  extensions: [
    { id: 'PACT1', service: 'PALPHA', name: 'Restart', url: `${URL_OF}restart`, headers: { 'X-Key': 'k3y' } },
    { id: 'PACT2', service: 'PALPHA', name: 'Diagnose', url: `${URL_OF}diagnose`, disabled: true },
    { id: 'PACT3', service: 'PBRAVO', name: 'Restart', url: `${URL_OF}restart` },
    { id: 'PACT4', services: ['PBRAVO', 'PALPHA2'], name: 'Both', url: `${URL_OF}both` },
    { id: 'PHOOK1', service: 'PALPHA', name: 'Hook', url: `${URL_OF}hook`, schema: 'generic_v2_webhook' },
  ],
};

function selectors(...texts: readonly string[]): Selector[] {
  return texts.map((text) => {
    const selector = parseSelector(text);
    if ('invalid' in selector) throw new Error(selector.invalid);
    return selector;
  });
}

function at(id: string): Service {
  return { id, name: id, teamIds: [], htmlUrl: null };
}

const ids = (list: readonly { readonly id: string }[]): string[] => list.map(({ id }) => id).sort();

/** The contract of a store, the same for every implementation. */
export function describeStore(name: string, makeStore: MakeStore): void {
  const open = () => Promise.resolve(makeStore(ACCOUNT));
  const on = async (store: ActionStore, service: string): Promise<Map<string, LiveAction>> =>
    new Map((await store.actions([at(service)])).map((action) => [action.label, action]));

  describe(`${name}: reading`, () => {
    it.each([
      ['a name', ['Alpha'], ['PALPHA']],
      ['an id', ['id:PBRAVO'], ['PBRAVO']],
      ['a glob', ['Alpha*'], ['PALPHA', 'PALPHA2']],
      ['a team', ['team:Payments'], ['PALPHA', 'PALPHA2']],
      ['several of a kind', ['Alpha', 'Empty', 'id:PBRAVO'], ['PALPHA', 'PBRAVO', 'PEMPTY']],
    ])('gives at least everything that %s can match', async (_, texts, wanted) => {
      const store = await open();
      const { services } = await store.catalogue(selectors(...texts));
      expect(ids(services)).toEqual(expect.arrayContaining(wanted));
      expect(new Set(ids(services)).size).toBe(services.length);
    });

    it('gives nothing for unknown names and ids, without an error', async () => {
      const store = await open();
      const { services, teams } = await store.catalogue(selectors('Gone', 'id:PGONE', 'team:Gone'));
      expect(services.filter(({ name }) => name === 'Gone')).toEqual([]);
      expect(services.filter(({ id }) => id === 'PGONE')).toEqual([]);
      expect(teams).toEqual([]);
    });

    it('names the teams that the selectors name', async () => {
      const store = await open();
      const { teams } = await store.catalogue(selectors('team:Payments', 'Alpha'));
      expect(teams).toEqual([{ id: 'PTEAM1', name: 'Payments' }]);
    });

    it('gives every service', async () => {
      const { services } = await (await open()).catalogue('all');
      expect(ids(services)).toEqual(['PALPHA', 'PALPHA2', 'PBRAVO', 'PEMPTY']);
      expect(services.find(({ id }) => id === 'PALPHA2')).toMatchObject({
        name: 'Alpha Two',
        teamIds: ['PTEAM1', 'PTEAM2'],
        htmlUrl: 'https://acme.pagerduty.com/service-directory/PALPHA2',
      });
    });

    it('searches services by a part of their name, page by page', async () => {
      const store = await open();
      const first = await store.searchServices('alpha', { limit: 1, offset: 0 });
      expect(first).toMatchObject({ services: [{ id: 'PALPHA' }], hasMore: true });
      const second = await store.searchServices('alpha', { limit: 1, offset: 1 });
      expect(second).toMatchObject({ services: [{ id: 'PALPHA2' }], hasMore: false });
    });

    it('gives the actions of the requested services, each once, and no other extension', async () => {
      const store = await open();
      expect(ids(await store.actions([at('PALPHA')]))).toEqual(['PACT1', 'PACT2']);
      expect(ids(await store.actions([at('PBRAVO'), at('PALPHA2')]))).toEqual(['PACT3', 'PACT4']);
      expect(ids(await store.actions('all'))).toEqual(['PACT1', 'PACT2', 'PACT3', 'PACT4']);
      expect(await store.actions([at('PEMPTY')])).toEqual([]);
      expect(await store.actions([])).toEqual([]);
    });

    it('gives everything about an action except its header values', async () => {
      const store = await open();
      expect((await on(store, 'PALPHA')).get('Restart')).toMatchObject({
        id: 'PACT1',
        url: `${URL_OF}restart`,
        services: [{ id: 'PALPHA', name: 'Alpha' }],
        headerNames: ['X-Key'],
        disabled: false,
      });
      expect(await store.action('PACT2')).toMatchObject({ label: 'Diagnose', disabled: true });
      expect(JSON.stringify(await store.actions('all'))).not.toContain('k3y');
    });

    it('says `gone` for an id without an action, also for that of another extension', async () => {
      const store = await open();
      await expect(store.action('PGONE')).rejects.toMatchObject({ reason: 'gone', kind: 'remote' });
      await expect(store.action('PHOOK1')).rejects.toMatchObject({ reason: 'gone', kind: 'remote' });
    });

    it('knows the account', async () => {
      expect(await (await open()).account()).toBe('acme');
    });

    it('counts its requests', async () => {
      const store = await open();
      expect(store.requests()).toBe(0);
      await store.actions('all');
      expect(store.requests()).toBeGreaterThan(0);
    });
  });

  describe(`${name}: writing`, () => {
    it('creates', async () => {
      const store = await open();
      const headers = [{ name: 'Authorization', value: 'Bearer s3cret' }];
      const made = await store.create('PEMPTY', { label: 'New', url: `${URL_OF}new`, headers });
      expect(made).toMatchObject({ label: 'New', url: `${URL_OF}new`, headerNames: ['Authorization'] });
      expect(made.services.map(({ id }) => id)).toEqual(['PEMPTY']);
      expect((await on(store, 'PEMPTY')).get('New')?.id).toBe(made.id);
      expect(JSON.stringify(made)).not.toContain('s3cret');
    });

    it('refuses a fourth action on a service (fact 13)', async () => {
      const store = await open();
      await store.create('PALPHA', { label: 'Third', url: `${URL_OF}third` });
      const fourth = store.create('PALPHA', { label: 'Fourth', url: `${URL_OF}fourth` });
      await expect(fourth).rejects.toMatchObject({ reason: 'limit', aftermath: 'skip' });
      await expect(fourth).rejects.toBeInstanceOf(RemoteError);
    });

    it('updates, and keeps the headers that the body does not mention (fact 11)', async () => {
      const store = await open();
      const label = 'Restart it';
      const updated = await store.update('PACT1', 'PALPHA', { label, url: `${URL_OF}again` });
      expect(updated).toMatchObject({ id: 'PACT1', label, url: `${URL_OF}again`, headerNames: ['X-Key'] });
      const headers = [{ name: 'X-Other', value: 'v' }];
      await store.update('PACT1', 'PALPHA', { label, url: `${URL_OF}again`, headers });
      expect((await on(store, 'PALPHA')).get(label)?.headerNames).toEqual(['X-Other']);
      await store.update('PACT1', 'PALPHA', { label, url: `${URL_OF}again`, headers: [] });
      expect((await on(store, 'PALPHA')).get(label)?.headerNames).toEqual([]);
    });

    it('deletes, and reports that nothing was left to delete', async () => {
      const store = await open();
      await expect(store.delete('PACT1')).resolves.toBe('deleted');
      await expect(store.delete('PACT1')).resolves.toBe('gone');
      expect(ids(await store.actions([at('PALPHA')]))).toEqual(['PACT2']);
    });

    it('enables, even an enabled action', async () => {
      const store = await open();
      await store.enable('PACT2');
      await store.enable('PACT2');
      expect(await store.action('PACT2')).toMatchObject({ disabled: false });
    });

    it('throws `gone` if the action to update or enable does not exist', async () => {
      const store = await open();
      const body = { label: 'x', url: URL_OF };
      await expect(store.update('PGONE', 'PALPHA', body)).rejects.toMatchObject({ reason: 'gone' });
      await expect(store.enable('PGONE')).rejects.toMatchObject({ reason: 'gone' });
    });

    it('puts only valid ids into a path (T19)', async () => {
      const store = await open();
      const sent = store.requests();
      const body = { label: 'x', url: URL_OF };
      const evil = 'PACT1/../../users';
      await expect(store.action(evil)).rejects.toBeInstanceOf(UsageError);
      await expect(store.update(evil, 'PALPHA', body)).rejects.toBeInstanceOf(UsageError);
      await expect(store.delete(evil)).rejects.toBeInstanceOf(UsageError);
      await expect(store.enable(evil)).rejects.toBeInstanceOf(UsageError);
      await expect(store.create(evil, body)).rejects.toBeInstanceOf(UsageError);
      expect(ids(await store.actions('all'))).toHaveLength(4);
      expect(sent).toBe(0);
    });
  });
}
