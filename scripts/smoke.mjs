/**
 * Runs the built program through its first minute with the Node that runs this script, and fails if anything is wrong:
 *
 *     node scripts/smoke.mjs [PATH OF pdactions.js, OR OF AN EXECUTABLE]
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const program = resolve(process.argv[2] ?? join(root, 'bin/pdactions.js'));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const isScript = program.endsWith('.js');
const folder = mkdtempSync(join(tmpdir(), 'pdactions-smoke-'));

const surroundings = { cwd: folder, env: { PATH: process.env.PATH ?? '', HOME: folder } };
const invocation = (args) => (isScript ? [process.execPath, [program, ...args]] : [program, args]);

try {
  copyFileSync(join(root, 'pdactions.config.example.json'), join(folder, 'pdactions.config.json'));
  assert.equal(pdactions('--version'), `${version}\n`);
  assert.match(pdactions('--help'), /Usage: pdactions/);
  assert.match(pdactions('validate'), /valid/);
  assert.equal(JSON.parse(pdactions('list', '--json', '--quiet', '--sandbox')).account, 'acme');
  assert.match(pdactions('sync', '--yes', '--quiet', '--sandbox'), /12 to create/);
  assert.match(pdactions('sync', '--yes', '--quiet', '--sandbox'), /No changes/);
  assert.match(pdactions('list', '--format', 'yaml', '--quiet', '--sandbox'), /Restart Server/);
  assert.match(stderrOf('init', '--ci', 'github', '--yes'), /pagerduty-plan\.yml/);
  assert.match(readFileSync(join(folder, '.github/workflows/pagerduty-plan.yml'), 'utf8'), /pdactions plan/);
  await page();
  console.log(`works ${isScript ? `on Node ${process.version}` : 'as an executable'}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The stdout of one command, which must leave stderr empty. */
function pdactions(...args) {
  const { stdout, stderr } = run(args);
  assert.equal(stderr, '', `stderr of pdactions ${args.join(' ')}`);
  return stdout;
}

function stderrOf(...args) {
  return run(args).stderr;
}

function run(args) {
  const { status, stdout, stderr } = spawnSync(...invocation(args), { ...surroundings, encoding: 'utf8' });
  assert.equal(status, 0, `exit code of pdactions ${args.join(' ')}: ${stderr}`);
  return { stdout, stderr };
}

/** The page of the sandbox and a script of it are served. */
async function page() {
  const child = spawn(
    ...invocation(['sandbox', 'start', '--port', '0', '--data', 'page.json']),
    surroundings,
  );
  try {
    let text = '';
    for await (const chunk of child.stdout) {
      text += chunk;
      if (text.includes('\n')) break;
    }
    const [address] = /http:\/\/[\w.:[\]]+/.exec(text) ?? assert.fail(`no address in: ${text}`);
    assert.match(await (await fetch(`${address}/`)).text(), /<script[^>]+main\.js/);
    const script = await fetch(`${address}/_sandbox/page/main.js`, {
      headers: { 'Sec-Fetch-Site': 'same-origin' },
    });
    assert.equal(script.status, 200);
  } finally {
    child.kill();
  }
}
