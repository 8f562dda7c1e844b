import { expect, Locator, test } from '@playwright/test';

import { Lab } from './lab';

/** The details of a cluster, as a person sees them. */
class Details {
  constructor(private readonly _lab: Lab) {}

  readonly node = this._lab.page.locator(
    '.jp-Dask-Details:not(.lm-mod-hidden)'
  );

  tab(name: string): Locator {
    return this.node.getByRole('tab', { name });
  }

  part(name: string): Locator {
    return this.node.getByRole('tabpanel', { name });
  }
}

test('the details of a cluster show what it consists of', async ({ page }) => {
  const lab = new Lab(page);
  const details = new Details(lab);
  await lab.open('details');
  await lab.createCluster('seen', { Workers: '2' });
  await lab.running('seen', 2);

  await test.step('a double click on the title opens them', async () => {
    await lab.card('seen').locator('.jp-Dask-card-select').dblclick();
    await expect(lab.dockTab('Details of seen')).toBeVisible();
    await expect(details.part('Overview')).toContainText('default');
    await expect(details.part('Overview')).toContainText('tcp://');
    await lab.picture('light-30-details');
  });

  await test.step('the processes are there, with what they use', async () => {
    await details.tab('Overview').focus();
    await page.keyboard.press('ArrowRight');
    const part = details.part('Processes');
    await expect(part.locator('tr.jp-mod-pod')).toHaveCount(3);
    await expect(part).toContainText('2 of 2 ready');
    await lab.picture('light-31-pods');
  });

  await test.step('a process opens the log', async () => {
    await details.part('Processes').getByText('scheduler').last().click();
    await expect(details.part('Logs')).toContainText(/Scheduler|scheduler/);
    await details.part('Logs').getByLabel('Search the log').fill('scheduler');
    await expect(details.part('Logs')).toContainText(/of \d+/);
    await lab.picture('light-32-logs');
  });

  await test.step('they come back after a reload', async () => {
    await lab.savedLayout('jupyter-dask-k8s-details');
    await page.reload();
    await lab.ready();
    await expect(details.tab('Logs')).toHaveAttribute('aria-selected', 'true');
  });

  await test.step('they say that the cluster is gone', async () => {
    await lab.showPanel();
    await lab.deleteCluster('seen');
    await expect(details.node).toContainText('“seen” is gone');
    await lab.picture('light-33-details-gone');
    await details.node.getByRole('button', { name: 'Close' }).click();
    await expect(lab.dockTab('Details of seen')).toHaveCount(0);
  });
});
