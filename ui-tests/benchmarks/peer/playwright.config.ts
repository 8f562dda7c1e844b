import { defineConfig } from '@playwright/test';
import path from 'path';

import tests from '../../playwright.config';

const BASE_URL = '/notebook/team-a/alice-nb/';
const ROOT = path.join(__dirname, '..', '..', '..');
const SERVE = path.join(__dirname, '..', '..', 'serve.sh');

/** Each has a JupyterLab of its own, and they take turns in the browser. */
const SERVERS: Record<string, { port: number; env: Record<string, string> }> = {
  ours: { port: 18895, env: {} },
  peer: {
    port: 18896,
    env: {
      JUPYTER: path.join(ROOT, '.venv-peer', 'bin', 'jupyter'),
      JUPYTER_PATH: '',
      PYTHONPATH: '',
      // A cluster as ours makes it.
      DASK_LABEXTENSION__FACTORY__KWARGS:
        "{'n_workers': 1, 'threads_per_worker': 1, 'memory_limit': '1 GiB', 'dashboard_address': '127.0.0.1:0'}"
    }
  }
};

// Not merged with those of the tests, whose server would start as well.
export default defineConfig({
  ...tests,
  testDir: __dirname,
  testIgnore: [],
  timeout: 600_000,
  retries: 0,
  use: { ...tests.use, trace: 'off' },
  projects: [
    ...Object.entries(SERVERS).map(([name, { port }]) => ({
      name,
      testMatch: 'panel.bench.ts',
      use: { baseURL: `http://127.0.0.1:${port}${BASE_URL}` }
    })),
    { name: 'direct', testMatch: 'scheduler.bench.ts' }
  ],
  webServer: Object.values(SERVERS).map(({ port, env }) => ({
    command: `bash ${SERVE} ${port} ${BASE_URL}`,
    url: `http://127.0.0.1:${port}${BASE_URL}api/status`,
    env,
    reuseExistingServer: false,
    timeout: 120_000,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 }
  }))
});
