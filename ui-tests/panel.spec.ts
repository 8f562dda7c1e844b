import { expect, test } from '@playwright/test';

import { Lab } from './lab';

test('mistakes are told where they were made', async ({ page }) => {
  const lab = new Lab(page);
  await lab.open('mistakes');
  await lab.createCluster('taken', { Workers: '0' });
  await lab.running('taken', 0);

  await lab.panel
    .locator('.jp-Toolbar')
    .first()
    .getByText('New cluster')
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('No Such Name');
  await expect(dialog).toContainText('lower-case');
  await dialog.getByLabel('Name').fill('taken');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(dialog).toContainText('A cluster named “taken” exists already.');
  await expect(dialog.getByLabel('Name')).toHaveValue('taken');
  await lab.picture('light-13-refused');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await lab.deleteCluster('taken');
});

test('everything is reached from the keyboard', async ({ page }) => {
  const lab = new Lab(page);
  await lab.open('keyboard');
  await lab.command('New Dask Cluster');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByLabel('Name')).toBeVisible();
  await dialog.getByLabel('Name').focus();
  await page.keyboard.type('typed');
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(lab.card('typed')).toHaveClass(/jp-mod-running/);
  // From the card with Tab to its actions, Enter to use one.
  await lab.card('typed').locator('.jp-Dask-card-select').focus();
  const scale = lab.card('typed').getByRole('button', { name: 'Scale' });
  for (let step = 0; step < 10; step++) {
    await page.keyboard.press('Tab');
    if (await scale.evaluate(node => node === document.activeElement)) {
      break;
    }
  }
  await page.keyboard.press('Enter');
  await page.keyboard.type('1');
  await lab.picture('light-14-keyboard');
  await page.keyboard.press('Enter');
  await lab.running('typed', 1);
  await lab.deleteCluster('typed');
});

test('clusters are among the running things', async ({ page }) => {
  const lab = new Lab(page);
  await lab.open('running');
  await lab.createCluster('listed', { Workers: '0' });
  await lab.running('listed', 0);
  await expect(page.locator('#jp-main-statusbar')).toContainText(
    'Dask: 1 cluster'
  );
  await page.locator('.jp-SideBar [data-id="jp-running-sessions"]').click();
  await expect(page.locator('#jp-running-sessions')).toContainText('listed');
  await lab.picture('light-15-running');
  await lab.showPanel();
  await lab.deleteCluster('listed');
});
