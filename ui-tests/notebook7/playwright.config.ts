import { defineConfig } from '@playwright/test';
import path from 'path';

import { COMMON } from '../options';

const BASE_URL = '/notebook/team-a/alice-nb/';
const PORT = Number(process.env.UI_PORT ?? 18896);

process.env.UI_RESULTS ??= 'test-results-notebook7';

export default defineConfig(COMMON, {
  testDir: __dirname,
  testMatch: '*.spec.ts',
  outputDir: path.join(__dirname, '..', process.env.UI_RESULTS),
  use: {
    baseURL: `http://127.0.0.1:${PORT}${BASE_URL}`
  },
  webServer: {
    command: `bash ${path.join(__dirname, '..', 'serve.sh')} ${PORT} ${BASE_URL} notebook`,
    url: `http://127.0.0.1:${PORT}${BASE_URL}api/status`,
    reuseExistingServer: false,
    timeout: 120_000,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 }
  }
});
