/** Lists read in slices: a union is complete if its count is right, however the server interprets the filters (F56). */
import { describe, expect, it } from 'vitest';
import { AuthError, RemoteError } from '../../src/errors.ts';
import type { PageRequest } from '../../src/pagerduty/reads/paging.ts';
import { readSlices, type Slice } from '../../src/pagerduty/reads/slices.ts';
import type { Page } from '../../src/pagerduty/wire.ts';

interface Item {
  readonly id: string;
  readonly name: string;
}

const ITEMS = Array.from({ length: 30_000 }, (_, index) => ({ id: `P${index}`, name: `n${index % 3}` }));

/** A server over a list that may change; `total` of the unfiltered list is its length. */
function serve(list: readonly Item[] = ITEMS) {
  const server = {
    list,
    asked: [] as string[],
    readPage: (query: object) => async (request: PageRequest) => {
      const name = 'query' in query ? query.query : undefined;
      server.asked.push(`${name ?? ''}+${request.offset}`);
      if (name === 'refused') throw new RemoteError('bad', { reason: 'invalid', aftermath: 'skip' });
      if (name === 'forbidden') throw new AuthError('no', { reason: 'forbidden' });
      expect(request.offset + request.limit).toBeLessThanOrEqual(10_000);
      const found =
        name === undefined || name === 'ignored'
          ? server.list
          : server.list.filter((one) => one.name === name);
      const items = found.slice(request.offset, request.offset + request.limit);
      return { items, hasMore: request.offset + items.length < found.length, total: found.length };
    },
  };
  return server;
}

const by = (...names: readonly string[]): Slice[] =>
  names.map((query) => ({ query: { query }, filters: true }));

async function read(server: ReturnType<typeof serve>, rounds: readonly (readonly Slice[])[], most = 10) {
  const first: Page<Item> = await server.readPage({})({ offset: 0, limit: 100, total: true });
  const { readPage } = server;
  return readSlices({ readPage, first, rounds: rounds.map((slices) => () => slices), most });
}

describe('slices', () => {
  it('make a whole list if their union has the promised number of records', async () => {
    const union = await read(serve(), [by('n0', 'n1', 'n2')]);
    expect(union.records.size).toBe(30_000);
    expect(await union.isComplete()).toBe(true);
  });

  it('prove nothing if one is missing', async () => {
    const union = await read(serve(), [by('n0', 'n1')]);
    expect(await union.isComplete()).toBe(false);
  });

  it('prove nothing if the list has changed by the end', async () => {
    const server = serve();
    const union = await read(server, [by('n0', 'n1', 'n2')]);
    server.list = ITEMS.slice(1);
    expect(await union.isComplete()).toBe(false);
  });

  it('are not requested once the list is complete', async () => {
    const server = serve();
    await read(server, [by('n0', 'n1', 'n2'), by('other')]);
    expect(server.asked.filter((one) => one.startsWith('other'))).toEqual([]);
  });

  it('stop if a filter has no effect, and no other filter is tried', async () => {
    const server = serve();
    await read(server, [by('ignored'), by('n0')]);
    expect(server.asked).toEqual(['+0', 'ignored+0']);
  });

  it('longer than paging reaches are read as far as it does', async () => {
    const server = serve(ITEMS.map(({ id }, index) => ({ id, name: index < 12_000 ? 'n0' : 'n1' })));
    const { records } = await read(server, [by('n0')]);
    expect(records.size).toBe(10_000);
    expect(server.asked).toHaveLength(101);
  });

  it('added later count as well, but not after a filter without effect', async () => {
    const server = serve();
    const union = await read(server, [by('n0')]);
    await union.add(by('n1', 'n2'));
    expect([union.records.size, await union.isComplete()]).toEqual([30_000, true]);
    const other = serve();
    const stuck = await read(other, [by('ignored')]);
    await stuck.add(by('n1'));
    expect(other.asked.filter((one) => one.startsWith('n1'))).toEqual([]);
  });

  it('in another order show as much as paging reaches', async () => {
    const { records } = await read(serve(), [[{ query: { sort_by: 'x' }, filters: false }]]);
    expect(records.size).toBe(10_000);
  });

  it('that cost more than the alternative are skipped', async () => {
    const server = serve();
    await read(server, [by('n0', 'n1', 'n2')], 2);
    expect(server.asked).toEqual(['+0']);
  });

  it('that PagerDuty refuses add nothing; a refused token ends it all', async () => {
    const union = await read(serve(), [by('refused')]);
    expect(await union.isComplete()).toBe(false);
    await expect(read(serve(), [by('forbidden')])).rejects.toBeInstanceOf(AuthError);
  });
});
