/** The changes since a version, so that the page can wait for news instead of polling. */

export interface Watch {
  /** Counts the changes; 0 is before all of them. */
  version(): number;
  /** These records changed; without any, a value that belongs to no record, such as the time. */
  touch(...ids: readonly string[]): void;
  /** Everything may have changed. */
  renew(): void;
  /** The records that changed after `version`; null if that version is so old that all may have changed. */
  since(version: number): ReadonlySet<string> | null;
  /** Resolves at the next change, or when the signal aborts. */
  next(signal: AbortSignal): Promise<void>;
}

/** A watch that has seen nothing. */
export function createWatch(): Watch {
  let version = 1;
  let oldest = 1;
  const touched = new Map<string, number>();
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const go of waiting) go();
    waiting.clear();
  };
  return {
    version: () => version,
    touch: (...ids) => {
      version += 1;
      for (const id of ids) touched.set(id, version);
      wake();
    },
    renew: () => {
      version += 1;
      oldest = version;
      touched.clear();
      wake();
    },
    since: (known) => {
      if (known < oldest || known > version) return null;
      return new Set([...touched].filter(([, at]) => at > known).map(([id]) => id));
    },
    next: (signal) =>
      new Promise((resolve) => {
        const go = () => {
          waiting.delete(go);
          signal.removeEventListener('abort', go);
          resolve();
        };
        if (signal.aborted) return resolve();
        waiting.add(go);
        signal.addEventListener('abort', go);
      }),
  };
}
