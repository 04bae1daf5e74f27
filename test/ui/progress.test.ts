import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { createIo } from '../../src/ui/io.ts';
import { createProgress, createSpinner, formatCount, type Ticker } from '../../src/ui/progress.ts';
import { createVirtualTerminal } from '../helpers/virtual-terminal.ts';
import { recordingIo } from './io-world.ts';

/** A clock that a test moves, and a ticker that follows it. */
function handClock() {
  let now = 0;
  const ticking = new Map<() => void, { every: number; next: number }>();
  const clock: Clock = { now: () => now, sleep: () => Promise.reject(new Error('nothing here sleeps')) };
  const ticker: Ticker = (every, tick) => {
    ticking.set(tick, { every, next: now + every });
    return () => ticking.delete(tick);
  };
  function pass(milliseconds: number): void {
    const end = now + milliseconds;
    for (;;) {
      const due = [...ticking].filter(([, { next }]) => next <= end).sort((a, b) => a[1].next - b[1].next)[0];
      if (due === undefined) break;
      now = due[1].next;
      due[1].next += due[1].every;
      due[0]();
    }
    now = end;
  }
  return { clock, ticker, pass, ticking };
}

function onTerminal() {
  const terminal = createVirtualTerminal({ columns: 100 });
  const io = createIo({
    ...terminal.streams,
    env: { NO_COLOR: '1', LANG: 'C.UTF-8' },
    cwd: '/',
    clock: handClock().clock,
  });
  return { terminal, io, ...handClock() };
}

describe('progress on a terminal', () => {
  it('shows progress, speed and the current item', () => {
    const { terminal, io, clock, ticker, pass } = onTerminal();
    const progress = createProgress(io, clock, { title: 'applying', total: 40, ticker });
    expect(terminal.screen()).toBe('applying 0/40 ░░░░░░░░░░░░░░░░░░░░');
    pass(1_600);
    progress.advance(12, 'Checkout API');
    expect(terminal.screen()).toBe('applying 12/40 ██████░░░░░░░░░░░░░░ 8/s · Checkout API');
    progress.done();
    expect(terminal.screen()).toBe('');
  });

  it('counts down while the work waits', () => {
    const { terminal, io, clock, ticker, pass } = onTerminal();
    const progress = createProgress(io, clock, { title: 'applying', total: 4, ticker });
    pass(200);
    progress.waiting(12_000, 'for the rate limit');
    expect(terminal.screen()).toMatch(/ · waiting 12 s for the rate limit$/);
    pass(5_050);
    expect(terminal.screen()).toMatch(/ · waiting 7 s for the rate limit$/);
    pass(7_300);
    expect(terminal.screen()).not.toContain('waiting');
    progress.waiting(90_000, 'for the rate limit');
    pass(250);
    expect(terminal.screen()).toContain('waiting 1 min 30 s');
    pass(100);
    progress.advance();
    expect(terminal.screen()).not.toContain('waiting');
  });

  it('redraws at most ten times a second', () => {
    const { terminal, io, clock, ticker, pass } = onTerminal();
    const progress = createProgress(io, clock, { title: 'reading', total: 1_000, ticker });
    for (let index = 0; index < 1_000; index += 1) {
      pass(1);
      progress.advance();
    }
    expect(terminal.stderrText.split('reading').length - 1).toBeLessThanOrEqual(15);
    pass(250);
    expect(terminal.screen()).toContain('reading 1,000/1,000');
  });

  it('works without a total, and stops its timer when done', () => {
    const { terminal, io, clock, ticker, pass, ticking } = onTerminal();
    const progress = createProgress(io, clock, { title: 'reading', ticker });
    pass(60_100);
    progress.advance(12);
    expect(terminal.screen()).toBe('reading 12 · 12/min');
    progress.total(24);
    pass(250);
    expect(terminal.screen()).toBe('reading 12/24 ██████████░░░░░░░░░░ 12/min');
    progress.done();
    expect(ticking.size).toBe(0);
    progress.advance();
    pass(1_000);
    expect(terminal.screen()).toBe('');
  });
});

