import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/openapi/**', 'test/browser/**', 'node_modules/**'],
    // All cores: by itself vitest leaves one idle, which on a small machine is half of it.
    maxWorkers: '100%',
    testTimeout: 20_000,
    hookTimeout: 20_000,
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
