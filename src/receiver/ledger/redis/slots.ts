/** Limits concurrent work by slots, first come, first served. */
export interface Slots {
  readonly used: number;
  /** Resolves with a function that returns the slot, or with undefined once the slots are closed. */
  acquire(): Promise<(() => void) | undefined>;
  /** Gives out no more; resolves when all are returned. */
  close(): Promise<void>;
}

/** @param most slots */
export function createSlots(most: number): Slots {
  let used = 0;
  let isClosed = false;
  let waiting: (() => void)[] = [];
  let idlers: (() => void)[] = [];
  const release = (): void => {
    used -= 1;
    waiting.shift()?.();
    if (used > 0 || !isClosed) return;
    for (const resolve of idlers) resolve();
    idlers = [];
  };
  return {
    get used() {
      return used;
    },
    async acquire() {
      while (used >= most && !isClosed) await new Promise<void>((resolve) => waiting.push(resolve));
      if (isClosed) return undefined;
      used += 1;
      return release;
    },
    async close() {
      isClosed = true;
      for (const resolve of waiting) resolve();
      waiting = [];
      if (used > 0) await new Promise<void>((resolve) => idlers.push(resolve));
    },
  };
}
