import { defineConfig } from '@playwright/test';
import path from 'path';

import { COMMON } from '../options';

const PORT = Number(process.env.UI_PORT ?? 18890);

/** Where Kubeflow serves notebooks, each behind a gateway of its own here. */
const PREFIXES = {
  notebook: '/notebook/team-a/alice-nb/',
  workspace: '/workspace/team-a/alice-nb/8888/'
};

process.env.UI_RESULTS ??= 'test-results-gateway';

/** One gateway, and one JupyterLab behind it. */
const gateways = Object.entries(PREFIXES).map(([name, prefix], index) => {
  const port = PORT + 2 * index;
  const baseURL = `https://127.0.0.1:${port}${prefix}`;
  const command = `bash ${path.join(__dirname, 'serve.sh')} ${port} ${prefix}`;
  return { name, baseURL, command };
});

export default defineConfig(COMMON, {
  testDir: __dirname,
  outputDir: path.join(__dirname, '..', process.env.UI_RESULTS),
  use: {
    ignoreHTTPSErrors: true
  },
  projects: gateways.map(({ name, baseURL }) => ({
    name,
    testMatch: `${name}.spec.ts`,
    use: { baseURL }
  })),
  webServer: gateways.map(({ baseURL, command }) => ({
    command,
    url: `${baseURL}api/status`,
    ignoreHTTPSErrors: true,
    reuseExistingServer: false,
    timeout: 120_000,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 }
  }))
});
