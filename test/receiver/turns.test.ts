import { describe, expect, it } from 'vitest';
import { TurnQueue } from '../../src/receiver/ledger/turns.ts';

interface Work {
  readonly lane: string;
  readonly group: string;
  readonly width: number;
  readonly name: string;
}

/** A queue whose jobs the test ends, and the names of those that have begun. */
function queueOf(running: number) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const queue = new TurnQueue<Work>({ running }, ({ name }) => {
    begun.push(name);
    return new Promise((resolve) => ends.set(name, resolve));
  });
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await new Promise(setImmediate);
  };
  const add = (group: string, name: string, width = 1, lane = name): void =>
    queue.add({ lane, group, width, name });
  return { queue, begun, add, end };
}

describe('T44: a queue', () => {
  it('lets another action pass one that is waiting', async () => {
    const { begun, add, end } = queueOf(4);
    add('restart', 'first');
    add('restart', 'second');
    add('status', 'other');
    expect(begun).toEqual(['first', 'other']);
    await end('first');
    expect(begun).toEqual(['first', 'other', 'second']);
  });

  it('runs the presses of an incident in order, and lets other incidents pass', async () => {
    const { begun, add, end } = queueOf(4);
    add('wide', 'first', 2, 'PINC1');
    add('wide', 'second', 2, 'PINC1');
    add('wide', 'other', 2, 'PINC2');
    expect(begun).toEqual(['first', 'other']);
    await end('other');
    expect(begun).toEqual(['first', 'other']);
    await end('first');
    expect(begun).toEqual(['first', 'other', 'second']);
  });

  it('runs as many of one action as it allows, and of all at most the limit', async () => {
    const { queue, begun, add, end } = queueOf(3);
    for (const name of ['a', 'b', 'c']) add('wide', name, 2);
    for (const name of ['d', 'e']) add('other', name, 2);
    expect([begun, queue.running, queue.waiting.length]).toEqual([['a', 'b', 'd'], 3, 2]);
    await end('a');
    expect(begun).toEqual(['a', 'b', 'd', 'c']);
  });

  it('starts no cleared work, and is idle when the rest has ended', async () => {
    const { queue, begun, add, end } = queueOf(1);
    add('restart', 'first');
    add('restart', 'second');
    expect(queue.clear().map(({ name }) => name)).toEqual(['second']);
    const idle = queue.idle();
    await end('first');
    await idle;
    expect([begun, queue.running]).toEqual([['first'], 0]);
  });
});
