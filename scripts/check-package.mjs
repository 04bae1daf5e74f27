/**
 * Packs the package, installs the tarball in an empty folder like a user, and runs it from there. `--offline` ensures that
 * the installation downloads nothing else.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'pdactions-package-'));
const run = (cwd, command, args) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', shell: process.platform === 'win32' });

try {
  const packed = JSON.parse(
    run(root, 'npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]),
  );
  const [{ filename, unpackedSize }] = Array.isArray(packed) ? packed : Object.values(packed);
  // The types that a program gets, for each way to import the package.
  run(root, 'npm', ['run', '--silent', 'check:types-of', '--', join(folder, filename)]);
  const home = join(folder, 'home');
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{ "private": true }\n');
  run(home, 'npm', ['install', '--offline', '--no-audit', '--no-fund', join(folder, filename)]);

  const installed = readdirSync(join(home, 'node_modules')).filter((name) => !name.startsWith('.'));
  assert.deepEqual(installed, ['pdactions'], 'one package is installed');
  assert.equal(
    run(home, join(home, 'node_modules/.bin/pdactions'), ['--version']),
    run(root, process.execPath, ['bin/pdactions.js', '--version']),
  );
  const names = "import('pdactions').then((one) => console.log(Object.keys(one).join(' ')))";
  assert.match(
    run(home, process.execPath, ['--eval', names]),
    /\bapply\b.*\bconnect\b.*\bloadConfig\b.*\bplan\b/,
  );
  process.stdout.write(
    run(root, process.execPath, ['scripts/smoke.mjs', join(home, 'node_modules/pdactions/bin/pdactions.js')]),
  );
  console.log(`installed from the tarball: 1 package, ${(unpackedSize / 1e6).toFixed(2)} MB`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
