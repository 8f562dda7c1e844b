import { expect, test } from '@playwright/test';

import { Lab } from '../lab';
import { Sockets, strays } from './traffic';

test('the same below the prefix of workspaces, in the dark', async ({
  page,
  baseURL
}) => {
  const lab = new Lab(page);
  const plots = new Sockets(page, '/individual-cpu/ws');
  const elsewhere = strays(page, baseURL ?? '');
  await lab.open('workspace');
  await lab.theme('JupyterLab Dark');
  await page.reload();
  await lab.ready();
  await lab.showPanel();
  await lab.createCluster('demo', { Workers: '1' });
  await lab.running('demo', 1);
  await lab.select('demo');
  await lab.plot('CPU').getByRole('button').click();
  await expect(lab.pane('CPU').locator('canvas').first()).toBeVisible();
  await expect.poll(() => plots.brought).toBeGreaterThan(3);
  await lab.picture('workspace-pane');
  await lab.deleteCluster('demo');
  expect(elsewhere).toEqual([]);
});
