import { expect, test } from '@playwright/test';

import { Lab } from './lab';

test('the doctor looks at everything and has a report', async ({
  context,
  page
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const lab = new Lab(page);
  const doctor = page.locator('.jp-Dask-Doctor');
  const checks = doctor.getByRole('list', { name: 'Checks' });
  await lab.open('doctor');

  await test.step('it opens from the palette', async () => {
    await lab.command('Run Dask Doctor');
    await expect(lab.dockTab('Dask Doctor')).toBeVisible();
    await expect(doctor.getByRole('status')).toHaveText(
      /All is well|Clusters work/
    );
    await expect(checks).toContainText('Dask in new processes');
    await expect(checks).toContainText('Websockets from this browser');
    await expect(checks.locator('.jp-mod-failed')).toHaveCount(0);
    await lab.picture('light-40-doctor');
  });

  await test.step('its report can be pasted', async () => {
    await doctor.getByRole('button', { name: 'Copy report' }).click();
    await expect(doctor.getByRole('button', { name: 'Copied' })).toBeVisible();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    expect(text).toContain('# Dask doctor');
    expect(text).toContain('**Dask in new processes** (ok)');
  });

  await test.step('it runs again, in the same tab, from the menu Help', async () => {
    await page.locator('.lm-MenuBar-item', { hasText: 'Help' }).click();
    await page.locator('.lm-Menu-item', { hasText: 'Run Dask Doctor' }).click();
    await expect(
      doctor.getByRole('button', { name: 'Copy report' })
    ).toBeEnabled();
    await expect(lab.dockTab('Dask Doctor')).toHaveCount(1);
  });

  await test.step('it comes back after a reload', async () => {
    await lab.savedLayout('jupyter-dask-k8s-doctor');
    await page.reload();
    await lab.ready();
    await expect(checks).toContainText('Dask in new processes');
  });
});
