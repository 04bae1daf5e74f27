type Task<T> = (off: AbortSignal) => Promise<T>;
type Results<Tasks extends readonly Task<unknown>[]> = {
  -readonly [Index in keyof Tasks]: Awaited<ReturnType<Tasks[Index]>>;
};

/**
 * Does all of it at once and gives all results, or the first failure. Then what is still under way is called off: nobody wants it
 * any more, and its retries would go on asking a server that has already said no (F20), or keep the process alive (F16).
 * @param outer calls off everything, too
 */
export async function together<const Tasks extends readonly Task<unknown>[]>(
  tasks: Tasks,
  outer?: AbortSignal,
): Promise<Results<Tasks>> {
  const own = new AbortController();
  const off = outer ? AbortSignal.any([outer, own.signal]) : own.signal;
  try {
    return (await Promise.all(tasks.map((task) => task(off)))) as Results<Tasks>;
  } finally {
    own.abort();
  }
}
