import { defineConfig } from '@playwright/test';
import path from 'path';

import { LAUNCH } from './options';

/** Kubeflow serves a notebook below such a path, without a token. */
const BASE_URL = '/notebook/team-a/alice-nb/';
const PORT = Number(process.env.UI_PORT ?? 18899);

export default defineConfig({
  testDir: __dirname,
  testMatch: '*.spec.ts',
  testIgnore: ['containment/**', 'gateway/**', 'kubernetes/**', 'notebook7/**'],
  outputDir: path.join(__dirname, process.env.UI_RESULTS ?? 'test-results'),
  // One server and its clusters are shared; two processors are all there may be.
  workers: 1,
  fullyParallel: false,
  timeout: 180_000,
  // What fails once and passes then is told as flaky: a loaded machine is slow at times.
  retries: 1,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  use: {
    baseURL: `http://127.0.0.1:${PORT}${BASE_URL}`,
    viewport: { width: 1400, height: 900 },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: LAUNCH
  },
  webServer: {
    command: `bash ${path.join(__dirname, 'serve.sh')} ${PORT} ${BASE_URL}`,
    url: `http://127.0.0.1:${PORT}${BASE_URL}api/status`,
    reuseExistingServer: false,
    timeout: 120_000,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 }
  }
});
