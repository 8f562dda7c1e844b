import { expect, test } from '@playwright/test';
import path from 'path';

import { Lab } from './lab';

/** Has the module `pynvml` of workers without a GPU; see tests/test_gpus.py. */
const STANDIN = path.join(__dirname, '..', 'tests', 'standins');

/** Two workers share a device, two have the other. */
const CLUSTER = {
  name: 'trains',
  workers: 2,
  env: { PYTHONPATH: STANDIN, CUDA_VISIBLE_DEVICES: '0' },
  groups: [
    {
      name: 'second',
      workers: 2,
      env: { PYTHONPATH: STANDIN, CUDA_VISIBLE_DEVICES: '1' },
      resources: { threads: 1, memory: '512 MiB' }
    }
  ]
};

const WORK = `
import time
import dask.array as da

def train(x):
    time.sleep(0.08)
    return x

steps = client.map(train, range(1500), pure=False)
x = da.random.random((1500, 1500), chunks=(250, 250))
kept = (x @ x.T).persist()
`;

test('GPUs have lanes while they work', async ({ page }) => {
  // One long walk: a minute on an idle machine, more on a busy one.
  test.slow();
  const lab = new Lab(page);
  await lab.open('gpus');
  await lab.make(CLUSTER);
  await lab.running('trains', 4);
  await lab.newNotebook();
  await lab
    .card('trains')
    .getByRole('button', { name: 'Connect', exact: true })
    .click();
  await expect(lab.cells().first()).toContainText('Client');
  await lab.cells().first().locator('.cm-content').click();
  await lab.runCell();
  await expect(lab.cells()).toHaveCount(2);
  await lab.cells().last().locator('.cm-content').click();
  await page.keyboard.insertText(WORK.trim());
  await lab.runCell();
  const lanes = page.locator('.jp-Dask-Lane');

  await test.step('a lane for each device, and a line in the card', async () => {
    await lab.select('trains');
    await lab.plot('Cluster monitor').getByRole('button').click();
    await expect(lab.dockTab('Monitor · trains')).toBeVisible();
    await page.getByLabel('How much of the past is shown').selectOption('30');
    await expect(lanes).toHaveCount(2);
    await expect(lanes.first()).toContainText(/\d+ %.*GiB/);
    await expect(lab.card('trains')).toContainText(/GPU/);
  });

  for (const theme of ['Light', 'Dark'] as const) {
    await test.step(`they are drawn, ${theme}`, async () => {
      await lab.command(`Use Theme: JupyterLab ${theme}`);
      // There has to be a past to look at.
      await new Promise(resolve => setTimeout(resolve, 6000));
      await lanes.last().scrollIntoViewIfNeeded();
      await lab.picture(`${theme.toLowerCase()}-52-gpus`);
    });
  }
  await lab.command('Use Theme: JupyterLab Light');
  await lab.deleteCluster('trains');
});
