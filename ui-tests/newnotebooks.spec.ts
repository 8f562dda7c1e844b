import { expect, test } from '@playwright/test';

import { Lab } from './lab';

const PLUGIN = 'jupyter-dask-k8s:notebook';

test('new notebooks connect by themselves, also the first of a page', async ({
  page
}) => {
  test.slow();
  const lab = new Lab(page);
  const sources = lab.cells().locator('.cm-content');
  const code = 'from dask.distributed import Client';
  await lab.open('new-notebooks');
  await lab.createCluster('demo', { Workers: '1' });
  await lab.running('demo', 1);
  await lab.newNotebook();
  await lab.savedLayout('Untitled');
  await lab.setting(PLUGIN, { connectNewNotebooks: true });
  try {
    let release = (): void => undefined;
    const released = new Promise<void>(resolve => (release = resolve));
    // The first that comes is the plugins; the parts that they load are late.
    let late = false;
    await page.route(/jupyter-dask-k8s\/static\/\d+\./, async route => {
      const wait = late;
      late = true;
      await (wait && released);
      await route.continue();
    });
    await page.reload();
    await lab.ready();
    await expect(sources).toHaveCount(1);
    await lab.command('New Launcher');
    await lab.newNotebook();
    await expect(sources).toHaveText(['']);
    release();
    await expect(sources.first()).toContainText(code);

    await test.step('later ones, too', async () => {
      await lab.command('New Launcher');
      await lab.newNotebook();
      await expect(sources.first()).toContainText(code);
    });

    await test.step('one that was there before is left alone', async () => {
      await lab.dockTab('Untitled.ipynb').click();
      await expect(sources).toHaveText(['']);
    });
  } finally {
    await lab.setting(PLUGIN, {});
  }
  await lab.deleteCluster('demo');
});
