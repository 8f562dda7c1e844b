import { defineConfig } from '@playwright/test';
import path from 'path';

import { COMMON } from '../options';

/**
 * For a JupyterLab that is there already, at `UI_URL`: tests/kubernetes starts it, in a pod
 * or on this machine.
 */
export default defineConfig(COMMON, {
  testDir: __dirname,
  testMatch: '*.spec.ts',
  outputDir: path.join(
    __dirname,
    '..',
    process.env.UI_RESULTS ?? 'test-results'
  ),
  timeout: 600_000,
  retries: 0,
  // Pods need their time on a small machine.
  expect: { timeout: 60_000 },
  use: {
    baseURL: process.env.UI_URL
  }
});
