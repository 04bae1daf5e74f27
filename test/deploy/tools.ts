import { spawnSync } from 'node:child_process';

/** True if the programs are installed; missing ones are printed on stderr, and fail the tests in CI. */
export function hasPrograms(...names: readonly string[]): boolean {
  const missing = names.filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0);
  if (missing.length === 0) return true;
  const what = `left out, for want of ${missing.join(', ')}: what is in deploy/ for it`;
  if (process.env.CI) throw new Error(what);
  process.stderr.write(`${what}\n`);
  return false;
}
