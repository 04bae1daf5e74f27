/** The sandbox's own time: a clock that can be moved forward, and its tasks. */
import type { Clock } from '../../clock.ts';

interface TimedTask {
  readonly at: number;
  readonly run: () => void | Promise<void>;
}

export class Timeline {
  readonly #clock: Clock;
  readonly #live: boolean;
  readonly #settled: () => Promise<void>;
  #offset = 0;
  /** Sorted by when they are due. */
  #tasks: readonly TimedTask[] = [];
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param clock the source of time
   * @param live true if that clock runs by itself: then tasks run when they are due. Otherwise it belongs to a test, and they
   *   run when the next request comes or the clock is advanced, so that nothing ever happens in the background.
   * @param settled awaited before time moves past a task while advancing, so that started work can end first
   */
  constructor(clock: Clock, live: boolean, settled: () => Promise<void>) {
    this.#clock = clock;
    this.#live = live;
    this.#settled = settled;
  }

  /** Milliseconds on the sandbox's clock. */
  now(): number {
    return this.#clock.now() + this.#offset;
  }

  /** The total distance that it was moved, in milliseconds. */
  offset(): number {
    return this.#offset;
  }

  /** Runs it as soon as the clock has reached `now() + ms`; the returned function cancels it. */
  after(ms: number, run: TimedTask['run']): () => void {
    const task: TimedTask = { at: this.now() + ms, run };
    // Sorting is stable: of two tasks due at once, the one added first runs first.
    this.#tasks = [...this.#tasks, task].sort((a, b) => a.at - b.at);
    this.#arm();
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== task);
      this.#arm();
    };
  }

  /** Runs tasks that have become due since the last check of the clock. */
  async catchUp(): Promise<void> {
    for (let task = this.#takeDue(this.now()); task; task = this.#takeDue(this.now())) await task.run();
    this.#arm();
  }

  /** Moves the clock forward and runs the tasks that become due on the way, in their order. */
  async advance(ms: number): Promise<void> {
    const target = this.now() + ms;
    await this.#settled();
    for (let task = this.#takeDue(target); task; task = this.#takeDue(target)) {
      this.#offset += Math.max(0, task.at - this.now());
      await task.run();
      await this.#settled();
    }
    this.#offset += Math.max(0, target - this.now());
    this.#arm();
  }

  /** Forgets all tasks that are not due yet. */
  clear(): void {
    this.#tasks = [];
    clearTimeout(this.#timer);
  }

  #takeDue(until: number): TimedTask | undefined {
    const [first] = this.#tasks;
    if (!first || first.at > until) return undefined;
    this.#tasks = this.#tasks.slice(1);
    return first;
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const [first] = this.#tasks;
    if (!this.#live || !first) return;
    // At most a day at once: a timer of more than 24.8 days would fire immediately.
    const ms = Math.min(Math.max(0, first.at - this.now()), 86_400_000);
    this.#timer = setTimeout(() => void this.catchUp(), ms);
    this.#timer.unref();
  }
}
