import { type KeptAccount, saveDataFile } from './data-file.ts';

/** Keeps a data file equal to the account. */
export interface Keeper {
  /** Records that something changed. */
  touch(): void;
  /** Resolves when all changes so far are on disk. Calls that come during a write share the next one. */
  save(): Promise<void>;
}

/** @param current the account, read again at each write */
export function createKeeper(path: string | undefined, current: () => KeptAccount): Keeper {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  let dirty = false;
  const write = async (file: string): Promise<void> => {
    dirty = false;
    running = saveDataFile(file, current()).finally(() => {
      running = null;
    });
    await running;
  };
  return {
    touch: () => {
      dirty = true;
    },
    save: () => {
      if (path === undefined) return Promise.resolve();
      if (!running) return dirty ? write(path) : Promise.resolve();
      if (!dirty) return running;
      next ??= running
        .catch(() => {})
        .then(() => {
          next = null;
          return write(path);
        });
      return next;
    },
  };
}
