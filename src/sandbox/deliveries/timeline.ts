/** The sandbox's own time: a clock that can be moved forward, and its tasks. */
import type { Clock } from '../../clock.ts';

export interface Timeline {
  /** Milliseconds on the sandbox's clock. */
  now(): number;
  /** The total distance that it was moved, in milliseconds. */
  offset(): number;
  /** Runs `task` as soon as the clock has reached `now() + ms`; the returned function cancels it. */
  after(ms: number, task: () => void | Promise<void>): () => void;
  /** Runs tasks that have become due since the last check of the clock. */
  catchUp(): Promise<void>;
  /** Moves the clock forward and runs the tasks that become due on the way, in their order. */
  advance(ms: number): Promise<void>;
  /** Forgets all tasks that are not due yet. */
  clear(): void;
}

interface Task {
  readonly at: number;
  readonly run: () => void | Promise<void>;
}

/**
 * @param clock the source of time
 * @param live true if that clock runs by itself: then tasks run when they are due. Otherwise it belongs to a test, and they
 *   run when the next request comes or the clock is advanced, so that nothing ever happens in the background.
 * @param settled awaited before time moves past a task while advancing, so that started work can end first
 */
export function createTimeline(clock: Clock, live: boolean, settled: () => Promise<void>): Timeline {
  let offset = 0;
  let tasks: Task[] = [];
  let timer: NodeJS.Timeout | undefined;

  const now = () => clock.now() + offset;
  const takeDue = (until: number): Task | undefined => {
    const [first] = tasks;
    if (!first || first.at > until) return undefined;
    tasks = tasks.slice(1);
    return first;
  };
  const arm = () => {
    clearTimeout(timer);
    const [first] = tasks;
    if (!live || !first) return;
    // At most a day at once: a timer of more than 24.8 days would fire immediately.
    timer = setTimeout(() => void catchUp(), Math.min(Math.max(0, first.at - now()), 86_400_000));
    timer.unref();
  };
  const catchUp = async () => {
    for (let task = takeDue(now()); task; task = takeDue(now())) await task.run();
    arm();
  };
  return {
    now,
    offset: () => offset,
    catchUp,
    after: (ms, run) => {
      const task: Task = { at: now() + ms, run };
      // Sorting is stable: of two tasks due at once, the one added first runs first.
      tasks = [...tasks, task].sort((a, b) => a.at - b.at);
      arm();
      return () => {
        tasks = tasks.filter((other) => other !== task);
        arm();
      };
    },
    advance: async (ms) => {
      const target = now() + ms;
      await settled();
      for (let task = takeDue(target); task; task = takeDue(target)) {
        offset += Math.max(0, task.at - now());
        await task.run();
        await settled();
      }
      offset += Math.max(0, target - now());
      arm();
    },
    clear: () => {
      tasks = [];
      clearTimeout(timer);
    },
  };
}
