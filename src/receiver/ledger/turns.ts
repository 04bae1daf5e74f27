/** The order of runs: limits on all at a time and on those of one action; first come, first served (T44). */
export interface RunTurn {
  /** Jobs with the same lane run in order, one at a time. */
  readonly lane: string;
  /** At most `width` jobs of a group of lanes run at a time. */
  readonly group: string;
  readonly width: number;
}

/** Waiting and running jobs. */
export class TurnQueue<T extends RunTurn> {
  readonly #most: number;
  readonly #start: (job: T) => Promise<void>;
  readonly #lanes = new Set<string>();
  readonly #groups = new Map<string, number>();
  #waiting: T[] = [];
  #running = 0;
  #idlers: (() => void)[] = [];

  /**
   * @param limits how many jobs run at a time
   * @param start runs a job; it must never reject
   */
  constructor({ running }: { readonly running: number }, start: (job: T) => Promise<void>) {
    this.#most = running;
    this.#start = start;
  }

  get running(): number {
    return this.#running;
  }

  /** In the order of arrival. */
  get waiting(): readonly T[] {
    return this.#waiting;
  }

  /** Starts it, or makes it wait. */
  add(job: T): void {
    this.#waiting.push(job);
    this.#next();
  }

  /** Those that wait, which then never start. */
  clear(): readonly T[] {
    const dropped = this.#waiting;
    this.#waiting = [];
    this.#next();
    return dropped;
  }

  /** Resolves when nothing runs and nothing waits. */
  async idle(): Promise<void> {
    if (!this.#isIdle()) await new Promise<void>((resolve) => this.#idlers.push(resolve));
  }

  #next(): void {
    for (;;) {
      const index = this.#waiting.findIndex((job) => this.#mayRun(job));
      const [job] = index === -1 ? [] : this.#waiting.splice(index, 1);
      if (!job) break;
      this.#run(job);
    }
    if (!this.#isIdle()) return;
    for (const resolve of this.#idlers) resolve();
    this.#idlers = [];
  }

  #mayRun({ lane, group, width }: T): boolean {
    const isFree = this.#running < this.#most && !this.#lanes.has(lane);
    return isFree && (this.#groups.get(group) ?? 0) < width;
  }

  #run(job: T): void {
    this.#running += 1;
    this.#lanes.add(job.lane);
    this.#groups.set(job.group, (this.#groups.get(job.group) ?? 0) + 1);
    const over = (): void => this.#over(job);
    this.#start(job).then(over, over);
  }

  #over({ lane, group }: T): void {
    this.#running -= 1;
    this.#lanes.delete(lane);
    this.#groups.set(group, (this.#groups.get(group) ?? 1) - 1);
    this.#next();
  }

  #isIdle(): boolean {
    return this.#running === 0 && this.#waiting.length === 0;
  }
}
