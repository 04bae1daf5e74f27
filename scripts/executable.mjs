/**
 * Makes one executable of the built bundle and a Node (a Node single executable application):
 *
 *     node scripts/executable.mjs [OUTPUT [NODE]]
 *
 * NODE is the binary to build on, by default the one that runs this script; a current long-term release suits best.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'postject';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const output = resolve(process.argv[2] ?? join(root, 'dist-executable/pdactions'));
const node = resolve(process.argv[3] ?? process.execPath);

/** Marks the place of the blob in a Node binary. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** The published files, without the entry point that Node needs and the executable does not. */
const paths = published().filter((path) => !path.startsWith('bin/'));

const scratch = mkdtempSync(join(tmpdir(), 'pdactions-executable-'));
try {
  const list = join(scratch, 'assets.json');
  writeFileSync(list, JSON.stringify(paths));
  const config = join(scratch, 'sea.json');
  const blob = join(scratch, 'pdactions.blob');
  writeFileSync(
    config,
    JSON.stringify({
      main: join(root, 'scripts/executable-main.cjs'),
      output: blob,
      disableExperimentalSEAWarning: true,
      assets: { 'assets.json': list, ...Object.fromEntries(paths.map((path) => [path, join(root, path)])) },
    }),
  );
  execFileSync(node, ['--experimental-sea-config', config], { stdio: 'inherit' });
  mkdirSync(dirname(output), { recursive: true });
  copyFileSync(node, output);
  chmodSync(output, 0o755);
  const isMac = process.platform === 'darwin';
  // The signature is invalid after the change; an ad-hoc one is enough to run on this machine.
  if (isMac) execFileSync('codesign', ['--remove-signature', output]);
  await inject(output, 'NODE_SEA_BLOB', readFileSync(blob), {
    sentinelFuse: FUSE,
    ...(isMac ? { machoSegmentName: 'NODE_SEA' } : {}),
  });
  if (isMac) execFileSync('codesign', ['--sign', '-', output]);
  console.log(`${output}: ${(statSync(output).size / 1e6).toFixed(0)} MB`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Paths of the files in the package. npm decides: `files` in package.json may hold patterns. */
function published() {
  const packed = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    }),
  );
  const [{ files }] = Array.isArray(packed) ? packed : Object.values(packed);
  return files.map(({ path }) => path).sort();
}
