/**
 * The start-up time of the program against Node doing nothing, on every supported Node: alternating, with a warm compile cache where Node
 * has one. CPU time beside it shows how busy the machine was.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installNode, MAJORS } from '../scripts/other-nodes.mjs';
import { configFor, inFolder, median, ROOT, runNode, seedOf, withAccount } from './tools.mjs';

const ROUNDS = 41;
const PROGRAM = join(ROOT, 'bin/pdactions.js');
const USAGE = join(ROOT, 'bench/usage.cjs');

/** Commands by their words in the table; the first limits are for Node 20, which has no compile cache, the second for the others. */
const COMMANDS = [
  { what: '`--help`', args: ['--help'], limits: [1.5, 1.35] },
  { what: '`validate`', args: ['validate'], limits: [3, 2.2] },
  { what: '`list --json` of 12 actions', args: ['list', '--json'], limits: [3, 2.2] },
  { what: '`plan --json` of 12 actions', args: ['plan', '--json'], limits: [4, 2.8] },
];

/** A row for each command on each available Node. */
export function measureStart() {
  return inFolder(async (folder) => {
    const nodes = await Promise.all(
      MAJORS.map(async (major) =>
        process.version.startsWith(`v${major}.`)
          ? { path: process.execPath, version: process.version }
          : { version: major, ...(await installNode(major, folder)) },
      ),
    );
    return withAccount(seedOf(4, 3), async ({ cwd, env }) => {
      writeFileSync(join(cwd, 'pdactions.config.json'), configFor(['service-*']));
      const rows = [];
      for (const node of nodes) rows.push(...(await measureOn(node, { cwd, env })));
      return rows;
    });
  });
}

async function measureOn({ path, version, problem }, { cwd, env }) {
  if (problem !== undefined) return [missing(version, problem)];
  // A separate cache, filled by the first rounds.
  const home = join(cwd, `home-${version}`);
  mkdirSync(home);
  const world = { path, cwd, env: { ...env, HOME: home } };
  const bare = [];
  const runs = COMMANDS.map(() => []);
  for (let round = -3; round < ROUNDS; round += 1) {
    const nothing = await runOnce(world, ['-e', '0']);
    const results = [];
    for (const { args } of COMMANDS) results.push(await runOnce(world, [PROGRAM, ...args]));
    if (round < 0) continue;
    bare.push(nothing);
    for (const [index, result] of results.entries()) runs[index].push(result);
  }
  return COMMANDS.map((command, index) => row(command, version, runs[index], bare));
}

async function runOnce({ path, cwd, env }, args) {
  const usageFile = join(cwd, 'usage.json');
  const { code, ms, stderr } = await runNode(['--require', USAGE, ...args], {
    node: path,
    cwd,
    env: { ...env, BENCH_USAGE: usageFile },
  });
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
  return { ms, cpuMs: JSON.parse(readFileSync(usageFile, 'utf8')).cpuMs };
}

function row({ what, limits: [onNode20, onOthers] }, version, runs, bare) {
  const limit = version.startsWith('v20.') ? onNode20 : onOthers;
  const middle = (results, key) => median(results.map((result) => result[key]));
  const ratio = middle(runs, 'ms') / middle(bare, 'ms');
  const cpu = middle(runs, 'cpuMs') / middle(bare, 'cpuMs');
  const detail = `medians of ${ROUNDS}: ${middle(runs, 'ms').toFixed(1)} ms, ${middle(bare, 'ms').toFixed(1)} ms; CPU time ${cpu.toFixed(2)}`;
  return {
    what: `${what} against \`node -e 0\`, Node ${version.replace('v', '')}`,
    limit: `≤ ${limit}`,
    value: ratio.toFixed(2),
    ok: ratio <= limit,
    detail,
  };
}

function missing(version, problem) {
  const what = `start on Node ${version}`;
  return { what, limit: 'none', value: 'not measured', ok: true, detail: problem.split('\n')[0] };
}
