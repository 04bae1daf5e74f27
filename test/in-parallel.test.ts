import { expect, it } from 'vitest';
import { inParallel } from '../src/in-parallel.ts';

const turn = () => new Promise(setImmediate);

it('runs at most this many at a time, and gives the results in the order of the items', async () => {
  let busy = 0;
  const seen: number[] = [];
  const results = await inParallel([5, 1, 3, 2, 4], 2, async (turns) => {
    busy += 1;
    seen.push(busy);
    for (let left = turns; left > 0; left -= 1) await turn();
    busy -= 1;
    return turns * 10;
  });
  expect(results).toEqual([50, 10, 30, 20, 40]);
  expect(Math.max(...seen)).toBe(2);
});

it('starts nothing after a failure', async () => {
  const begun: number[] = [];
  const all = inParallel([1, 2, 3, 4], 1, async (item) => {
    begun.push(item);
    if (item === 2) throw new Error('no');
  });
  await expect(all).rejects.toThrow('no');
  await turn();
  expect(begun).toEqual([1, 2]);
});
