import { createHash, timingSafeEqual } from 'node:crypto';

/** True if two secrets are the same. Takes the same time wherever they differ. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
