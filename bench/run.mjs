/**
 * `npm run bench`: measures the built program and prints the table of figures that it is held to. Everything is a ratio or a count, taken
 * side by side in one run on this machine, for times alone mean nothing elsewhere. Writes bench/RESULTS.md.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import {
  measureDepth,
  measureDocumentedRate,
  measureListing,
  measureRequests,
  measureWriting,
} from './account.mjs';
import { measureGrowth } from './growth.mjs';
import { measureHostile } from './hostile.mjs';
import { measurePackage } from './package.mjs';
import { measureReceiver } from './receiver.mjs';
import { measureStart } from './start.mjs';
import { ROOT } from './tools.mjs';

const rows = [];
for (const measure of [
  measureStart,
  measureRequests,
  measureDepth,
  measureDocumentedRate,
  measureListing,
  measureWriting,
  measurePlanning,
  measureHostile,
  measureReceiver,
  measurePackage,
]) {
  console.error(`measuring: ${measure.name.replace('measure', '').toLowerCase()} …`);
  rows.push(...(await measure()));
}

const table = [
  '| what | limit | measured | within | detail |',
  '|---|---|---|---|---|',
  ...rows.map(({ what, limit, value, ok, detail }) => {
    return `| ${what} | ${limit} | **${value}** | ${ok ? 'yes' : 'NO'} | ${detail} |`;
  }),
].join('\n');
console.log(table);

console.error('measuring: growth …');
const growth = await measureGrowth();
console.log(`\n${growth.table}`);

const [{ model } = { model: 'unknown' }] = cpus();
writeFileSync(
  join(ROOT, 'bench/RESULTS.md'),
  `# What it costs

Written by \`npm run bench\`, on ${cpus().length} cores of ${model.trim()} with ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}, ${process.platform} ${process.arch}.

${table}

Ratios are medians of runs that alternate, so that whatever else the machine does hits both sides. "Account" is the sandbox, in a process
of its own on this machine; for requests it is the sandbox that counts. No test asserts a time.

## How it grows

A \`plan\` that finds nothing to do, from its start to its end. In brackets the floor: for requests, what the limits of the API's lists
allow (beyond 10,000 actions in parts, by label); for the rest, the very same requests in a process that
sends them with Node's own client, as many at a time, and parses the answers. Memory is the peak of the process, and at
most ${growth.limit}: ${growth.ok ? 'yes' : 'NO'}.

${growth.table}
`,
);
process.exitCode = rows.every(({ ok }) => ok) && growth.ok ? 0 : 1;

/** Planning is not a command of its own: the worker imports the planner from the sources. */
function measurePlanning() {
  const worker = spawnSync(
    process.execPath,
    ['--expose-gc', join(ROOT, 'scripts/run-ts.mjs'), join(ROOT, 'bench/planning.ts')],
    { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  if (worker.status !== 0) throw new Error('bench/planning.ts failed');
  const { planMs, parseMs, peakMb, megabytes } = JSON.parse(worker.stdout);
  const what = 'planning 10,000 services with 30,000 actions';
  return [
    {
      what: `${what}: time against JSON.parse of the same input`,
      limit: '≤ 8',
      value: (planMs / parseMs).toFixed(2),
      ok: planMs / parseMs <= 8,
      detail: `${planMs.toFixed(0)} ms against ${parseMs.toFixed(0)} ms for ${megabytes.toFixed(1)} MB`,
    },
    {
      what: `${what}: peak memory of the process`,
      limit: '≤ 300 MB',
      value: `${peakMb.toFixed(0)} MB`,
      ok: peakMb <= 300,
      detail: 'resident, with the input as text and parsed',
    },
  ];
}
