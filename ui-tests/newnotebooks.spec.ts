import { expect, test } from '@playwright/test';

import { Lab } from './lab';

const PLUGIN = 'jupyter-dask-k8s:notebook';

test('new notebooks connect by themselves', async ({ page }) => {
  const lab = new Lab(page);
  const source = lab.cells().locator('.cm-content').first();
  const code = 'from dask.distributed import Client';
  await lab.open('new-notebooks');
  await lab.createCluster('demo', { Workers: '1' });
  await lab.running('demo', 1);
  await lab.setting(PLUGIN, { connectNewNotebooks: true });
  try {
    await page.reload();
    await lab.ready();

    await test.step('the first of a page', async () => {
      await lab.newNotebook();
      await expect(source).toContainText(code);
    });

    await test.step('later ones, too', async () => {
      await lab.command('New Launcher');
      await lab.newNotebook();
      await expect(source).toContainText(code);
    });
  } finally {
    await lab.setting(PLUGIN, {});
  }
  await lab.deleteCluster('demo');
});
