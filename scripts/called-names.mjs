/**
 * Writes called-names.txt: the names of the functions that common commands call. `compiled-early.mjs` treats only these. After a larger change
 * of what commands load:
 *
 *     node scripts/called-names.mjs
 *
 * An outdated list makes the start slower, never wrong.
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourceName } from './compiled-early.mjs';
import { startSandbox } from './terminal.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** Commands in the order of a first visit. The second plan finds no change. */
const COMMANDS = [
  ['--help'],
  ['--version'],
  ['validate'],
  ['list'],
  ['list', '--json'],
  ['plan', '--json'],
  ['sync', '--yes'],
  ['plan'],
  ['plan', '--json'],
];

const folder = mkdtempSync(join(tmpdir(), 'pdactions-called-'));
try {
  const names = await record(folder);
  writeFileSync(join(root, 'scripts/called-names.txt'), `${[...names].sort().join('\n')}\n`);
  process.stdout.write(`${names.size} functions\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function record(home) {
  run([join(root, 'scripts/build.mjs'), join(home, 'dist'), '--readable'], { cwd: root, env: process.env });
  cpSync(join(root, 'bin'), join(home, 'bin'), { recursive: true });
  for (const name of ['package.json', 'schema.json']) copyFileSync(join(root, name), join(home, name));
  copyFileSync(join(root, 'pdactions.config.example.json'), join(home, 'pdactions.config.json'));
  const bare = { PATH: process.env.PATH ?? '', HOME: home };
  const sandbox = await startSandbox({ cwd: home, env: bare });
  try {
    const env = { ...bare, PAGERDUTY_API_URL: sandbox.url, PAGERDUTY_TOKEN: sandbox.token };
    const coverage = join(home, 'coverage');
    mkdirSync(coverage);
    for (const args of COMMANDS) {
      run([join(home, 'bin/pdactions.js'), ...args], {
        cwd: home,
        env: { ...env, NODE_V8_COVERAGE: coverage },
      });
    }
    return namesIn(coverage, join(home, 'dist'));
  } finally {
    await sandbox.stop();
  }
}

function run(args, { cwd, env }) {
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
}

function namesIn(coverage, dist) {
  const scripts = readdirSync(coverage).flatMap(
    (file) => JSON.parse(readFileSync(join(coverage, file), 'utf8')).result,
  );
  const functions = scripts.filter(({ url }) => url.includes(dist)).flatMap((script) => script.functions);
  const called = functions.filter(({ ranges }) => ranges[0].count > 0);
  const names = called.map(({ functionName }) => sourceName(functionName));
  return new Set(names.filter((name) => /^[\w$]+$/.test(name)));
}
