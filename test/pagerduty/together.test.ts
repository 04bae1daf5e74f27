import { describe, expect, it } from 'vitest';
import { together } from '../../src/pagerduty/reads/together.ts';

/** Tasks that the test ends, and those that have begun. */
function tasks(count: number) {
  const begun: { readonly end: (value: number) => void; readonly fail: (error: Error) => void }[] = [];
  const list = Array.from({ length: count }, () => (off: AbortSignal) => {
    return new Promise<number>((end, fail) => {
      begun.push({ end, fail });
      off.addEventListener('abort', () => fail(off.reason), { once: true });
    });
  });
  return { begun, list };
}

const turn = () => new Promise(setImmediate);

describe('running tasks concurrently', () => {
  it('gives the results in the order of the tasks, and starts at most as many as allowed', async () => {
    const { begun, list } = tasks(200);
    const all = together(list);
    let ended = 0;
    while (ended < 200) {
      expect(begun.length - ended).toBeLessThanOrEqual(96);
      for (const one of begun.slice(ended).reverse()) one.end(0);
      ended = begun.length;
      await turn();
    }
    expect(await all).toHaveLength(200);
    expect(await together([async () => 'a', async () => 'b'])).toEqual(['a', 'b']);
    expect(await together([])).toEqual([]);
  });

  it('cancels the rest at the first failure, and starts no more (F20)', async () => {
    const { begun, list } = tasks(200);
    const all = together(list);
    await turn();
    begun[3]?.fail(new Error('no'));
    await expect(all).rejects.toThrow('no');
    await turn();
    expect(begun).toHaveLength(96);
  });

  it("rejects with the caller's reason for cancelling", async () => {
    const { begun, list } = tasks(200);
    const outer = new AbortController();
    const all = together(list, outer.signal);
    await turn();
    outer.abort(new Error('interrupted'));
    await expect(all).rejects.toThrow('interrupted');
    await turn();
    expect(begun).toHaveLength(96);
    await expect(together(tasks(1).list, outer.signal)).rejects.toThrow('interrupted');
  });
});
