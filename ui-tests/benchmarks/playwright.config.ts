import { defineConfig } from '@playwright/test';

import tests from '../playwright.config';

/** Figures of drawing, in the browser of the tests. */
export default defineConfig(tests, {
  testDir: __dirname,
  testMatch: '*.bench.ts',
  testIgnore: [],
  retries: 0,
  use: { trace: 'off' }
});
