import { expect, Page, test } from '@playwright/test';

import { Lab } from './lab';

const ID = 'jupyter-dask-k8s:profiles';
const TINY = 'Tiny';

/** Write the user's profiles as the settings editor does. */
async function setProfiles(page: Page, profiles: unknown[]): Promise<void> {
  await page.evaluate(
    async ([id, raw]) => {
      const config = JSON.parse(
        document.getElementById('jupyter-config-data')?.textContent ?? '{}'
      );
      const cookie = /_xsrf=([^;]+)/.exec(document.cookie)?.[1] ?? '';
      await fetch(`${config.baseUrl}lab/api/settings/${id}`, {
        method: 'PUT',
        headers: {
          'Content-Type': 'application/json',
          'X-XSRFToken': cookie
        },
        body: JSON.stringify({ raw })
      });
    },
    [ID, JSON.stringify({ profiles })]
  );
}

test('a profile is chosen, previewed and bounded', async ({ page }) => {
  const lab = new Lab(page);
  await lab.open('profiles');
  await lab.command('New Dask Cluster');
  const dialog = page.getByRole('dialog');
  const profiles = dialog.getByRole('radiogroup', { name: 'Profile' });
  await profiles.getByRole('radio', { name: 'Small' }).check();
  const workers = dialog.getByLabel('Workers', { exact: true });
  await workers.fill('1');

  // The preview follows the form, and a refusal keeps nobody from typing.
  await dialog.getByText('Preview Python').click();
  const preview = dialog.locator('.jp-Dask-Preview pre');
  await expect(preview).toContainText('n_workers=1');
  await workers.fill('0');
  await expect(preview).toContainText('n_workers=0');

  await workers.fill('9999');
  await expect(dialog).toContainText('or less.');
  await lab.picture('light-30-bounds');
  await page.keyboard.press('Enter');
  await expect(dialog).toBeVisible();

  // Another profile keeps what was typed where it can.
  await workers.fill('0');
  await profiles.getByRole('radio', { name: 'Adaptive' }).check();
  await expect(dialog.getByLabel('At most')).toBeVisible();
  await profiles.getByRole('radio', { name: 'Small' }).check();
  await expect(workers).toHaveValue('0');
  await dialog.getByLabel('Name').fill('profiled');
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await lab.running('profiled', 0);
  await lab.deleteCluster('profiled');
});

test('profiles of one’s own come from the settings', async ({ page }) => {
  const lab = new Lab(page);
  await lab.open('own-profiles');
  await setProfiles(page, [
    {
      name: 'tiny',
      label: TINY,
      description: 'No workers at first.',
      extends: 'small',
      defaults: { workers: 0, env: { COLOUR: 'blue' } }
    },
    { label: TINY }
  ]);
  await page.reload();
  await lab.ready();
  await lab.showPanel();
  await lab.command('New Dask Cluster');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: 'Tiny' }).check();
  await expect(dialog.getByLabel('Workers', { exact: true })).toHaveValue('0');
  await expect(page.locator('.Toastify')).toContainText('has no name');
  await dialog.getByText('More', { exact: true }).click();
  await expect(dialog.getByLabel('Environment')).toHaveValue('COLOUR=blue');
  await lab.picture('light-31-own-profile');
  await dialog.getByLabel('Name').fill('tiny-one');
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await lab.running('tiny-one', 0);

  // It is remembered.
  await lab.command('New Dask Cluster');
  await expect(dialog.getByRole('radio', { name: 'Tiny' })).toBeChecked();
  await page.keyboard.press('Escape');
  await lab.deleteCluster('tiny-one');
  await setProfiles(page, []);
});
