import { createHash } from 'node:crypto';
import { relative, resolve } from 'node:path';

/**
 * The hidden first line of a page, by which its comment is found again. Runs about different things in one pull request (another
 * config, other services) have different ones; the difference is hashed, because it may be foreign text.
 */
export function markerOf(command: string, about: readonly string[]): string {
  if (about.length === 0) return `<!-- pdactions:${command} -->`;
  const hash = createHash('sha256').update(JSON.stringify(about)).digest('hex').slice(0, 12);
  return `<!-- pdactions:${command}:${hash} -->`;
}

/**
 * The folder that a job runs in, relative to its checkout: parts of one repository are different things, too. Empty at the top, or if the
 * checkout is unknown.
 */
export function folderInCheckout(cwd: string, env: Readonly<Record<string, string | undefined>>): string {
  const top = env.GITHUB_WORKSPACE || env.CI_PROJECT_DIR;
  const path = top ? relative(resolve(top), cwd) : '';
  return path.startsWith('..') ? '' : path;
}
