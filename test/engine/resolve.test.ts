import { describe, expect, it } from 'vitest';
import { resolveSelectors } from '../../src/engine/resolve.ts';
import { RefusedError, RemoteError } from '../../src/errors.ts';
import { createMemoryStore } from '../helpers/memory-store.ts';
import { asking, selector } from './world.ts';

function storeWith(more: { readonly id: string; readonly name: string }[] = []) {
  return createMemoryStore({
    account: 'acme',
    teams: [
      { id: 'PTEAM1', name: 'Payments' },
      { id: 'PTEAM2', name: 'Twins' },
      { id: 'PTEAM3', name: 'Twins' },
      { id: 'PTEAM4', name: 'Idle' },
    ],
    services: [
      { id: 'PCHECKOUT', name: 'Checkout API', teams: ['PTEAM1'] },
      { id: 'PSEARCH', name: 'Search' },
      { id: 'PTWIN1', name: 'Twin' },
      { id: 'PTWIN2', name: 'Twin' },
      ...more,
    ],
    extensions: [],
  });
}

async function refusal(texts: readonly string[], store = storeWith()): Promise<RefusedError> {
  const error = await resolveSelectors(store, asking(...texts)).catch((thrown: unknown) => thrown);
  if (!(error instanceof RefusedError)) throw new Error('it was not refused');
  return error;
}

describe('resolving selectors', () => {
  it.each([
    ['Search', ['PSEARCH']],
    ['id:PTWIN2', ['PTWIN2']],
    ['*e*', ['PCHECKOUT', 'PSEARCH']],
    ['team:Payments', ['PCHECKOUT']],
  ])('%s', async (text, ids) => {
    const [match] = await resolveSelectors(storeWith(), asking(text));
    expect(match?.services.map(({ id }) => id)).toEqual(ids);
  });

  it('T56: yields to signals before each of many suggestions, and reads the list once', async () => {
    const counted = { breathes: 0, catalogues: 0 };
    const real = storeWith();
    const store = {
      ...real,
      breathe: async () => {
        counted.breathes += 1;
      },
      catalogue: (wanted: Parameters<typeof real.catalogue>[0]) => {
        counted.catalogues += wanted === 'all' ? 1 : 0;
        return real.catalogue(wanted);
      },
    };
    const wrong = Array.from({ length: 40 }, (_, index) => `Serch ${index}`);
    expect((await refusal(wrong, store)).details).toHaveLength(40);
    expect(counted).toEqual({ breathes: 40, catalogues: 1 });
  });

  it('answers in the order of the selectors', async () => {
    const matches = await resolveSelectors(storeWith(), asking('Search', 'id:PCHECKOUT', 'Search'));
    expect(matches.map((match) => match.selector.text)).toEqual(['Search', 'id:PCHECKOUT', 'Search']);
  });

  it.each([
    ['Sear', 'no service matches `Sear`; did you mean `Search`?'],
    ['Chekout API', 'no service matches `Chekout API`; did you mean `Checkout API`?'],
    ['Chekout', 'no service matches `Chekout`; did you mean `Checkout API`?'],
    ['team:Paymets', 'no team matches `team:Paymets`; did you mean `team:Payments`?'],
    ['team:payments', 'no team matches `team:payments`; did you mean `team:Payments`?'],
    ['search', 'no service matches `search`; did you mean `Search`?'],
    ['id:PGONE', 'no service matches `id:PGONE`: it was deleted, or is not visible to this token'],
    ['web-*', 'no service matches `web-*`'],
    ['Twin', 'several services are named `Twin`: use `id:PTWIN1` or `id:PTWIN2`'],
    ['team:Absent', 'no team matches `team:Absent`'],
    ['team:Idle', 'no service belongs to `team:Idle`'],
    [
      'team:Twins',
      'several teams match `team:Twins` (PTEAM2, PTEAM3): select the services themselves instead',
    ],
  ])('T52: refuses %s', async (text, message) => {
    expect((await refusal([text])).message).toBe(message);
  });

  it.each([
    ['id:PGONE', 'shows the ids'],
    ['team:Absent', 'Team names'],
    ['Absent', 'Names are case-sensitive'],
    ['Twin', 'An id matches exactly one service'],
  ])('T52: gives a hint for %s', async (text, hint) => {
    expect((await refusal([text])).hint).toContain(hint);
  });

  it('T52: names everything that does not match at once, with its position', async () => {
    const store = storeWith();
    const asked = [
      { selector: selector('Sear'), from: 'pdactions.config.json:4:5' },
      { selector: selector('Search') },
      { selector: selector('id:PGONE'), from: '--service' },
    ];
    const refused = resolveSelectors(store, asked);
    await expect(refused).rejects.toMatchObject({
      kind: 'refused',
      message: '2 service selectors cannot be resolved',
      details: [
        'pdactions.config.json:4:5: no service matches `Sear`; did you mean `Search`?',
        '--service: no service matches `id:PGONE`: it was deleted, or is not visible to this token',
      ],
    });
    expect(store.writes()).toEqual([]);
  });

  it('hints at a service whose name begins with `team:`', async () => {
    const store = storeWith([{ id: 'PODDNAME', name: 'team:Deploys' }]);
    expect((await refusal(['team:Deploys'], store)).message).toBe(
      'no team matches `team:Deploys`; a service has exactly this name: select it with `id:PODDNAME`',
    );
  });

  it('after a mass rename, suggests a name for every selector, from one list', async () => {
    const names = ['Alfa', 'Bravo', 'Charlie', 'Detective', 'Echoes', 'Foxtrot'];
    const store = storeWith(names.map((name, index) => ({ id: `PN${index}`, name: `${name} API` })));
    const { details } = await refusal(
      names.map((name) => `${name} AP`),
      store,
    );
    expect(details).toEqual(
      names.map((name) => `no service matches \`${name} AP\`; did you mean \`${name} API\`?`),
    );
    expect(store.asked.filter(([method]) => method === 'searchServices')).toEqual([]);
  });

  it('searches only a few times for suggestions', async () => {
    const store = storeWith();
    await refusal(['Alfa1', 'Alfa2', 'Alfa3', 'Alfa4', 'Alfa5'], store);
    expect(store.asked.filter(([method]) => method === 'searchServices').length).toBeLessThanOrEqual(9);
  });

  it('refuses even if no suggestion can be made', async () => {
    const store = storeWith();
    store.before = ([method]) => {
      if (method === 'searchServices') throw new RemoteError('no', { reason: 'network', aftermath: 'skip' });
    };
    expect((await refusal(['Sear'], store)).message).toBe('no service matches `Sear`');
  });
});
