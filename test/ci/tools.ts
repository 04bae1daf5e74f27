import { spawnSync } from 'node:child_process';

/** Tools of hosted runners that the examples use. Without them their tests are skipped, with a notice. */
const NEEDED = ['bash', 'jq', 'xargs'];

const missing = NEEDED.filter(
  (tool) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error !== undefined,
);

if (missing.length > 0)
  process.stderr.write(`left out, for want of ${missing.join(', ')}: the CI examples\n`);

/** True if the examples can run here. */
export const hasTools = missing.length === 0;
