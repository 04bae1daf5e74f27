/** The growth of a plan's cost with the account, each figure beside the least that the same requests can cost. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawGrowth } from './picture.mjs';
import {
  configFor,
  configForAll,
  median,
  ROOT,
  runNode,
  seedOf,
  terraformOf,
  withAccount,
} from './tools.mjs';

const SIZES = [10, 100, 1_000, 10_000, 20_000];
const ACTIONS_EACH = 3;
const PAGE = 100;
/** PagerDuty lists no more than this, so larger lists are read in parts. */
const LONGEST_LIST = 10_000;
/** The program's default number of requests in flight. */
const IN_FLIGHT = 8;
const MOST_MB = 300;
/** A document of sixty thousand actions must fit in memory to be written. */
const MOST_BULK_MB = 600;
/** Of the requests: what a list of parts costs beside its pages. */
const FROM_THE_FLOOR = 1.05;
const number = (value) => Math.round(value).toLocaleString('en-US');

/** A separate table, and true if the memory stays within its limit. */
export async function measureGrowth() {
  const lines = [];
  const points = [];
  let ok = true;
  for (const services of SIZES) {
    const { requests, ours, floor } = await withAccount(seedOf(services, ACTIONS_EACH), (account) =>
      measureSize(account, services, services < LONGEST_LIST ? 5 : 1),
    );
    const least = leastRequests(services);
    ok &&= ours.peakMb <= MOST_MB && requests <= least * FROM_THE_FLOOR;
    points.push({ services, requests, least, ours, floor });
    const pair = (name, unit) => `**${number(ours[name])}** ${unit} (${number(floor[name])})`;
    lines.push(
      `| ${number(services)} with ${number(services * ACTIONS_EACH)} | **${number(requests)}** (${number(least)}) | ${pair('ms', 'ms')} | ${pair('cpuMs', 'ms')} | ${pair('peakMb', 'MB')} |`,
    );
  }
  const head = [
    '| services with actions | requests (floor) | wall (floor) | CPU (floor) | memory (floor) |',
    '|---|---|---|---|---|',
  ];
  return { table: [...head, ...lines].join('\n'), ok, limit: `${MOST_MB} MB`, picture: picture(points) };
}

/** One for the schema, and the pages; where the actions are too many for one list, each label's list has as many pages in sum. */
function leastRequests(services) {
  const actions = services * ACTIONS_EACH;
  const pages = (records) => Math.ceil(records / PAGE);
  return 1 + pages(services) + pages(actions);
}

async function measureSize({ cwd, env, log }, services, rounds) {
  writeFileSync(
    join(cwd, 'pdactions.config.json'),
    services > LONGEST_LIST ? configForAll(services) : configFor(['*']),
  );
  const runs = { ours: [], floor: [] };
  const paths = join(cwd, 'paths.json');
  let requests = 0;
  for (let round = 0; round < rounds; round += 1) {
    const plan = [join(ROOT, 'bin/pdactions.js'), 'plan', '--json'];
    runs.ours.push(await measured(plan, { cwd, env }));
    if (round === 0) {
      const asked = (await log()).requests;
      requests = asked.length;
      writeFileSync(paths, JSON.stringify(asked.map(({ path, query }) => `${path}?${query}`)));
    }
    runs.floor.push(await measured([join(ROOT, 'bench/floor.mjs'), paths, String(IN_FLIGHT)], { cwd, env }));
  }
  return { requests, ours: medians(runs.ours), floor: medians(runs.floor) };
}

async function measured(args, { cwd, env }) {
  const file = join(cwd, 'usage.json');
  const preload = ['--require', join(ROOT, 'bench/usage.cjs')];
  const { ms, code, stdout, stderr } = await runNode([...preload, ...args], {
    cwd,
    env: { ...env, BENCH_USAGE: file },
  });
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
  if (/"kind": "(create|update|delete)"/.test(stdout)) throw new Error('the plan has changes');
  return { ms, ...JSON.parse(readFileSync(file, 'utf8')) };
}

function picture(points) {
  const panel = (title, unit, ours, floor) => ({
    title,
    unit,
    points: points.map((point) => ({ size: point.services, ours: ours(point), floor: floor(point) })),
  });
  const usage = (title, unit, name) =>
    panel(
      title,
      unit,
      ({ ours }) => ours[name],
      ({ floor }) => floor[name],
    );
  return drawGrowth([
    panel(
      'requests',
      '',
      ({ requests }) => requests,
      ({ least }) => least,
    ),
    usage('wall', 'ms', 'ms'),
    usage('CPU', 'ms', 'cpuMs'),
    usage('memory', 'MB', 'peakMb'),
  ]);
}

/** The commands that read a whole account, on the largest one: each once, with its requests beside the floor. */
export async function measureBulk(services = SIZES.at(-1)) {
  const seed = seedOf(services, ACTIONS_EACH);
  const least = leastRequests(services);
  const lines = [];
  let ok = true;
  await withAccount(seed, async ({ cwd, env, log }) => {
    writeFileSync(join(cwd, 'pdactions.config.json'), configForAll(services));
    writeFileSync(join(cwd, 'state.json'), terraformOf(seed));
    let before = 0;
    for (const { args, floor } of bulkCommands(least)) {
      const usage = await measured([join(ROOT, 'bin/pdactions.js'), ...args], { cwd, env });
      const total = (await log()).requests.length;
      const requests = total - before;
      before = total;
      const within = usage.peakMb <= MOST_BULK_MB && requests <= floor * FROM_THE_FLOOR;
      ok &&= within;
      lines.push(
        `| \`${args.join(' ')}\` | **${number(requests)}** (${number(floor)}) | ${number(usage.ms)} ms | ${number(usage.cpuMs)} ms | ${number(usage.peakMb)} MB | ${within ? 'yes' : 'NO'} |`,
      );
    }
  });
  const head = ['| command | requests (floor) | wall | CPU | memory | within |', '|---|---|---|---|---|---|'];
  const what = `${number(services)} services and ${number(services * ACTIONS_EACH)} actions`;
  return { table: [...head, ...lines].join('\n'), ok, what, limit: `${MOST_BULK_MB} MB` };
}

function bulkCommands(least) {
  return [
    { args: ['plan', '--json'], floor: least },
    { args: ['list', '--json'], floor: least },
    { args: ['slots', '--json'], floor: least },
    { args: ['export', '--format', 'json', '--yes'], floor: least },
    { args: ['import', 'terraform', 'state.json', '--format', 'json'], floor: 0 },
  ];
}

function medians(runs) {
  return Object.fromEntries(
    ['ms', 'cpuMs', 'peakMb'].map((name) => [name, median(runs.map((run) => run[name]))]),
  );
}
