/**
 * `npm run bench`: measures the built program and prints the table of figures with their limits. Everything is a ratio or a count, taken
 * side by side in one run on this machine, because times alone mean nothing elsewhere. Writes bench/RESULTS.md.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import {
  measureDepth,
  measureDocumentedRate,
  measureListing,
  measureRequests,
  measureWriting,
} from './account.mjs';
import { measureBulk, measureGrowth } from './growth.mjs';
import { measureHostile } from './hostile.mjs';
import { measurePackage } from './package.mjs';
import { measureReceiver } from './receiver.mjs';
import { measureStart } from './start.mjs';
import { ROOT } from './tools.mjs';

const RESULTS = join(ROOT, 'bench/RESULTS.md');
const GROWTH = '## How it grows';

// `node bench/run.mjs growth` measures that part alone, and leaves the rest of the page unchanged.
const isGrowthAlone = process.argv[2] === 'growth';
const costs = isGrowthAlone ? partBefore(GROWTH) : await measureCosts();
const growth = await growthPart();
writeFileSync(RESULTS, `${costs.text}${growth.text}`);
process.exitCode = costs.ok && growth.ok ? 0 : 1;

function partBefore(heading) {
  const [text] = readFileSync(RESULTS, 'utf8').split(heading);
  return { text, ok: true };
}

async function measureCosts() {
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
  const text = `# What it costs

Written by \`npm run bench\`, on ${machine()}.

${table}

Ratios are medians of runs that alternate, so that whatever else the machine does hits both sides. "Account" is the sandbox, in a process
of its own on this machine; for requests it is the sandbox that counts. No test asserts a time.

`;
  return { text, ok: rows.every(({ ok }) => ok) };
}

function machine() {
  const [{ model } = { model: 'unknown' }] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores of ${model.trim()} with ${memory} GB, Node ${process.version}, ${process.platform} ${process.arch}`;
}

async function growthPart() {
  console.error('measuring: growth …');
  const growth = await measureGrowth();
  console.log(`\n${growth.table}`);
  console.error('measuring: bulk …');
  const bulk = await measureBulk();
  console.log(`\n${bulk.table}`);
  writeFileSync(join(ROOT, 'bench/growth.svg'), growth.picture);
  const text = `${GROWTH}

Measured on ${machine()}.

![Requests, wall time, CPU and memory of a plan by the number of services, ours beside the floor](growth.svg)

A \`plan\` that finds nothing to do, from its start to its end. In brackets the floor: for requests, what the limits of the API's lists
allow (beyond 10,000 actions in parts, by label); for the rest, the very same requests in a process that
sends them with Node's own client, as many at a time, and parses the answers. Memory is the peak of the process, and at
most ${growth.limit}, and requests at most 5 % over the floor: ${growth.ok ? 'yes' : 'NO'}.

${growth.table}

## Everything at once

The commands that read a whole account, with ${bulk.what}, no label on more than 10,000 services; each once. Memory at most ${bulk.limit}, because
the document of such an account is held while it is written. Requests at most 5 % over the floor: without a config the labels are unknown
at first, and learned from page 1, three more pages and a few single services. Nothing that the API documents shows more than the first
10,000 actions of one label: the list has no other order, and its filters see no more than the label and the service. Each service beyond
them costs one more request.

${bulk.table}
`;
  return { text, ok: growth.ok && bulk.ok };
}

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
      limit: '≤ 5',
      value: (planMs / parseMs).toFixed(2),
      ok: planMs / parseMs <= 5,
      detail: `${planMs.toFixed(0)} ms against ${parseMs.toFixed(0)} ms for ${megabytes.toFixed(1)} MB`,
    },
    {
      what: `${what}: peak memory of the process`,
      limit: '≤ 200 MB',
      value: `${peakMb.toFixed(0)} MB`,
      ok: peakMb <= 200,
      detail: 'resident, with the input as text and parsed',
    },
  ];
}
