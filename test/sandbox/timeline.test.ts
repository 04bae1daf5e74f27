import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { Timeline } from '../../src/sandbox/deliveries/timeline.ts';
import { manualClock } from './manual-clock.ts';

/** In milliseconds. */
const DAY = 86_400_000;
const settled = () => Promise.resolve();

describe('the timeline', () => {
  it('on a real clock runs by itself', async () => {
    const timeline = new Timeline(systemClock, true, settled);
    await new Promise<void>((resolve) => timeline.after(1, resolve));
  });

  it('on a test clock stands still, and catches up on request', async () => {
    const clock = manualClock();
    const timeline = new Timeline(clock, false, settled);
    const done: number[] = [];
    timeline.after(20, () => void done.push(20));
    timeline.after(10, () => void done.push(10));
    clock.move(15);
    expect(done).toEqual([]);
    await timeline.catchUp();
    expect(done).toEqual([10]);
  });

  it('advances through everything that becomes due, including later additions, each at its time', async () => {
    const timeline = new Timeline(manualClock(), false, settled);
    const done: [string, number][] = [];
    timeline.after(10, () => {
      done.push(['first', timeline.now()]);
      timeline.after(5, () => void done.push(['second', timeline.now()]));
    });
    timeline.after(12, () => void done.push(['other', timeline.now()]));
    await timeline.advance(100);
    expect(done).toEqual([
      ['first', 10],
      ['other', 12],
      ['second', 15],
    ]);
    expect(timeline.now()).toBe(100);
  });

  it('runs entries due at the same time in the order of their addition', async () => {
    const timeline = new Timeline(manualClock(), false, settled);
    const done: string[] = [];
    for (const name of ['first', 'second', 'third']) timeline.after(5, () => void done.push(name));
    await timeline.advance(5);
    expect(done).toEqual(['first', 'second', 'third']);
  });

  it('never sets a timer for longer than Node can count', () => {
    const set = vi.spyOn(globalThis, 'setTimeout');
    onTestFinished(() => set.mockRestore());
    const timeline = new Timeline(systemClock, true, settled);
    timeline.after(30 * DAY, () => undefined);
    timeline.clear();
    expect(set.mock.calls.map(([, ms]) => ms)).toEqual([DAY]);
  });

  it('forgets cancelled and cleared entries', async () => {
    const timeline = new Timeline(manualClock(), false, settled);
    const done: string[] = [];
    const cancel = timeline.after(1, () => void done.push('cancelled'));
    cancel();
    timeline.after(2, () => void done.push('cleared'));
    timeline.clear();
    await timeline.advance(10);
    expect(done).toEqual([]);
  });
});
