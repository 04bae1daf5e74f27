import { describe, expect, it } from 'vitest';
import { Pacer } from '../../src/pagerduty/http/pacing.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';

/** A fixed window, counted by the server; its windows end `shift` later than its headers announce. */
function server(clock: { now(): number }, limit: number, windowMs: number, shift = 0) {
  let used = 0;
  let ends = windowMs;
  const state = { refused: 0, served: 0 };
  /** Requests served in each past window, from all clients. */
  const windows: number[] = [];
  const take = (): boolean => {
    while (clock.now() >= ends) {
      windows.push(Math.min(used, limit));
      ends += windowMs;
      used = 0;
    }
    used += 1;
    return used <= limit;
  };
  const answer = (): Headers => {
    if (take()) state.served += 1;
    else state.refused += 1;
    return new Headers({
      'ratelimit-limit': String(limit),
      'ratelimit-remaining': String(Math.max(0, limit - used)),
      'ratelimit-reset': String(Math.max(0, Math.floor((ends - shift - clock.now()) / 1000))),
    });
  };
  return { state, windows, take, answer };
}

/** @param neighbour milliseconds between two requests of another client with the same token */
async function drive(total: number, limit: number, windowMs: number, shift = 0, neighbour?: number) {
  const clock = createVirtualClock();
  const { state, windows, take, answer } = server(clock, limit, windowMs, shift);
  const pacer = new Pacer({ clock, inFlight: 8 });
  const theirs = { served: 0, refused: 0 };
  let left = total;
  const others = async (): Promise<void> => {
    while (neighbour !== undefined && left > 0) {
      theirs[take() ? 'served' : 'refused'] += 1;
      await clock.sleep(neighbour);
    }
  };
  let flying = 0;
  let most = 0;
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const turn = await pacer.turn();
      flying += 1;
      most = Math.max(most, flying);
      await clock.sleep(neighbour === undefined ? 20 : 200);
      flying -= 1;
      turn?.done(answer());
    }
  };
  await Promise.all([...Array.from({ length: 20 }, worker), others()]);
  return { ...state, windows, theirs, most };
}

function shareUsed(windows: readonly number[], limit: number): number {
  return windows.reduce((sum, used) => sum + used, 0) / (windows.length * limit);
}

describe('pacing', () => {
  it.each([
    [960, 60_000, 0],
    [960, 60_000, 900],
    [3_000, 60_000, 0],
    [50, 5_000, 0],
    [200, 10_000, 700],
  ])(
    '%i in %i ms is used to 95 %% from the first window on, and earns no 429',
    async (limit, windowMs, shift) => {
      const { refused, windows, most } = await drive(limit * 5, limit, windowMs, shift);
      expect(refused).toBe(0);
      expect(most).toBeLessThanOrEqual(8);
      expect(windows.length).toBeGreaterThanOrEqual(4);
      expect(shareUsed(windows, limit)).toBeGreaterThanOrEqual(0.95);
    },
  );

  it.each([
    ['half', 60_000 / 480],
    ['a quarter', 60_000 / 240],
    ['a twentieth', 60_000 / 48],
  ])('leaves a neighbour who takes %s its share, and uses the rest', async (_, every) => {
    const { refused, served, theirs, windows } = await drive(3000, 960, 60_000, 0, every);
    expect(refused / (refused + served)).toBeLessThanOrEqual(0.01);
    expect(theirs.refused / (theirs.refused + theirs.served)).toBeLessThanOrEqual(0.05);
    expect(shareUsed(windows, 960)).toBeGreaterThanOrEqual(0.95);
  });

  it('leaves at most half to a neighbour who wants everything', async () => {
    const { refused, served, windows } = await drive(3000, 960, 60_000, 0, 20);
    expect(refused / (refused + served)).toBeLessThanOrEqual(0.02);
    expect(served / (windows.length * 960)).toBeGreaterThanOrEqual(0.4);
  });

  it('F01: holds all callers back when closed', async () => {
    const clock = createVirtualClock();
    const pacer = new Pacer({ clock, inFlight: 4 });
    pacer.close(7000);
    const turns = await Promise.all([pacer.turn(), pacer.turn(), pacer.turn()]);
    expect(clock.now()).toBeGreaterThanOrEqual(7000);
    for (const turn of turns) turn?.done(null);
  });

  it('frees the place of a cancelled caller', async () => {
    const clock = createVirtualClock();
    const pacer = new Pacer({ clock, inFlight: 1 });
    const first = await pacer.turn();
    const stop = new AbortController();
    const waiting = pacer.turn(stop.signal);
    const next = pacer.turn();
    stop.abort(new Error('stop'));
    await expect(waiting).rejects.toThrow('stop');
    first?.done(null);
    (await next)?.done(null);
  });

  it('refuses a turn after the end at once, and keeps no place for it', async () => {
    const clock = createVirtualClock();
    const pacer = new Pacer({ clock, inFlight: 1 });
    pacer.close(7000);
    expect(await pacer.turn(undefined, () => 7000)).toBeNull();
    expect(clock.now()).toBe(0);
    expect(await pacer.turn(undefined, () => 7001)).not.toBeNull();
  });
});
