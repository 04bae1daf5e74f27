/** The cost and completeness of reads, counted by the sandbox: ids by cost, `--service`, and lists longer than paging reaches. */
import { describe, expect, it } from 'vitest';
import { changesOf } from '../../src/core/plan.ts';
import { type WayOn, wayOn } from '../../src/pagerduty/reads/ahead.ts';
import type { StoreEvent } from '../../src/pagerduty/store.ts';
import type { Extension } from '../../src/pagerduty/wire.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { SeedInput } from '../../src/sandbox/seed/seed.ts';
import { asking, declare, planOn, selector } from '../engine/world.ts';
import { testSandbox } from '../helpers/in-process.ts';
import { sandboxStore } from '../helpers/sandbox-store.ts';
import { account, SPECS } from './account.ts';

const paths = (sandbox: Sandbox): string[] => sandbox.log().requests.map(({ path }) => path);
const count = (sandbox: Sandbox, path: string): number => paths(sandbox).filter((one) => one === path).length;
const open = (seed: SeedInput) => testSandbox({ seed });

describe('services by id', () => {
  it('cost the pages of the list when those are fewer', async () => {
    const sandbox = await open(account(300));
    const ids = Array.from({ length: 300 }, (_, index) => selector(`id:PS${index}`));
    const { services } = await sandboxStore(sandbox).catalogue(ids);
    expect(services).toHaveLength(300);
    expect(paths(sandbox)).toEqual(['/services', '/services', '/services']);
  });

  it('count together with names', async () => {
    const sandbox = await open(account(600));
    const mixed = ['id:PS1', 'id:PS2', 'id:PS3', 'service-4', 'service-5', 'service-6'].map(selector);
    const { services } = await sandboxStore(sandbox).catalogue(mixed);
    expect(services).toHaveLength(600);
    expect(paths(sandbox)).toHaveLength(6);
  });

  it('are read one by one when those are fewer', async () => {
    const sandbox = await open(account(900));
    const ids = [1, 2, 3, 4, 5, 6].map((index) => selector(`id:PS${index}`));
    const { services } = await sandboxStore(sandbox).catalogue(ids);
    expect(services.map(({ id }) => id)).toEqual(['PS1', 'PS2', 'PS3', 'PS4', 'PS5', 'PS6']);
    expect(paths(sandbox)).toHaveLength(1 + 6);
  });

  it('missing from the list are read one by one', async () => {
    const sandbox = await open(account(20));
    const ids = Array.from({ length: 20 }, (_, index) => selector(`id:PS${index}`));
    const { services } = await sandboxStore(sandbox).catalogue([...ids, selector('id:PGONE')]);
    expect(services).toHaveLength(20);
    expect(paths(sandbox)).toEqual(['/services', '/services/PGONE']);
  });
});

describe('`--service`', () => {
  it('F53: reads the named services, and nothing else that the config declares', async () => {
    const sandbox = await open(account(500));
    const declared = Array.from({ length: 5_000 }, (_, index) => `id:PS${index}`);
    const declaration = declare(
      Object.fromEntries([...declared, 'Gone', 'team:Gone'].map((text) => [text, SPECS])),
    );
    const { plan } = await planOn(sandboxStore(sandbox), declaration, { only: asking('service-7') });
    expect(plan.services.map(({ service }) => service.id)).toEqual(['PS7']);
    expect(changesOf(plan)).toEqual([]);
    expect(paths(sandbox).toSorted()).toEqual(['/extension_schemas', '/extensions', '/services']);
  });

  it('matches by team within the selection, and looks up no other team', async () => {
    const teams = [
      { id: 'PTEAM1', name: 'Payments' },
      { id: 'PTEAM2', name: 'Search' },
    ];
    const services = [
      { id: 'PA', name: 'A', teams: ['PTEAM1'] },
      { id: 'PB', name: 'B', teams: ['PTEAM2'] },
    ];
    const sandbox = await open({ account: 'acme', teams, services });
    const declaration = declare({ 'team:Payments': SPECS, 'team:Search': SPECS, 'team:Gone': SPECS });
    const { plan } = await planOn(sandboxStore(sandbox), declaration, { only: asking('A') });
    expect(changesOf(plan).map(({ service }) => service.id)).toEqual(['PA', 'PA', 'PA']);
    const queries = sandbox.log().requests.filter(({ path }) => path.startsWith('/teams'));
    expect(queries.map(({ path, query }) => path + new URLSearchParams(query).get('query'))).toEqual([
      '/teams/PTEAM1null',
      '/teamsPayments',
    ]);
  });

  it('still refuses a name of the config that matches two services, one of them named by id', async () => {
    const services = [
      { id: 'PA', name: 'Twin' },
      { id: 'PB', name: 'Twin' },
    ];
    const store = sandboxStore(await open({ account: 'acme', services }));
    const planned = planOn(store, declare({ Twin: SPECS }), { only: asking('id:PA') });
    await expect(planned).rejects.toThrow('several services are named `Twin`');
  });

  it('matches a glob of the config within the selection', async () => {
    const sandbox = await open(account(300));
    const { plan } = await planOn(sandboxStore(sandbox), declare({ 'service-*': SPECS, '*-8': SPECS }), {
      only: asking('id:PS7'),
    });
    expect(plan.services.map(({ service }) => service.id)).toEqual(['PS7']);
    expect(count(sandbox, '/services')).toBe(0);
  });
});

