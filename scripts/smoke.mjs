/**
 * Runs the built program through its first minute with the Node that runs this script, and fails when anything is not as it should be:
 *
 *     node scripts/smoke.mjs [PATH OF pdactions.js]
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const program = resolve(process.argv[2] ?? join(root, 'bin/pdactions.js'));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'pdactions-smoke-'));

try {
  copyFileSync(join(root, 'pdactions.config.example.json'), join(folder, 'pdactions.config.json'));
  assert.equal(pdactions('--version'), `${version}\n`);
  assert.match(pdactions('--help'), /Usage: pdactions/);
  assert.match(pdactions('validate'), /valid/);
  assert.equal(JSON.parse(pdactions('list', '--json', '--quiet', '--sandbox')).account, 'acme');
  assert.match(pdactions('sync', '--yes', '--quiet', '--sandbox'), /12 to create/);
  assert.match(pdactions('sync', '--yes', '--quiet', '--sandbox'), /No changes/);
  assert.match(pdactions('list', '--format', 'yaml', '--quiet', '--sandbox'), /Restart Server/);
  console.log(`works on Node ${process.version}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Runs one command in the folder, and returns what it says on stdout. */
function pdactions(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: folder },
    encoding: 'utf8',
  });
  assert.equal(stderr, '', `stderr of pdactions ${args.join(' ')}`);
  assert.equal(status, 0, `exit code of pdactions ${args.join(' ')}`);
  return stdout;
}
