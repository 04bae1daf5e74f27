import type { Clock } from '../clock.ts';
import type { Io } from './io.ts';
import { FRAMES, signed } from './text/signs.ts';
import { type Line, line, type Span, styled } from './text/text.ts';

/** Shows the progress of some work. */
export interface Progress {
  /** Adds `count` to the finished ones (1 by default); `label` names the current item. */
  advance(count?: number, label?: string): void;
  /** Sets the total, once it is known or if it changes. */
  total(count: number): void;
  /** The work pauses for that long; `why` completes "waiting 12 s …". A wait ends after its time, or with the next advance. */
  waiting(milliseconds: number, why: string): void;
  /** The work ends at `at` on the clock, even if unfinished: shown once it has taken a while. */
  limit(at: number): void;
  /** Removes the display. If lines were printed, a last one reports the end. */
  done(): void;
}

/** Calls back at an interval in milliseconds until the returned function is called. Must not keep the process alive. */
export type Ticker = (milliseconds: number, tick: () => void) => () => void;

export interface ProgressOptions {
  /** The current work, for example `applying`. */
  readonly title: string;
  readonly total?: number | undefined;
  readonly ticker?: Ticker | undefined;
}

const REDRAW_MS = 100;
const TICK_MS = 250;
/** Off a terminal: a line at most this often, and none for work that takes less. */
const LINE_MS = 10_000;
/** Off a terminal: a wait of this length is reported when it begins. */
const WAIT_LINE_MS = 5_000;
/** The remaining time is not shown for short work. */
const LIMIT_AFTER_MS = 10_000;
/** Over a shorter time, a rate is meaningless. */
const RATE_AFTER_MS = 1_000;

const systemTicker: Ticker = (milliseconds, tick) => {
  const timer = setInterval(tick, milliseconds);
  timer.unref();
  return () => clearInterval(timer);
};

interface ProgressState {
  done: number;
  total: number | undefined;
  label: string | undefined;
  wait: Wait | undefined;
  limit: number | undefined;
}

interface Wait {
  readonly until: number;
  readonly why: string;
}

/**
 * Progress of long work: on a terminal a line that redraws itself, elsewhere one line every 10 s. Silent under `--quiet`, like all
 * notes.
 */
export function createProgress(io: Io, clock: Clock, options: ProgressOptions): Progress {
  const { title, ticker = systemTicker } = options;
  const state: ProgressState = {
    done: 0,
    total: options.total,
    label: undefined,
    wait: undefined,
    limit: undefined,
  };
  const start = clock.now();
  const display = io.terminal.stderr
    ? createBar(draw, io, clock, ticker)
    : createLog(draw, io, clock, ticker);

  function draw(bar: boolean): Line {
    const now = clock.now();
    if (state.wait && state.wait.until <= now) state.wait = undefined;
    return describe(title, state, now - start, now, bar);
  }

  return {
    advance(count = 1, label) {
      state.done += count;
      if (label !== undefined) state.label = label;
      state.wait = undefined;
      display.changed();
    },
    total(count) {
      state.total = count;
      display.changed();
    },
    waiting(milliseconds, why) {
      state.wait = { until: clock.now() + milliseconds, why };
      display.waits(milliseconds);
    },
    limit(at) {
      state.limit = at;
    },
    done() {
      state.wait = undefined;
      state.label = undefined;
      state.limit = undefined;
      display.finish();
    },
  };
}

interface Display {
  changed(): void;
  /** The work is paused from now on. */
  waits(milliseconds: number): void;
  finish(): void;
}

/** Redraws on a change, but at most at a readable rate, and by the ticker, so that countdowns and rates move. */
function createBar(draw: (bar: boolean) => Line, io: Io, clock: Clock, ticker: Ticker): Display {
  let drawnAt = Number.NEGATIVE_INFINITY;
  let finished = false;
  const redraw = (): void => {
    if (finished) return;
    drawnAt = clock.now();
    io.status(draw(true));
  };
  const stop = ticker(TICK_MS, redraw);
  redraw();
  const changed = (): void => {
    if (clock.now() - drawnAt >= REDRAW_MS) redraw();
  };
  return {
    changed,
    waits: changed,
    finish() {
      finished = true;
      stop();
      io.status(null);
    },
  };
}

