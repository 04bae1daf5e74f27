import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

/** Tests that start programs and wait for them, run the whole program often or take it to its limits: `npm run test:slow`. */
export const SLOW = [
  'test/abuse/{api-answers,approvals,expressions,process,sandbox,secrets}.test.ts',
  'test/ci/{action,github-examples,lint,other-examples,plan-schema,pre-commit}.test.ts',
  'test/cli/{busy,completion,demo,interrupt,keychain,no-place,prove,pty,sandbox-start}.test.ts',
  'test/config/{bundle,no-settings}.test.ts',
  'test/converge/**/*.test.ts',
  'test/crash/**/*.test.ts',
  'test/deploy/**/*.test.ts',
  'test/examples/**/*.test.ts',
  'test/faults/!(calls|matrix-*|meta|monitors).test.ts',
  'test/fuzz/{config-bytes,same-plan}.test.ts',
  'test/large/**/*.test.ts',
  'test/package/!(start).test.ts',
  'test/pagerduty/beyond-wall.test.ts',
  'test/receiver/{allow,binary,built-*,concurrency,context,fuzz,notes,odd,probes}.test.ts',
  'test/recipes/**/*.test.ts',
  'test/scripts/**/*.test.ts',
];

/** Slow ones of what differs from release to release of Node: the start of the program, child processes, keys that take time, and proxies. */
const OF_NODE = [
  'test/cli/{auth,interactive,proxy,token}.test.ts',
  'test/{lib/connect,package/start,receiver/abuse,ui/prompter}.test.ts',
];

/** The whole program in every case of the fault matrix: `npm run nightly`. */
const NIGHT = ['test/faults/matrix-whole.test.ts'];

/** Properties and long tables: a sample in the fast lane, all of them in the slow one, properties many times as often at night. */
const SAMPLED = readdirSync(join(import.meta.dirname, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => `test/${file.replaceAll('\\', '/')}`)
  .filter((file) => readFileSync(join(import.meta.dirname, file), 'utf8').includes("/helpers/runs.ts'"));
export const SAMPLE = '0.1';

/** Lanes of their own, with configs of their own. */
export const ELSEWHERE = ['test/openapi/**', 'test/browser/**', 'test/redis/**', 'node_modules/**'];

export default defineConfig({
  test: {
    globalSetup: ['test/global-setup.ts'],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: [...ELSEWHERE, ...SLOW, ...OF_NODE, ...NIGHT],
          env: { PDACTIONS_RUNS: process.env.PDACTIONS_RUNS ?? SAMPLE },
        },
      },
      {
        extends: true,
        test: {
          name: 'slow',
          sequence: { groupOrder: 1 },
          // Many wait for programs that they have started.
          maxWorkers: availableParallelism() + 1,
          include: [...SLOW, ...OF_NODE, ...SAMPLED],
          exclude: ELSEWHERE,
        },
      },
      {
        extends: true,
        test: { name: 'night', sequence: { groupOrder: 2 }, include: NIGHT },
      },
    ],
    // Each worker loads and compiles everything anew, and few tests wait.
    maxWorkers: availableParallelism(),
    // A process for each file would take a fifth of all the time. What files share they share with care: no test mocks a module, and what is
    // put into `process` is taken out again.
    isolate: false,
    // Compiled modules by their content, which saves half of the time outside the tests. Kept in node_modules.
    experimental: { fsModuleCache: true },
    // For hangs only: nothing is timed.
    testTimeout: 180_000,
    hookTimeout: 60_000,
    setupFiles: ['test/setup.ts'],
    // A developer's own settings must never reach a test.
    env: {
      PAGERDUTY_TOKEN: '',
      PAGERDUTY_API_URL: '',
      PAGERDUTY_SERVICE_REGION: '',
      NO_COLOR: '',
      FORCE_COLOR: '',
    },
  },
});
