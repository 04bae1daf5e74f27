import { defineConfig } from 'vitest/config';

/** The tests in a real browser, which not every machine has. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: ['test/setup.ts'],
    // One after the other: each file has a browser of its own.
    fileParallelism: false,
  },
});
