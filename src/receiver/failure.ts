/** What went wrong on this machine, in a word. */

/** The system's code for it; `otherwise` where it has none. */
export function codeOf(cause: unknown, otherwise: string): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : otherwise;
}

/** What an error says of itself. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'an unknown error';
}
