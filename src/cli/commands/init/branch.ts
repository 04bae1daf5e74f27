import { execFileSync } from 'node:child_process';

/** A name that is plain text in YAML. */
const PLAIN = /^[A-Za-z][\w./-]*$/;

/**
 * The target branch of merges: the default of the remote `origin`, else the branch that is checked out.
 * @returns undefined if git does not know one, or its name needs quotes
 */
export function branchOf(cwd: string): string | undefined {
  const remote = git(cwd, ['symbolic-ref', '--short', 'refs/remotes/origin/HEAD'])?.replace(/^origin\//, '');
  const branch = remote ?? git(cwd, ['symbolic-ref', '--short', 'HEAD']);
  return branch !== undefined && PLAIN.test(branch) ? branch : undefined;
}

function git(cwd: string, args: readonly string[]): string | undefined {
  try {
    const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
    return execFileSync('git', args, { cwd, encoding: 'utf8', stdio, timeout: 5_000 }).trim() || undefined;
  } catch {
    return undefined;
  }
}
