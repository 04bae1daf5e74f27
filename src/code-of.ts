/**
 * The system's code for a failure, such as `ENOENT`. It may be in one of several attempts (happy eyeballs).
 * @param otherwise the result without a code
 */
export function codeOf(cause: unknown, otherwise = 'error'): string {
  if (cause instanceof AggregateError) return codeOf(cause.errors[0], otherwise);
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : otherwise;
}
