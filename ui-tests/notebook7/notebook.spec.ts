import { expect, test } from '@playwright/test';

import { Lab } from '../lab';

test('clusters in Notebook 7', async ({ page, baseURL }) => {
  const base = baseURL ?? '';
  const lab = new Lab(page);

  await test.step('the panel comes from the palette', async () => {
    // The first page brings the cookie that changes need.
    await page.goto('tree');
    const made = await page.evaluate(async url => {
      const xsrf = /_xsrf=([^;]+)/.exec(document.cookie)?.[1] ?? '';
      const answer = await fetch(`${url}api/contents`, {
        method: 'POST',
        headers: { 'X-XSRFToken': xsrf, 'Content-Type': 'application/json' },
        body: JSON.stringify({ type: 'notebook' })
      });
      return ((await answer.json()) as { path: string }).path;
    }, base);
    await page.goto(`notebooks/${made}`);
    await page
      .getByRole('dialog')
      .getByRole('button', { name: 'Select' })
      .click();
    await expect(lab.cells().first()).toBeVisible();
    await lab.command('Show Dask Clusters');
    await expect(lab.panel).toBeVisible();
  });

  await test.step('a cluster is made and its card lives', async () => {
    await lab.createCluster('demo', { Workers: '1' });
    await lab.running('demo', 1);
    await lab.select('demo');
    await expect(lab.card('demo')).toContainText(/[\d.]+\/[\d.]+ GiB/);
    await lab.picture('notebook7-panel');
  });

  await test.step('it is put into the notebook, and computes', async () => {
    await lab.card('demo').getByRole('button', { name: 'Connect' }).click();
    const code = lab.cells().filter({ hasText: 'Client(' }).first();
    await code.locator('.cm-content').click();
    await lab.runCell();
    await expect(lab.notebook).toContainText('tcp://127.0.0.1');
    await lab.cells().last().locator('.cm-content').click();
    await page.keyboard.insertText('client.submit(sum, [40, 2]).result()');
    await lab.runCell();
    await expect(lab.notebook).toContainText('42');
  });

  await test.step('a plot opens in a tab of the browser', async () => {
    const opened = page.waitForEvent('popup');
    await lab.plot('Progress').getByRole('button').click();
    const plot = await opened;
    expect(plot.url()).toContain('/alice-nb/dask-k8s/clusters/demo/dashboard/');
    await expect(plot.locator('canvas').first()).toBeVisible();
    await plot.close();
  });

  await test.step('details and doctor open beside the notebook', async () => {
    await lab.card('demo').locator('.jp-Dask-card-select').dblclick();
    const details = page.locator('.jp-Dask-Details');
    await expect(details).toBeVisible();
    await details.getByRole('tab', { name: 'Logs' }).click();
    await expect(details).toContainText('distributed.worker');
    const height = (await details.boundingBox())?.height ?? 0;
    expect(height).toBeGreaterThan(250);
    await lab.picture('notebook7-details');
    await lab.command('Run Dask Doctor');
    const doctor = page.locator('.jp-Dask-Doctor');
    await expect(doctor).toContainText('Websockets get from this browser');
    await expect(details).toBeHidden();
    await lab.picture('notebook7-doctor');
    await lab.card('demo').locator('.jp-Dask-card-select').dblclick();
    await expect(details).toBeVisible();
    await expect(lab.cells().first()).toBeVisible();
  });

  await test.step('it is among what runs', async () => {
    await page.goto('tree');
    await page.getByRole('tab', { name: 'Running' }).click();
    await page
      .locator('.jp-RunningSessions')
      .getByText('demo', { exact: true })
      .first()
      .click();
    await expect(lab.panel).toBeVisible();
    await lab.picture('notebook7-tree');
    await lab.deleteCluster('demo');
  });
});
