import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/openapi/**', 'test/browser/**', 'node_modules/**'],
    // More than there are cores: many tests wait for a program that they have started.
    maxWorkers: 2 * availableParallelism(),
    // A process for each file would take a fifth of all the time. What files share they share with care: no test mocks a module, and what is
    // put into `process` is taken out again.
    isolate: false,
    // For hangs only: nothing is timed.
    testTimeout: 180_000,
    hookTimeout: 60_000,
    globalSetup: ['test/global-setup.ts'],
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
