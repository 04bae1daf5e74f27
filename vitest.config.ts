import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests that start programs and wait for them, or run for long: `npm run test:slow`. Everything else is `npm test`. */
const SLOW = [
  'test/ci/{action,github-examples,other-examples}.test.ts',
  'test/cli/completion.test.ts',
  'test/crash/**/*.test.ts',
  'test/examples/**/*.test.ts',
  'test/faults/{at-once,matrix-rest,walk}.test.ts',
  'test/package/**/*.test.ts',
  'test/receiver/{binary,built-*}.test.ts',
  'test/scripts/**/*.test.ts',
];

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
        test: { name: 'fast', include: ['test/**/*.test.ts'], exclude: [...ELSEWHERE, ...SLOW] },
      },
      { extends: true, test: { name: 'slow', include: SLOW, exclude: ELSEWHERE } },
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
