import { defineConfig } from '@playwright/test';
import path from 'path';

import { LAUNCH } from '../options';

const BASE_URL = '/notebook/team-a/alice-nb/';
const PORT = Number(process.env.UI_PORT ?? 18896);

process.env.UI_RESULTS ??= 'test-results-notebook7';

export default defineConfig({
  testDir: __dirname,
  testMatch: '*.spec.ts',
  outputDir: path.join(__dirname, '..', process.env.UI_RESULTS),
  workers: 1,
  fullyParallel: false,
  timeout: 180_000,
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
    command: `bash ${path.join(__dirname, '..', 'serve.sh')} ${PORT} ${BASE_URL} notebook`,
    url: `http://127.0.0.1:${PORT}${BASE_URL}api/status`,
    reuseExistingServer: false,
    timeout: 120_000,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 }
  }
});
