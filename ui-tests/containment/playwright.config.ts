import { defineConfig } from '@playwright/test';
import path from 'path';

import { COMMON } from '../options';

const PORT = Number(process.env.UI_PORT ?? 18880);
const BASE_URL = '/notebook/team-a/shared-nb/';

process.env.UI_RESULTS ??= 'test-results-containment';
/** Where mallory finds Jupyter, and where it is behind the gateway. */
process.env.UI_DIRECT = `http://127.0.0.1:${PORT}${BASE_URL}`;
process.env.UI_GATEWAY = `http://127.0.0.1:${PORT + 1}${BASE_URL}`;

export default defineConfig(COMMON, {
  testDir: __dirname,
  outputDir: path.join(__dirname, '..', process.env.UI_RESULTS),
  use: {
    baseURL: process.env.UI_DIRECT
  },
  webServer: {
    command: `bash ${path.join(__dirname, 'serve.sh')} ${PORT} ${BASE_URL}`,
    // It says that one is not logged in: so it is there.
    url: `${process.env.UI_DIRECT}api/status`,
    reuseExistingServer: false,
    timeout: 120_000,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 }
  }
});
