/** The names that `others` do not have. Names of headers are compared as HTTP does, without regard to case. */
export function namesMissingFrom(others: readonly string[], names: readonly string[]): string[] {
  const known = new Set(others.map((name) => name.toLowerCase()));
  return names.filter((name) => !known.has(name.toLowerCase()));
}
