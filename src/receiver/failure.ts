/** A failure on this machine, in a word. */

/** The message of an error. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'an unknown error';
}
