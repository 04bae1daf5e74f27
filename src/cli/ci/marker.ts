import { createHash } from 'node:crypto';
import { relative, resolve } from 'node:path';

/**
 * The hidden first line of a page, which identifies its comment. Runs with different configs or services in one pull request
 * have different ones; the difference is hashed, because it may be outside text.
 */
export function markerOf(command: string, about: readonly string[]): string {
  if (about.length === 0) return `<!-- pdactions:${command} -->`;
  const hash = createHash('sha256').update(JSON.stringify(about)).digest('hex').slice(0, 12);
  return `<!-- pdactions:${command}:${hash} -->`;
}

/**
 * The folder of a job, relative to its checkout, which also distinguishes runs. Empty at the top, or if the
 * checkout is unknown.
 */
export function folderInCheckout(cwd: string, env: Readonly<Record<string, string | undefined>>): string {
  const top = env.GITHUB_WORKSPACE || env.CI_PROJECT_DIR;
  const path = top ? relative(resolve(top), cwd) : '';
  return path.startsWith('..') ? '' : path;
}
