#!/usr/bin/env node
/**
 * The property tests, longer than a pull request can wait: more runs each, from another seed every night.
 *
 *     node scripts/nightly.mjs [TIMES]
 *
 * Every run of `PDACTIONS_SEED=… PDACTIONS_RUNS=… npx vitest run FILE` with the printed values reproduces a failure; fast-check
 * adds the path to the smallest counterexample. Keep a finding: in test/fuzz/corpus, among the `examples` of its property, or as a test.
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

console.log(`PDACTIONS_SEED=${seed} PDACTIONS_RUNS=${times}`);
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const limit = String(Number(times) * 20_000);
// Every test whose title names a property.
const args = ['run', '--testNamePattern', '\\bP\\d', '--testTimeout', limit, '--hookTimeout', limit];
const { status } = spawnSync(process.execPath, [vitest, ...args], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PDACTIONS_SEED: seed, PDACTIONS_RUNS: times },
});
console.log(`PDACTIONS_SEED=${seed} PDACTIONS_RUNS=${times}`);
process.exitCode = status ?? 1;
