import { describe, expect, it } from 'vitest';
import { createPacer } from '../../src/pagerduty/pacing.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';

/** A fixed window, counted as the server does; `shift` is how much later its windows end than it says. */
function server(clock: { now(): number }, limit: number, windowMs: number, shift = 0) {
  let used = 0;
  let ends = windowMs;
  const state = { refused: 0, served: 0 };
  const answer = (): Headers => {
    while (clock.now() >= ends) {
      ends += windowMs;
      used = 0;
    }
    used += 1;
    if (used > limit) state.refused += 1;
    else state.served += 1;
    return new Headers({
      'ratelimit-limit': String(limit),
      'ratelimit-remaining': String(Math.max(0, limit - used)),
      'ratelimit-reset': String(Math.max(0, Math.floor((ends - shift - clock.now()) / 1000))),
    });
  };
  return { state, answer, spend: (count: number) => Array.from({ length: count }, answer) };
}

async function drive(total: number, limit: number, windowMs: number, shift = 0, neighbour = 0) {
  const clock = createVirtualClock();
  const { state, answer, spend } = server(clock, limit, windowMs, shift);
  const pacer = createPacer({ clock, inFlight: 8 });
  let left = total;
  let flying = 0;
  let most = 0;
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const turn = await pacer.turn();
      flying += 1;
      most = Math.max(most, flying);
      await clock.sleep(20);
      flying -= 1;
      turn.done(answer());
      if (neighbour > 0 && left % neighbour === 0) spend(1);
    }
  };
  await Promise.all(Array.from({ length: 20 }, worker));
  return { ...state, most, ms: clock.now() };
}

describe('pacing', () => {
  it.each([
    [960, 60_000, 0],
    [960, 60_000, 900],
    [50, 5_000, 0],
    [200, 10_000, 700],
  ])(
    '%i in %i ms uses nine tenths of its windows from the first on, and earns no 429',
    async (limit, windowMs, shift) => {
      const total = limit * 5;
      const { refused, ms, most } = await drive(total, limit, windowMs, shift);
      expect(refused).toBe(0);
      expect(most).toBeLessThanOrEqual(8);
      // Five windows' worth of work may take five windows and a bit.
      expect(total / ((ms / windowMs) * limit)).toBeGreaterThanOrEqual(0.9);
    },
  );

  it('shares with a neighbour who takes half', async () => {
    const { refused } = await drive(2000, 960, 60_000, 0, 1);
    expect(refused / 2000).toBeLessThanOrEqual(0.01);
  });

  it('F01: holds everybody back when closed', async () => {
    const clock = createVirtualClock();
    const pacer = createPacer({ clock, inFlight: 4 });
    pacer.close(7000);
    const turns = await Promise.all([pacer.turn(), pacer.turn(), pacer.turn()]);
    expect(clock.now()).toBeGreaterThanOrEqual(7000);
    for (const turn of turns) turn.done(null);
  });

  it('lets nobody wait for a place that a cancelled one left', async () => {
    const clock = createVirtualClock();
    const pacer = createPacer({ clock, inFlight: 1 });
    const first = await pacer.turn();
    const stop = new AbortController();
    const waiting = pacer.turn(stop.signal);
    const next = pacer.turn();
    stop.abort(new Error('stop'));
    await expect(waiting).rejects.toThrow('stop');
    first.done(null);
    (await next).done(null);
  });
});
