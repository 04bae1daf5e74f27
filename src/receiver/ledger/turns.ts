/** The order of runs: limits on all at a time, on those of one action and on those waiting; first come, first served (T44). */
export interface Turn {
  /** Jobs with the same lane run in order, one at a time. */
  readonly lane: string;
  /** Of a group of lanes at most `width` jobs run at a time. */
  readonly group: string;
  readonly width: number;
}

export interface Queue<T extends Turn> {
  readonly running: number;
  /** In the order in which they came. */
  readonly waiting: readonly T[];
  readonly isFull: boolean;
  /** Starts it, or has it wait. Look at `isFull` first. */
  add(job: T): void;
  /** Those that wait, which then never start. */
  clear(): readonly T[];
  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void>;
}

/** @param start runs a job; whatever it does, it must not reject */
export function createQueue<T extends Turn>(
  limits: { readonly running: number; readonly waiting: number },
  start: (job: T) => Promise<void>,
): Queue<T> {
  let waiting: T[] = [];
  const lanes = new Set<string>();
  const groups = new Map<string, number>();
  let running = 0;
  let idlers: (() => void)[] = [];

  const mayRun = ({ lane, group, width }: T): boolean =>
    running < limits.running && !lanes.has(lane) && (groups.get(group) ?? 0) < width;

  const run = (job: T): void => {
    running += 1;
    lanes.add(job.lane);
    groups.set(job.group, (groups.get(job.group) ?? 0) + 1);
    const over = (): void => {
      running -= 1;
      lanes.delete(job.lane);
      groups.set(job.group, (groups.get(job.group) ?? 1) - 1);
      next();
    };
    start(job).then(over, over);
  };

  const next = (): void => {
    for (;;) {
      const index = waiting.findIndex(mayRun);
      const [job] = index === -1 ? [] : waiting.splice(index, 1);
      if (!job) break;
      run(job);
    }
    if (running > 0 || waiting.length > 0) return;
    for (const tell of idlers) tell();
    idlers = [];
  };

  return {
    get running() {
      return running;
    },
    get waiting() {
      return waiting;
    },
    get isFull() {
      return waiting.length >= limits.waiting;
    },
    add(job) {
      waiting.push(job);
      next();
    },
    clear() {
      const dropped = waiting;
      waiting = [];
      next();
      return dropped;
    },
    idle: () =>
      running === 0 && waiting.length === 0
        ? Promise.resolve()
        : new Promise((tell) => {
            idlers.push(tell);
          }),
  };
}
