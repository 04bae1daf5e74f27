/** Gates at which requests wait until they are released, for interleavings without sleeping. */
export interface Gates {
  /** Waits at the gate of this name. False: the request must not continue, because the sandbox was closed or reset. */
  wait(name: string): Promise<boolean>;
  /** Resolves as soon as a request waits at the gate. */
  reached(name: string): Promise<void>;
  /** Releases the requests that wait at the gate, or at every gate, and returns their number. */
  release(name?: string): number;
  /** Rejects all waiting requests. */
  drop(): void;
}

/** Gates without waiting requests. */
export function createGates(): Gates {
  let waiting: { readonly name: string; readonly go: (on: boolean) => void }[] = [];
  let watchers: { readonly name: string; readonly tell: () => void }[] = [];
  return {
    wait: (name) =>
      new Promise((go) => {
        waiting.push({ name, go });
        const ready = watchers.filter((watcher) => watcher.name === name);
        watchers = watchers.filter((watcher) => watcher.name !== name);
        for (const { tell } of ready) tell();
      }),
    reached: (name) =>
      new Promise((tell) => {
        if (waiting.some((waiter) => waiter.name === name)) tell();
        else watchers.push({ name, tell });
      }),
    release: (name) => {
      const freed = waiting.filter((waiter) => name === undefined || waiter.name === name);
      waiting = waiting.filter((waiter) => !freed.includes(waiter));
      for (const { go } of freed) go(true);
      return freed.length;
    },
    drop: () => {
      for (const { go } of waiting.splice(0)) go(false);
    },
  };
}
