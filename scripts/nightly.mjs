#!/usr/bin/env node
/**
 * Runs the tests that are too slow for a pull request: the whole fault matrix, with every variant on every page, and every point of a crash;
 * convergence; then the property tests with more runs each, from another seed every night.
 *
 *     node scripts/nightly.mjs [TIMES]
 *
 * Every run of `PDACTIONS_SEED=… PDACTIONS_RUNS=… npx vitest run FILE` with the printed values reproduces a failure of a property;
 * fast-check adds the path to the smallest counterexample, and `PDACTIONS_ALL=1 npx vitest run FILE` reproduces one of the matrix.
 * Keep a finding: in test/fuzz/corpus, among the `examples` of its property, or as a test.
 */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const times = process.argv[2] ?? process.env.PDACTIONS_RUNS ?? '50';
const seed = process.env.PDACTIONS_SEED ?? String(randomInt(2 ** 31));
if (!/^[1-9]\d{0,4}$/.test(times) || !/^\d{1,10}$/.test(seed)) {
  console.error('usage: node scripts/nightly.mjs [TIMES]');
  process.exit(3);
}

const lanes = ['fast', 'slow', 'night'].flatMap((name) => ['--project', name]);
const faults = vitest([...lanes, 'test/faults', 'test/crash', 'test/converge'], {
  PDACTIONS_ALL: '1',
  PDACTIONS_RUNS: '1',
});

console.log(`PDACTIONS_SEED=${seed} PDACTIONS_RUNS=${times}`);
const limit = String(Number(times) * 20_000);
// Every test whose title names a property. Those that also run in the fast lane are in the slow one.
const properties = vitest(
  ['--project', 'slow', '--testNamePattern', '\\bP\\d', '--testTimeout', limit, '--hookTimeout', limit],
  {
    PDACTIONS_SEED: seed,
    PDACTIONS_RUNS: times,
  },
);
console.log(`PDACTIONS_SEED=${seed} PDACTIONS_RUNS=${times}`);
process.exitCode = faults || properties;

/** @returns the exit code */
function vitest(args, env) {
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...args],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...env },
    },
  );
  return status ?? 1;
}
