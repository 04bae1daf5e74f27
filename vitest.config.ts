import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests that start programs and wait for them, or run the whole program hundreds of times: `npm run test:slow`. */
const SLOW = [
  'test/ci/{action,github-examples,other-examples,pre-commit}.test.ts',
  'test/cli/{busy,completion,demo,interrupt,keychain,sandbox-start}.test.ts',
  'test/crash/**/*.test.ts',
  'test/deploy/**/*.test.ts',
  'test/examples/**/*.test.ts',
  'test/faults/{at-once,boundaries,matrix-rest,races,schedules,time-limit,walk}.test.ts',
  'test/fuzz/same-plan.test.ts',
  'test/package/**/*.test.ts',
  'test/pagerduty/beyond-wall.test.ts',
  'test/receiver/{binary,built-*}.test.ts',
  'test/recipes/**/*.test.ts',
  'test/recipes-resource.test.ts',
  'test/scripts/**/*.test.ts',
];

/** Properties: a sample of their runs in the fast lane, all of them in the slow one, many times as many at night. */
const SAMPLED = [
  'test/abuse/secrets.test.ts',
  'test/config/words.test.ts',
  'test/converge/{converge,property}.test.ts',
  'test/faults/ends.test.ts',
  'test/fuzz/{arguments,config-bytes,output-gate,validators}.test.ts',
  'test/pagerduty/sequences.test.ts',
  'test/receiver/{concurrency,fuzz}.test.ts',
  'test/ui/redact.test.ts',
];
const SAMPLE = '0.2';

/** Lanes of their own, with configs of their own. */
const ELSEWHERE = ['test/openapi/**', 'test/browser/**', 'test/redis/**', 'node_modules/**'];

export default defineConfig({
  test: {
    // More than there are cores: many tests wait for a program that they have started.
    maxWorkers: 2 * availableParallelism(),
    globalSetup: ['test/global-setup.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: [...ELSEWHERE, ...SLOW],
          env: { PDACTIONS_RUNS: process.env.PDACTIONS_RUNS ?? SAMPLE },
        },
      },
      { extends: true, test: { name: 'slow', include: [...SLOW, ...SAMPLED], exclude: ELSEWHERE } },
    ],
    // A process for each file would take a fifth of all the time. What files share they share with care: no test mocks a module, and what is
    // put into `process` is taken out again.
    isolate: false,
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