describe('the first requests', () => {
  /** Extensions of other vendors on services of their own, so that they sort before or among ours. */
  const foreign = (count: number, id: string) =>
    Array.from({ length: count }, (_, index) => ({
      id: `${id}${index}`,
      service: 'PS0',
      name: `Foreign ${index}`,
      url: 'https://vendor.example.com/x',
      schema: 'generic_v2_webhook' as const,
    }));
  const mixed = (services: number, others: ReturnType<typeof foreign>) => {
    const seed = account(services);
    return open({ ...seed, extensions: [...others, ...(seed.extensions ?? [])] });
  };
  const filters = (sandbox: Sandbox): boolean[] =>
    sandbox
      .log()
      .requests.filter(({ path }) => path === '/extensions')
      .map(({ query }) => new URLSearchParams(query).has('extension_schema_id'));
  const everything = declare({ '*': SPECS });

  it('are the schema and page 1 of both lists, all at once', async () => {
    const sandbox = await open(account(300));
    const path = { schemas: '/extension_schemas', services: '/services', actions: '/extensions' };
    const gates = ['schemas', 'services', 'actions'] as const;
    sandbox.setFaults(
      gates.map((gate) => ({
        action: 'gate',
        gate,
        phase: 'before-read',
        match: { method: 'GET', path: path[gate] },
      })),
    );
    const planned = planOn(sandboxStore(sandbox), everything);
    for (const gate of gates) await sandbox.reached(gate);
    for (const gate of gates) sandbox.release(gate);
    expect(changesOf((await planned).plan)).toEqual([]);
    expect(count(sandbox, '/extensions')).toBe(9);
  });

  it('are sufficient if both lists fit on one page', async () => {
    const sandbox = await mixed(20, foreign(40, 'PF'));
    expect(changesOf((await planOn(sandboxStore(sandbox), everything)).plan)).toEqual([]);
    expect(paths(sandbox).toSorted()).toEqual(['/extension_schemas', '/extensions', '/services']);
    expect(filters(sandbox)).toEqual([false]);
  });

  it('cost one page more if most extensions are of other vendors', async () => {
    const sandbox = await mixed(20, foreign(400, 'PF'));
    const { plan } = await planOn(sandboxStore(sandbox), everything);
    expect(changesOf(plan)).toEqual([]);
    expect(plan.services.every(({ live }) => live.writable.length === 3 && live.shared.length === 0)).toBe(
      true,
    );
    expect(filters(sandbox)).toEqual([false, true]);
  });

  it('cost no additional page if the services are read one by one', async () => {
    const sandbox = await open(account(900));
    const six = declare(Object.fromEntries([1, 2, 3, 4, 5, 6].map((index) => [`id:PS${index}`, SPECS])));
    expect(changesOf((await planOn(sandboxStore(sandbox), six)).plan)).toEqual([]);
    expect(filters(sandbox)).toEqual([false, true, true, true, true, true, true]);
  });
});

const record = (schemaId: string | null): Extension => ({
  schemaId,
  action: {
    id: 'PX',
    label: 'A',
    url: null,
    services: [],
    headerNames: [],
    disabled: false,
    htmlUrl: null,
  },
});

describe('the requests after page 1 of all extensions', () => {
  it.each<[string, number, number, number | null, number, WayOn]>([
    ['nothing there', 0, 0, 0, 50, 'rest'],
    ['all of it on the page', 1, 99, 100, 50, 'rest'],
    ['most of it ours', 100, 0, 1_000, 50, 'rest'],
    ['as many pages either way', 67, 33, 300, 50, 'rest'],
    ['most of it of others', 10, 90, 1_000, 50, 'schema'],
    ['none of it ours yet', 0, 100, 10_000, 500, 'schema'],
    ['no total', 100, 0, null, 50, 'schema'],
    ['beyond what paging reaches', 100, 0, 10_001, 500, 'schema'],
    ['few services', 100, 0, 10_000, 50, 'services'],
    ['few services, and less of ours', 1, 99, 10_000, 50, 'schema'],
  ])('%s', (_, ours, others, total, services, way) => {
    const items = [
      ...Array.from({ length: ours }, () => record('POURS')),
      ...Array.from({ length: others }, () => record('PTHEIRS')),
    ];
    expect(wayOn({ items, total, hasMore: true }, 'POURS', services)).toBe(way);
  });

  it('read the list of our schema if a record does not name its own', () => {
    expect(wayOn({ items: [record('POURS'), record(null)], total: 2, hasMore: false }, 'POURS', 50)).toBe(
      'schema',
    );
  });
});

describe('the time limit', () => {
  it('by default grows with the expected requests', async () => {
    const sandbox = await open(account(900));
    const limits: number[] = [];
    const observer = (event: StoreEvent): void => {
      if (event.type === 'limit') limits.push(event.at);
    };
    const options = { observer, runTimeoutMs: 1_000 };
    await sandboxStore(sandbox, { ...options, runTimeoutGrows: true }).catalogue('all');
    // Eight pages after the first one, at half the documented rate of 960 a minute.
    expect(limits).toEqual([1_000, 1_000 + 8 * 125]);
    limits.length = 0;
    await sandboxStore(sandbox, options).catalogue('all');
    expect(limits).toEqual([1_000]);
  });
});
