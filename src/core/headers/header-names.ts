import type { HeaderSpec } from '../action.ts';

/** The prefix of the names of headers with a fingerprint (`fingerprint.ts`). */
export const FINGERPRINT_PREFIX = 'X-Pdactions-Fingerprint-';

/** True for the name of a fingerprint's header, in any case. */
export function isFingerprintName(name: string): boolean {
  return name.toLowerCase().startsWith(FINGERPRINT_PREFIX.toLowerCase());
}

/** The headers without the fingerprint. */
export function plainHeaders(headers: readonly HeaderSpec[]): readonly HeaderSpec[] {
  return headers.filter(({ name }) => !isFingerprintName(name));
}

/** The names missing from `others`, compared without regard to case, as in HTTP. */
export function namesMissingFrom(others: readonly string[], names: readonly string[]): string[] {
  const known = new Set(others.map((name) => name.toLowerCase()));
  return names.filter((name) => !known.has(name.toLowerCase()));
}
