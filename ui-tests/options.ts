import type { LaunchOptions, PlaywrightTestConfig } from '@playwright/test';

/** How Chromium starts here: also as root, and without asking anybody for anything. */
const LAUNCH: LaunchOptions = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync'
  ]
};

/** What all suites have in common; each says where Jupyter is, and what differs. */
export const COMMON: PlaywrightTestConfig = {
  // One server and its clusters are shared; two processors are all there may be.
  workers: 1,
  fullyParallel: false,
  timeout: 180_000,
  // What fails once and passes then is told as flaky: a loaded machine is slow at times.
  retries: 1,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  use: {
    viewport: { width: 1400, height: 900 },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: LAUNCH
  }
};
