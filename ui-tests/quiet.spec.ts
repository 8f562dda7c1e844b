import { expect, Request, test } from '@playwright/test';

import { Lab } from './lab';

const ours = (request: Request): boolean =>
  request.url().includes('/dask-k8s/');

test('an idle panel is quiet, a hidden one silent @idle', async ({ page }) => {
  const lab = new Lab(page);
  await lab.open('quiet');
  await lab.createCluster('quiet', { Workers: '1' });
  await lab.running('quiet', 1);
  // Let the first readings and the list of plots arrive.
  await expect(lab.plot('Task Stream')).toBeVisible();
  await page.waitForLoadState('networkidle');

  const seen: string[] = [];
  page.on('request', request => {
    if (ours(request)) {
      seen.push(`${request.method()} ${new URL(request.url()).pathname}`);
    }
  });
  const minutes = 1.1;
  // There is no event to wait for: the test is that nothing happens.
  await new Promise(resolve => setTimeout(resolve, minutes * 60_000));
  process.stdout.write(
    `open panel: ${seen.length} requests in ${minutes} minutes\n`
  );
  expect(seen.length).toBeLessThanOrEqual(2);

  await lab.hidePanel();
  seen.length = 0;
  await new Promise(resolve => setTimeout(resolve, minutes * 60_000));
  process.stdout.write(
    `hidden panel: ${seen.length} requests in ${minutes} minutes\n`
  );
  expect(seen).toEqual([]);

  await lab.showPanel();
  await lab.deleteCluster('quiet');
});

test('what is not seen is not loaded', async ({ page }) => {
  const sizes: Promise<number>[] = [];
  page.on('response', response => {
    if (response.url().includes('/extensions/jupyter-dask-k8s/')) {
      sizes.push(response.body().then(({ length }) => length));
    }
  });
  await page.goto('lab/workspaces/unseen');
  await new Lab(page).ready();
  await page.waitForLoadState('networkidle');
  const all = await Promise.all(sizes);
  const total = all.reduce((sum, size) => sum + size, 0);
  process.stdout.write(`${all.length} files, ${total} bytes\n`);
  // The panel would be 100 kB more, the form of a new cluster with its validator 220 kB.
  expect(total).toBeGreaterThan(0);
  expect(total).toBeLessThan(90_000);
});
