/** The tests that mutants meet (P19): those of the files that are mutated, without a process or a socket. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'test/core/**/*.test.ts',
      'test/ui/{encodings,finders,redact,sanitize,io}.test.ts',
      'test/pagerduty/{retry,call}.test.ts',
      'test/fuzz/output-gate.test.ts',
    ],
    // For hangs only, as in the other lanes.
    testTimeout: 180_000,
    setupFiles: ['test/setup.ts'],
    env: { PDACTIONS_RUNS: '0.3', NO_COLOR: '', FORCE_COLOR: '' },
  },
});
