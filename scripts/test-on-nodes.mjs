/**
 * Runs the tests that can differ from release to release on other releases of Node (vitest.nodes.config.ts); the
 * built program on the oldest supported one; and its refusal on an older one:
 *
 *     node scripts/test-on-nodes.mjs [VERSION…]
 *
 * Warns about a release that cannot be installed; with CI set, that is a failure.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installNode, MAJORS } from './other-nodes.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** The test tools need a newer release than the program. */
const oldest = `${engines.node.replace('>=', '')}.0`;
/** A release that is too old, and gets the message. */
const TOO_OLD = '18';
/** `npm test` has run on the current release. */
const others = MAJORS.filter((major) => !process.version.startsWith(`v${major}.`));
const wanted = process.argv.length > 2 ? process.argv.slice(2) : [...others, oldest, TOO_OLD];

const folder = mkdtempSync(join(tmpdir(), 'pdactions-nodes-'));
// A test runs Node as another user.
chmodSync(folder, 0o755);
const results = [];
try {
  const nodes = await Promise.all(wanted.map((version) => installNode(version, folder)));
  for (const [at, version] of wanted.entries()) results.push({ version, ...testOn(version, nodes[at]) });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

console.log('\nNode       result');
for (const { version, actual, result } of results) console.log(`${(actual ?? version).padEnd(10)} ${result}`);
const strict = Boolean(process.env.CI) && process.env.CI !== 'false';
const failed = results.some(({ result }) => result === 'failed' || (strict && result === 'NOT TESTED'));
process.exitCode = failed ? 1 : 0;

function testOn(version, node) {
  if ('problem' in node) {
    console.error(`\n!!! Node ${version} could not be had, so nothing is tested on it: ${node.problem}\n`);
    return { result: 'NOT TESTED' };
  }
  console.log(`\n── Node ${node.version}\n`);
  const check = { [oldest]: smoke, [TOO_OLD]: refusal }[version] ?? vitest;
  const passed = check(node.path);
  return { actual: node.version, result: passed ? 'passed' : 'failed' };
}

function vitest(node) {
  const options = ['-c', 'vitest.nodes.config.ts', '--reporter=dot'];
  return run(node, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...options]);
}

/** The program starts, loads every kind of chunk and works, without unexpected output on stderr. */
function smoke(node) {
  return run(node, [join(root, 'scripts/smoke.mjs')]);
}

/** The first line of the program, and its exit code for wrong usage. */
function refusal(node) {
  const { status, stderr } = spawnSync(node, [join(root, 'bin/pdactions.js'), 'list'], { encoding: 'utf8' });
  process.stderr.write(stderr);
  return status === 3 && stderr.startsWith('pdactions needs Node.js 20.17 or later; this is v18.');
}

function run(node, args) {
  // `node` is this release for child processes of tests, too.
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
  return spawnSync(node, args, { cwd: root, env, stdio: 'inherit' }).status === 0;
}
