import { defineConfig } from 'vitest/config';

/** The checks against PagerDuty's own API description, which is not part of this repository: `PAGERDUTY_OPENAPI` names it. */
export default defineConfig({
  test: { include: ['test/openapi/**/*.test.ts'], testTimeout: 30_000, setupFiles: ['test/setup.ts'] },
});
