import { spawnSync } from 'node:child_process';

/** What the examples need besides pdactions, and every hosted runner has. Without them their tests are left out, which is said. */
const NEEDED = ['bash', 'jq', 'xargs'];

const missing = NEEDED.filter(
  (tool) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error !== undefined,
);

if (missing.length > 0)
  process.stderr.write(`left out, for want of ${missing.join(', ')}: the CI examples\n`);

/** Whether the examples can be executed here. */
export const hasTools = missing.length === 0;