/** Prints a line if the last one was long enough ago, also during a pause, because a log must explain it. */
function createLog(draw: (bar: boolean) => Line, io: Io, clock: Clock, ticker: Ticker): Display {
  const start = clock.now();
  let lineAt = start;
  let waitsUntil = start;
  const changed = (): void => {
    if (clock.now() - lineAt < LINE_MS) return;
    lineAt = clock.now();
    io.say(draw(false));
  };
  const stop = ticker(LINE_MS, changed);
  return {
    changed,
    waits(milliseconds) {
      const isNew = clock.now() >= waitsUntil;
      waitsUntil = Math.max(waitsUntil, clock.now() + milliseconds);
      if (!isNew || milliseconds < WAIT_LINE_MS) return changed();
      lineAt = clock.now();
      io.say(draw(false));
    },
    finish() {
      stop();
      if (lineAt === start) return;
      io.say(line(...draw(false), DOT, `ended after ${duration(clock.now() - start)}`));
      lineAt = start;
    },
  };
}

function describe(title: string, state: ProgressState, elapsed: number, now: number, bar: boolean): Line {
  const { done, total, label, wait } = state;
  const parts: Line[] = [];
  const rate = describeRate(done, elapsed);
  if (rate) parts.push([rate]);
  if (label !== undefined) parts.push([styled('strong', label)]);
  if (wait) parts.push([waitingSpan(wait, now)]);
  const left = timeLeft(state.limit, elapsed, now);
  if (left) parts.push([left]);
  const count = total === undefined ? formatCount(done) : `${formatCount(done)}/${formatCount(total)}`;
  const head: Line = bar && total ? [`${title} ${count} `, ...drawBar(done, total)] : [`${title} ${count}`];
  const [first, ...others] = parts;
  if (first === undefined) return head;
  const joint = bar && total && rate ? ' ' : DOT;
  return [...head, joint, ...first, ...others.flatMap((part) => [DOT, ...part])];
}

function waitingSpan({ until, why }: Wait, now: number): Span {
  return styled('warn', `waiting ${duration(until - now)} ${why}`);
}

/** The remaining time under the run's limit; undefined for short work, and for work without a limit. */
function timeLeft(limit: number | undefined, elapsed: number, now: number): Span | undefined {
  if (limit === undefined || !Number.isFinite(limit) || elapsed < LIMIT_AFTER_MS) return undefined;
  return styled('muted', `${duration(Math.max(0, limit - now))} left for this run`);
}

const BAR_WIDTH = 20;
const DOT = signed(undefined, ' · ');

function drawBar(done: number, total: number): Line {
  const filled = Math.min(BAR_WIDTH, Math.floor((done / total) * BAR_WIDTH));
  return [signed('accent', '█'.repeat(filled)), signed('muted', '░'.repeat(BAR_WIDTH - filled))];
}

function describeRate(done: number, elapsed: number): string | undefined {
  if (done === 0 || elapsed < RATE_AFTER_MS) return undefined;
  const perSecond = (done * 1_000) / elapsed;
  return perSecond >= 1 ? `${Math.round(perSecond)}/s` : `${Math.max(1, Math.round(perSecond * 60))}/min`;
}

/** Rounded up: a countdown at 0 s that still waits would be wrong. */
function duration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1_000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A count with separators: `1,000`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Shows that the program is waiting. */
export interface Spinner {
  /** Shows the progress, for example `300/1,000`. */
  update(text: string): void;
  /** Everything pauses for that long; `why` completes "waiting 12 s …". */
  waiting(milliseconds: number, why: string): void;
  /** The run ends at `at` on the clock: shown once it has taken a while. */
  limit(at: number): void;
  done(): void;
}

const FRAME_MS = 80;

/** A spinner before a title such as `reading services`, on a terminal; elsewhere a line every 10 s. */
export function createSpinner(io: Io, clock: Clock, title: string, ticker: Ticker = systemTicker): Spinner {
  let text = '';
  let wait: Wait | undefined;
  let limit: number | undefined;
  const start = clock.now();
  const draw = (onTerminal: boolean): Line => {
    const now = clock.now();
    if (wait && wait.until <= now) wait = undefined;
    const spans = [wait && waitingSpan(wait, now), timeLeft(limit, now - start, now)];
    const said = [
      text === '' ? title : `${title} ${text}`,
      ...spans.flatMap((span) => (span === undefined ? [] : [DOT, span])),
    ];
    if (!onTerminal) return said;
    const frame = FRAMES[Math.floor(now / FRAME_MS) % FRAMES.length] ?? '';
    return [signed('accent', frame), ' ', ...said];
  };
  const often: Ticker = (_milliseconds, tick) => ticker(FRAME_MS, tick);
  const display = io.terminal.stderr ? createBar(draw, io, clock, often) : createLog(draw, io, clock, ticker);
  return {
    update(next) {
      text = next;
      display.changed();
    },
    waiting(milliseconds, why) {
      wait = { until: clock.now() + milliseconds, why };
      display.waits(milliseconds);
    },
    limit(at) {
      limit = at;
    },
    done() {
      limit = undefined;
      display.finish();
    },
  };
}
