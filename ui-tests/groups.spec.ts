import { expect, test } from '@playwright/test';

import { Lab } from './lab';

test('a cluster gets a second kind of workers, and its time extended', async ({
  page
}) => {
  const lab = new Lab(page);
  await lab.open('groups');
  await lab.newNotebook();
  await lab.createCluster('mixed', { Workers: '1' });
  await lab.running('mixed', 1);
  await lab.select('mixed');
  const card = lab.card('mixed');

  await card.getByRole('button', { name: 'Add worker group' }).click();
  const form = card.getByRole('form', { name: 'New worker group of mixed' });
  await form.getByLabel('Name').fill('highmem');
  await form.getByLabel('Memory').fill('900 TiB');
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(form.getByRole('alert')).toContainText('900 TiB');
  await form.getByLabel('Memory').fill('600 MiB');
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await lab.running('mixed', 2);

  const group = card.locator('li[data-group="highmem"]');
  await expect(group).toContainText('1/1');
  await expect(group).toContainText('600 MiB');
  await group.hover();
  await group
    .getByRole('button', { name: 'Connect notebook to the group highmem' })
    .click();
  await expect(lab.cells().first()).toContainText('"highmem": 1');

  await group.hover();
  await group.getByRole('button', { name: 'Scale the group highmem' }).click();
  await page.keyboard.type('2');
  await page.keyboard.press('Enter');
  await expect(group).toContainText('2/2');
  await lab.picture('light-16-groups');

  await card.getByRole('button', { name: 'Actions for mixed' }).click();
  await page.locator('.lm-Menu-item', { hasText: 'Lifetime' }).click();
  const lifetime = card.getByRole('form', { name: 'Lifetime of mixed' });
  await lifetime.getByRole('radio', { name: 'Idle' }).check();
  await lifetime.getByLabel('Minutes without work').fill('0.75');
  await lifetime.getByRole('button', { name: 'Apply' }).click();
  await expect(card).toContainText(/Shuts down in \d+ s: idle/);
  // At 80 % of so short a clock there is a notice.
  const notice = page.locator('.Toastify__toast', { hasText: 'is idle' });
  await expect(notice).toBeVisible({ timeout: 60_000 });
  await lab.picture('light-17-ending');
  await notice.getByText('Extend').click();
  await expect(notice).toBeHidden();
  await expect(card).toContainText(/Shuts down in [34]\d s: idle/);

  await group.hover();
  await group.getByRole('button', { name: 'Remove the group highmem' }).click();
  await expect(group).toHaveCount(0);
  await lab.running('mixed', 1);
  await lab.deleteCluster('mixed');
});
