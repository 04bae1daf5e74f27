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

Measured by \`npm run bench\` on ${machine()}.

${table}

Ratios are medians of alternating runs, so that other load on the machine affects both sides. "Account" is the sandbox, in a separate
process on this machine; the sandbox counts the requests. No test asserts a time.

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

![Requests, wall time, CPU and memory of a plan by the number of services, pdactions and the floor](growth.svg)

The table shows a complete \`plan\` without changes, with the floor in parentheses:

- For requests, the floor is the minimum that the limits of the API's lists allow. Beyond 10,000 actions the list is read in parts, by label.
- For the other columns, it is a process that sends the same requests with Node's own client, with the same concurrency, and parses the responses.

Memory is the peak of the process. Within the limits (memory at most ${growth.limit}, requests at most 5 % over the floor): ${growth.ok ? 'yes' : 'NO'}.

${growth.table}

## Everything at once

One run of each command that reads a whole account, with ${bulk.what} and no label on more than 10,000 services. The limits:

- Memory: at most ${bulk.limit}, because the document of such an account stays in memory while it is written.
- Requests: at most 5 % over the floor. Without a config the labels are unknown at first; pdactions learns them from page 1, three more pages and a few
  single services.

The API cannot list more than the first 10,000 actions of one label: the list has no other order, and filters only by label and service. Each service
beyond them costs one more request.

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
      detail: 'resident, including the input as text and parsed',
    },
  ];
}