describe('progress elsewhere', () => {
  it('reports a long wait when it begins, once', () => {
    const { io, stderr } = recordingIo();
    const { clock, ticker, pass } = handClock();
    const progress = createProgress(io, clock, { title: 'applying', total: 40, ticker });
    progress.waiting(4_000, 'for the rate limit');
    expect(stderr.text).toBe('');
    pass(5_000);
    progress.waiting(42_000, 'for the rate limit');
    progress.waiting(41_000, 'for the rate limit');
    expect(stderr.text).toBe('applying 0/40 · waiting 42 s for the rate limit\n');
  });

  it('is a line every 10 s during activity, and one at the end', () => {
    const { io, stderr } = recordingIo();
    const { clock, pass } = handClock();
    const progress = createProgress(io, clock, { title: 'applying', total: 40 });
    for (let index = 0; index < 25; index += 1) {
      pass(1_000);
      progress.advance(1, 'Checkout API');
    }
    progress.waiting(30_000, 'for the rate limit');
    pass(6_000);
    progress.waiting(24_000, 'for the rate limit');
    progress.done();
    expect(stderr.text.split('\n')).toEqual([
      'applying 10/40 · 1/s · Checkout API',
      'applying 20/40 · 1/s · Checkout API',
      'applying 25/40 · 1/s · Checkout API · waiting 30 s for the rate limit',
      'applying 25/40 · 48/min · ended after 31 s',
      '',
    ]);
  });

  it('is silent about work that takes less', () => {
    const { io, stderr } = recordingIo();
    const { clock, pass } = handClock();
    const progress = createProgress(io, clock, { title: 'applying', total: 2 });
    pass(9_000);
    progress.advance(2);
    progress.done();
    expect(stderr.text).toBe('');
  });

  it('is silent under --quiet', () => {
    const { io, stderr } = recordingIo();
    io.configure({ quiet: true, debug: false, color: undefined, noInput: false });
    const { clock, pass } = handClock();
    const progress = createProgress(io, clock, { title: 'applying', total: 2 });
    pass(20_000);
    progress.advance();
    progress.done();
    expect(stderr.text).toBe('');
  });
});

describe('spinner', () => {
  it('turns on a terminal', () => {
    const { terminal, io, clock, ticker, pass } = onTerminal();
    const spinner = createSpinner(io, clock, 'reading services', ticker);
    expect(terminal.screen()).toBe('⠋ reading services');
    pass(80);
    spinner.update('300/1,000');
    pass(80);
    expect(terminal.screen()).toBe('⠹ reading services 300/1,000');
    spinner.done();
    expect(terminal.screen()).toBe('');
  });

  it('counts down while everything waits, and keeps its text', () => {
    const { terminal, io, clock, ticker, pass } = onTerminal();
    const spinner = createSpinner(io, clock, 'reading', ticker);
    spinner.update('300/1,000 services');
    spinner.waiting(12_000, 'for the rate limit');
    pass(5_000);
    expect(terminal.screen()).toMatch(/^. reading 300\/1,000 services · waiting 8 s for the rate limit$/);
    pass(7_000);
    expect(terminal.screen()).not.toContain('waiting');
    spinner.done();
  });

  it('tells a log the reason for a pause', () => {
    const { io, stderr } = recordingIo();
    const { clock, pass, ticker, ticking } = handClock();
    const spinner = createSpinner(io, clock, 'reading', ticker);
    spinner.waiting(25_000, 'for the rate limit');
    pass(21_000);
    spinner.done();
    expect(stderr.text.split('\n').slice(0, 2)).toEqual([
      'reading · waiting 25 s for the rate limit',
      'reading · waiting 15 s for the rate limit',
    ]);
    expect(ticking.size).toBe(0);
  });

  it('is a line every 10 s elsewhere', () => {
    const { io, stderr } = recordingIo();
    const { clock, pass } = handClock();
    const spinner = createSpinner(io, clock, 'reading services');
    spinner.update('100/1,000');
    pass(10_000);
    spinner.update('300/1,000');
    spinner.done();
    expect(stderr.text).toBe('reading services 300/1,000\nreading services 300/1,000 · ended after 10 s\n');
  });
});

describe('formatCount', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1_000, '1,000'],
    [1_234_567, '1,234,567'],
  ])('%i', (count, text) => {
    expect(formatCount(count)).toBe(text);
  });
});

describe('the real timer', () => {
  it('does not keep the process alive', () => {
    const { io } = onTerminal();
    const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const progress = createProgress(io, handClock().clock, { title: 'applying' });
    const during = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    progress.done();
    expect(during).toBe(before);
  });
});
