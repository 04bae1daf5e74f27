import { createHash } from 'node:crypto';

/**
 * The hidden first line of a page, by which its comment is found again. Runs about different things in one pull request (another
 * config, other services) have different ones; what tells them apart is hashed, for it may be anybody's text.
 */
export function markerOf(command: string, about: readonly string[]): string {
  if (about.length === 0) return `<!-- pdactions:${command} -->`;
  const hash = createHash('sha256').update(JSON.stringify(about)).digest('hex').slice(0, 12);
  return `<!-- pdactions:${command}:${hash} -->`;
}
