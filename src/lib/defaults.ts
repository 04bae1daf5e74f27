/** Default number of services at a time, and default seconds for a whole run. */
export const DEFAULT_CONCURRENCY = 4;
export const DEFAULT_TIMEOUT_S = 600;
