import { expect, Page, test } from '@playwright/test';

import { Lab } from './lab';

/** What is loaded on use. */
const PARTS = /\/extensions\/jupyter-dask-k8s\/static\/\d+\./;

/** A page that is open, without the panel. */
async function openPage(
  page: Page,
  workspace: string,
  theme: 'Light' | 'Dark' = 'Light'
): Promise<Lab> {
  const lab = new Lab(page);
  await page.goto(`lab/workspaces/${workspace}`);
  await lab.ready();
  await lab.hidePanel();
  await lab.theme(`JupyterLab ${theme}`);
  await page.reload();
  await lab.ready();
  return lab;
}

for (const theme of ['Light', 'Dark'] as const) {
  test(`a page that is older than the server says so, ${theme}`, async ({
    page
  }) => {
    const lab = await openPage(page, `old-page-${theme}`, theme);
    const told = page.locator('.Toastify__toast', { hasText: 'Dask' });
    // As after an update: the names of parts are others, and the server says that.
    await page.route(PARTS, route =>
      route.continue({ url: route.request().url().replace('.js', '-old.js') })
    );

    await lab.tab().click();
    await expect(told).toContainText('was updated after this page was opened');
    await page.locator('.jp-LauncherCard', { hasText: 'Dask Cluster' }).click();
    await lab.command('Run Dask Doctor');
    await expect(told).toHaveCount(1);
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await lab.picture(`${theme.toLowerCase()}-90-old-page`);

    await page.unroute(PARTS);
    await told.getByRole('button', { name: 'Reload' }).click();
    await expect(lab.panel).toContainText(/No clusters yet|worker/);
  });
}

test('a part that does not come is tried again', async ({ page }) => {
  const lab = await openPage(page, 'no-server');
  const told = page.locator('.Toastify__toast', { hasText: 'Dask' });
  await page.route(PARTS, route => route.abort());
  await lab.tab().click();
  await expect(told).toContainText('Is the Jupyter server still running?');
  await expect(told.getByRole('button', { name: 'Reload' })).toHaveCount(0);
  await page.unroute(PARTS);
  await lab.tab().click();
  await lab.tab().click();
  await expect(lab.panel).toContainText(/No clusters yet|worker/);
});

test('who is logged out meanwhile is told so', async ({ page }) => {
  const lab = await openPage(page, 'logged-out');
  const told = page.locator('.Toastify__toast', { hasText: 'logged out' });
  const api = '**/dask-k8s/api/clusters*';
  // As gateways do it: whatever is asked for leads to a page, here this one.
  for (const what of [PARTS, api]) {
    await page.route(what, route =>
      route.fulfill({ status: 302, headers: { location: page.url() } })
    );
  }
  await lab.tab().click();
  await expect(told).toHaveCount(1);
  await expect(page.getByRole('dialog')).toHaveCount(0);

  await page.unroute(PARTS);
  await lab.tab().click();
  await lab.tab().click();
  await lab.panel.getByRole('button', { name: 'Refresh' }).click();
  await expect(lab.panel).toContainText('You are logged out.');
  await lab.picture('light-92-logged-out');

  await page.unroute(api);
  await lab.panel.getByRole('button', { name: 'Refresh' }).click();
  await expect(lab.panel).toContainText(/No clusters yet|worker/);
  await expect(lab.panel).not.toContainText('logged out');
});
