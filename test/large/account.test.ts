/** Accounts beyond the reach of paging, read as a whole. test/pagerduty/{paging,slices}.test.ts cover the order of the reads. */
import { describe, expect, it } from 'vitest';
import { changesOf } from '../../src/core/plan.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { SeedInput } from '../../src/sandbox/seed/seed.ts';
import { declare, planOn } from '../engine/world.ts';
import { testSandbox } from '../helpers/in-process.ts';
import { sandboxStore } from '../helpers/sandbox-store.ts';
import { account, SPECS } from '../pagerduty/account.ts';

const open = (seed: SeedInput) => testSandbox({ seed });
const count = (sandbox: Sandbox, path: string): number =>
  sandbox.log().requests.filter((request) => request.path === path).length;

describe('more than 10,000 actions', () => {
  const SERVICES = 3_400;
  const plan = async (seed: SeedInput) => {
    const sandbox = await open(seed);
    const declaration = declare({ '*': SPECS });
    const prepared = await planOn(sandboxStore(sandbox, { concurrency: 32 }), declaration);
    const { services } = prepared.plan;
    const unmanaged = services.filter(({ live }) => live.writable.some(({ label }) => label === 'Theirs'));
    return {
      sandbox,
      changes: changesOf(prepared.plan),
      unmanaged: unmanaged.map(({ service }) => service.id),
    };
  };

  it.each(['substring', 'exact'] as const)(
    'F56: are read label by label if `query` means %s',
    async (query) => {
      const { sandbox, changes } = await plan(account(SERVICES, { switches: { query } }));
      expect(changes).toEqual([]);
      // A little more than the number of pages: with substring matching, overlapping labels are read twice.
      expect(count(sandbox, '/extensions')).toBeLessThan(250);
      expect(sandbox.log().requests.every(({ status }) => status === 200)).toBe(true);
    },
  );

  it('F56: are complete even with undeclared labels that page 1 does not show', async () => {
    // Nothing else reveals them: page 1 contains neither, and paging does not reach the last one.
    const { sandbox, unmanaged } = await plan(account(SERVICES, { odd: [1_500, 3_399] }));
    expect(unmanaged).toEqual(['PS1500', 'PS3399']);
    expect(count(sandbox, '/extensions')).toBeLessThan(400);
  });

  it('F56: are read service by service if `query` is ignored', async () => {
    const { sandbox, changes } = await plan(account(SERVICES, { switches: { query: 'ignored' } }));
    expect(changes).toEqual([]);
    // The union is complete before the last service is read, because the reachable pages contain most of it.
    expect(count(sandbox, '/extensions')).toBeLessThan(700);
  });
});

describe('more than 10,000 services', () => {
  it('F56: are read from both ends of the list', async () => {
    const services = Array.from({ length: 10_100 }, (_, index) => ({
      id: `PS${index}`,
      name: `service-${index}`,
    }));
    const sandbox = await open({ account: 'acme', services });
    const { services: found } = await sandboxStore(sandbox, { concurrency: 32 }).catalogue('all');
    expect(found).toHaveLength(10_100);
    expect(count(sandbox, '/services')).toBeLessThan(203);
  });
});
