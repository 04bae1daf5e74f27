import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listAll, type PageRequest } from '../../src/pagerduty/reads/paging.ts';
import type { Page } from '../../src/pagerduty/wire.ts';
import { runs } from '../helpers/runs.ts';

interface Item {
  readonly id: string;
}

const items = (count: number): Item[] => Array.from({ length: count }, (_, index) => ({ id: `P${index}` }));

/** A server over a list, which `edit` may change before each page. */
function serve(list: Item[], edit: (page: number, list: Item[]) => void = () => {}, size = 100) {
  const asked: PageRequest[] = [];
  const readPage = async (request: PageRequest): Promise<Page<Item>> => {
    asked.push(request);
    edit(asked.length, list);
    const limit = Math.min(request.limit, size);
    return {
      items: list.slice(request.offset, request.offset + limit),
      hasMore: request.offset + limit < list.length,
      total: request.total ? list.length : null,
    };
  };
  return { asked, readPage };
}

const HTTP = { method: 'GET', path: '/things', host: 'api.example.test' };

const read = (readPage: (request: PageRequest) => Promise<Page<Item>>) =>
  listAll({ what: 'things', readPage, http: HTTP });

describe('a list', () => {
  it.each([0, 1, 99, 100, 101, 250, 10_000])('of %i is read whole, with the fewest pages', async (count) => {
    const { asked, readPage } = serve(items(count));
    expect(await read(readPage)).toEqual(items(count));
    expect(asked).toHaveLength(Math.max(1, Math.ceil(count / 100)));
    for (const { offset, limit } of asked) expect(offset + limit).toBeLessThanOrEqual(10_000);
  });

  it('F29: beyond the wall is refused without asking for it', async () => {
    const { asked, readPage } = serve(items(10_001));
    await expect(read(readPage)).rejects.toMatchObject({ reason: 'too_many_records' });
    expect(asked).toHaveLength(1);
  });

  it('F28: that lost an entry to a shift is read again', async () => {
    const list = items(250);
    const { asked, readPage } = serve(list, (page, all) => {
      if (page === 2) all.shift();
    });
    expect((await read(readPage)).map(({ id }) => id)).toEqual(list.map(({ id }) => id));
    expect(asked.length).toBeGreaterThan(3);
  });

  it('F28: that never stops changing is refused', async () => {
    const { readPage } = serve(items(250), (_, all) => all.shift());
    await expect(read(readPage)).rejects.toMatchObject({ kind: 'refused', reason: 'unstable_list' });
  });

  it('F30: with a smaller page than requested continues by the actual size', async () => {
    const { readPage } = serve(items(90), undefined, 25);
    expect(await read(readPage)).toHaveLength(90);
  });

  it('F30: that repeats a page or promises more forever is not believed', async () => {
    const same = async (): Promise<Page<Item>> => ({ items: items(100), hasMore: true, total: 300 });
    await expect(read(same)).rejects.toThrow('repeat');
    // The error names the call (I10).
    await expect(read(same)).rejects.toMatchObject({ reason: 'contract', http: HTTP });
    const noTotal = async (): Promise<Page<Item>> => ({ items: items(100), hasMore: true, total: null });
    await expect(read(noTotal)).rejects.toThrow('repeat');
    const empty = async (): Promise<Page<Item>> => ({ items: [], hasMore: true, total: 5 });
    await expect(read(empty)).rejects.toThrow('empty page');
  });

  it('without a total follows `more`', async () => {
    const { readPage } = serve(items(230));
    const untold = async (request: PageRequest) => ({ ...(await readPage(request)), total: null });
    expect(await read(untold)).toHaveLength(230);
  });

  it('P8: under any edits between pages is complete for some moment, or refused', async () => {
    const edits = fc.array(
      fc.record({ at: fc.integer({ min: 1, max: 8 }), where: fc.nat(299), add: fc.boolean() }),
      {
        maxLength: 5,
      },
    );
    await fc.assert(
      fc.asyncProperty(edits, fc.integer({ min: 0, max: 300 }), async (changes, count) => {
        const states = [items(count)];
        const { readPage } = serve(items(count), (page, list) => {
          for (const { where, add } of changes.filter(({ at }) => at === page)) {
            if (add) list.splice(where, 0, { id: `N${states.length}` });
            else list.splice(where, 1);
            states.push([...list]);
          }
        });
        const key = (list: readonly Item[]): string =>
          list
            .map(({ id }) => id)
            .sort()
            .join();
        try {
          const found = await read(readPage);
          // An insert and a delete during one reading can cancel out; the guard read before a write catches that.
          if (changes.every(({ add }) => add) || changes.every(({ add }) => !add))
            expect(states.map(key)).toContain(key(found));
          expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
        } catch (error) {
          expect(error).toMatchObject({ reason: 'unstable_list' });
        }
      }),
      { numRuns: runs(1_000) },
    );
  });
});
