/** The growth of a plan's cost with the account, each figure beside the least that the same requests can cost. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configFor, median, ROOT, runNode, seedOf, withAccount } from './tools.mjs';

const SIZES = [10, 100, 1_000, 10_000];
const ACTIONS_EACH = 3;
const PAGE = 100;
/** PagerDuty gives no more of one list than this, so that larger ones are asked for in parts. */
const LONGEST_LIST = 10_000;
/** As many requests as the program has under way at a time by default. */
const IN_FLIGHT = 8;
const MOST_MB = 300;
const number = (value) => Math.round(value).toLocaleString('en-US');

/** A table of its own, and whether the memory stays within its limit. */
export async function measureGrowth() {
  const lines = [];
  let ok = true;
  for (const services of SIZES) {
    const { requests, ours, floor } = await withAccount(seedOf(services, ACTIONS_EACH), (account) =>
      measureSize(account, services < LONGEST_LIST ? 5 : 1),
    );
    const least = leastRequests(services);
    ok &&= ours.peakMb <= MOST_MB;
    const pair = (name, unit) => `**${number(ours[name])}** ${unit} (${number(floor[name])})`;
    lines.push(
      `| ${number(services)} with ${number(services * ACTIONS_EACH)} | **${number(requests)}** (${number(least)}) | ${pair('ms', 'ms')} | ${pair('cpuMs', 'ms')} | ${pair('peakMb', 'MB')} |`,
    );
  }
  const head = [
    '| services with actions | requests (floor) | wall (floor) | CPU (floor) | memory (floor) |',
    '|---|---|---|---|---|',
  ];
  return { table: [...head, ...lines].join('\n'), ok, limit: `${MOST_MB} MB` };
}

/** One for the schema, and the pages; where the actions are too many for one list, each label's list has as many pages in sum. */
function leastRequests(services) {
  const actions = services * ACTIONS_EACH;
  const pages = (records) => Math.ceil(records / PAGE);
  return 1 + pages(services) + pages(actions);
}

async function measureSize({ cwd, env, log }, rounds) {
  writeFileSync(join(cwd, 'pdactions.config.json'), configFor(['*']));
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

function medians(runs) {
  return Object.fromEntries(
    ['ms', 'cpuMs', 'peakMb'].map((name) => [name, median(runs.map((run) => run[name]))]),
  );
}
