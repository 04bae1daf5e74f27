/** Limits on the contents of a file. Separate from the schema, so that a number does not load its library. */

/** Far more actions than any team has; a file with more is an accident (T13). */
export const MOST_ACTIONS = 1_000;

/** The files that one file extends directly. */
export const MOST_BASES = 10;

/** The path of one of them. */
export const LONGEST_PATH = 1_000;
