import { expect, test } from '@playwright/test';

import { Lab } from './lab';

test('panes come back, follow, and show the truth', async ({ page }) => {
  const lab = new Lab(page);
  await lab.open('panes');
  await lab.createCluster('one', { Workers: '1' });
  await lab.createCluster('two', { Workers: '1' });
  await lab.running('one', 1);
  await lab.running('two', 1);
  await lab.select('one');

  await test.step('a click opens a pane', async () => {
    await lab.plot('Progress').getByRole('button').click();
    await expect(lab.dockTab('Progress · one')).toBeVisible();
    await expect(lab.pane('Progress').locator('canvas').first()).toBeVisible();
  });

  await test.step('panes and panel are restored after a reload', async () => {
    await lab.savedLayout('Progress');
    await page.reload();
    await lab.ready();
    await expect(lab.panel).toBeVisible();
    await expect(lab.dockTab('Progress · one')).toBeVisible();
    await expect(lab.pane('Progress').locator('canvas').first()).toBeVisible();
  });

  await test.step('a pane follows to another cluster', async () => {
    await page.getByLabel('Cluster of this pane').selectOption('two');
    await expect(lab.dockTab('Progress · two')).toBeVisible();
    await expect(lab.pane('Progress').locator('canvas').first()).toBeVisible();
  });

  await test.step('the default layout opens side by side', async () => {
    await lab.panel
      .getByRole('button', { name: 'Open default layout' })
      .click();
    for (const title of ['Task Stream', 'Progress', 'Workers Memory']) {
      await expect(
        lab.pane(`${title} · one`).locator('canvas').first()
      ).toBeVisible();
    }
    await lab.picture('light-10-layout');
  });

  await test.step('a deleted cluster leaves a pane that says so', async () => {
    await lab.deleteCluster('two');
    const pane = page.locator('.jp-Dask-Pane', {
      has: page.locator('iframe[title="Progress · two"]')
    });
    await expect(pane).toContainText(
      /There is no cluster two|Disconnected from two/
    );
    await lab.picture('light-11-gone');
  });
  await lab.deleteCluster('one');
});

test('the button that Dask prints works', async ({ page }) => {
  const lab = new Lab(page);
  await lab.open('compat');
  await lab.createCluster('printed', { Workers: '1' });
  await lab.running('printed', 1);
  await lab.newNotebook();
  await lab.card('printed').getByRole('button', { name: 'Connect' }).click();
  await expect(lab.cells().first()).toContainText('Client');
  await lab.cells().first().locator('.cm-content').click();
  await lab.runCell();
  await expect(lab.cells()).toHaveCount(2);
  await lab.cells().last().locator('.cm-content').click();
  // Dask prints its button only where the package dask-labextension is installed; this
  // makes it believe so, and the rest is Dask's own.
  await page.keyboard.insertText(
    'import distributed.client\ndistributed.client.version = lambda name: "7.0.0"\nclient'
  );
  await lab.runCell();
  await lab.notebook
    .getByRole('button', { name: 'Launch dashboard in JupyterLab' })
    .click();
  await expect(lab.dockTab('Task Stream · printed')).toBeVisible();
  await expect(lab.pane('Task Stream').locator('canvas').first()).toBeVisible();
  await lab.picture('light-12-launched');
  await lab.deleteCluster('printed');
});
