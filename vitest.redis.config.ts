import { defineConfig } from 'vitest/config';

/** The tests with a real Redis, which not every machine has. */
export default defineConfig({
  test: {
    // The crash tests run against both ledgers.
    include: ['test/redis/**/*.test.ts', 'test/receiver/{binary,built-endings,built-notes}.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    isolate: false,
    // These tests wait more than they compute.
    maxWorkers: 3,
    globalSetup: ['test/global-setup.ts', 'test/redis/global.ts'],
    setupFiles: ['test/setup.ts'],
  },
});
