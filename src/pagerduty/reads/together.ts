import { setMaxListeners } from 'node:events';
import { inParallel } from '../../in-parallel.ts';

type ReadTask<T> = (off: AbortSignal) => Promise<T>;
type Results<Tasks extends readonly ReadTask<unknown>[]> = {
  -readonly [Index in keyof Tasks]: Awaited<ReturnType<Tasks[Index]>>;
};

/**
 * At most this many are started at a time: as many as can be in flight. Thousands more would each take memory, and a place in the pacer's
 * queue, long before their turn.
 */
const MOST = 96;

/**
 * Runs the tasks concurrently and returns all results, or throws the first failure and cancels the rest: its results are no longer
 * needed, and its retries would go on calling a server that has already refused (F20), or keep the process alive (F16).
 * @param outer cancels everything, too
 */
export async function together<const Tasks extends readonly ReadTask<unknown>[]>(
  tasks: Tasks,
  outer?: AbortSignal,
): Promise<Results<Tasks>> {
  const controller = new AbortController();
  const off = outer ? AbortSignal.any([outer, controller.signal]) : controller.signal;
  // Each waiting task listens.
  setMaxListeners(0, off);
  try {
    const results = await inParallel(tasks, MOST, async (task) => {
      off.throwIfAborted();
      return task(off);
    });
    return results as Results<Tasks>;
  } catch (error) {
    controller.abort(error);
    throw error;
  }
}
