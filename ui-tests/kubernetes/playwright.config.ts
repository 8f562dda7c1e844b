import { defineConfig } from '@playwright/test';
import path from 'path';

import { LAUNCH } from '../options';

/**
 * For a JupyterLab that is there already, at `UI_URL`: tests/kubernetes starts it, in a pod
 * or on this machine.
 */
export default defineConfig({
  testDir: __dirname,
  testMatch: '*.spec.ts',
  outputDir: path.join(
    __dirname,
    '..',
    process.env.UI_RESULTS ?? 'test-results'
  ),
  workers: 1,
  timeout: 600_000,
  // Pods need their time on a small machine.
  expect: { timeout: 60_000 },
  reporter: [['list']],
  use: {
    baseURL: process.env.UI_URL,
    viewport: { width: 1400, height: 900 },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: LAUNCH
  }
});
