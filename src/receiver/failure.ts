/** What went wrong on this machine, in a word. */

/** What an error says of itself. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'an unknown error';
}
