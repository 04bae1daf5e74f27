/** Services at a time, and seconds for a whole run, unless something else is asked for. */
export const DEFAULT_CONCURRENCY = 4;
export const DEFAULT_TIMEOUT_S = 600;
