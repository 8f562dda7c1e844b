import { expect, test } from '@playwright/test';

import { Lab } from './lab';

/** A computation that takes long enough to be watched. */
const COMPUTATION = [
  'import dask.array as da',
  'x = da.random.random((2_000, 1_000, 500), chunks=(500, 500, 250))',
  'float(x.mean().compute())'
].join('\n');

for (const theme of ['Light', 'Dark'] as const) {
  test(`from an empty panel to a computation, ${theme}`, async ({ page }) => {
    const lab = new Lab(page);
    const shot = (name: string) =>
      lab.picture(`${theme.toLowerCase()}-${name}`);
    const name = `demo-${theme.toLowerCase()}`;
    let loads = 0;
    await lab.open(`first-${theme}`);
    await lab.theme(`JupyterLab ${theme}`);
    await page.reload();
    await lab.ready();
    await lab.showPanel();
    page.on('load', () => {
      loads += 1;
    });

    await test.step('the empty state invites', async () => {
      await expect(lab.panel).toContainText('No clusters yet');
      await shot('01-empty');
    });

    await test.step('a notebook is open', async () => {
      await lab.newNotebook();
    });

    await test.step('a new cluster comes up by itself', async () => {
      await lab.createCluster(name, { Workers: '1' });
      await expect(lab.card(name)).toBeVisible();
      await shot('02-pending');
      await lab.running(name, 1);
      await expect(lab.card(name)).toContainText(/[\d.]+\/[\d.]+ GiB/);
      await shot('03-running');
    });

    await test.step('a plot dragged into the dock is alive', async () => {
      const cdp = await page.context().newCDPSession(page);
      await cdp.send('Network.enable');
      const upgraded = new Promise<number>(resolve =>
        cdp.on('Network.webSocketHandshakeResponseReceived', event =>
          resolve(event.response.status)
        )
      );
      await lab.drag(lab.plot('Task Stream'), lab.notebook);
      await expect(lab.dockTab(`Task Stream · ${name}`)).toBeVisible();
      expect(await upgraded).toBe(101);
      await expect(
        lab.pane('Task Stream').locator('canvas').first()
      ).toBeVisible();
      await shot('04-pane');
    });

    await test.step('connect puts the code into the notebook', async () => {
      await lab.card(name).getByRole('button', { name: 'Connect' }).click();
      await expect(lab.cells().first()).toContainText(
        'from dask.distributed import Client'
      );
      await shot('05-connected');
      await lab.cells().first().locator('.cm-content').click();
      await lab.runCell();
      // The notebook shows the cluster as Dask draws it.
      await expect(lab.notebook).toContainText('tcp://127.0.0.1');
      // Its link leads through Jupyter, without any configuration.
      await expect(
        lab.notebook.locator('a[href*="/alice-nb/dask-k8s/dashboard/"]').first()
      ).toBeVisible();
    });

    await test.step('it computes, and the card shows it', async () => {
      await lab.cells().nth(1).locator('.cm-content').click();
      await page.keyboard.insertText(COMPUTATION);
      await lab.runCell();
      await expect(lab.card(name)).toContainText(/[1-9][\d,]* to do/);
      await shot('06-computing');
      await expect(
        lab.cells().nth(1).locator('.jp-OutputArea-output')
      ).toContainText(/0\.(49|50)/, { timeout: 120_000 });
    });

    await test.step('it scales in place from 1 to 3', async () => {
      await lab.card(name).getByRole('button', { name: 'Scale' }).click();
      const workers = lab.card(name).getByLabel('Workers', { exact: true });
      await workers.fill('3');
      await shot('07-scale');
      await workers.press('Enter');
      await lab.running(name, 3);
      await shot('08-scaled');
    });

    await test.step('it goes when it is deleted', async () => {
      await lab.deleteCluster(name);
      await expect(lab.panel).toContainText('No clusters yet');
      await shot('09-deleted');
    });

    // None of this needed a reload.
    expect(loads).toBe(0);
    await lab.theme('JupyterLab Light');
  });
}
