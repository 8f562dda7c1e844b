import { expect, test } from '@playwright/test';
import { spawn } from 'child_process';
import fs from 'fs';

import { Lab } from '../lab';

test('a killed server comes back with clusters, owners and panes', async ({
  page
}) => {
  const lab = new Lab(page);
  const card = lab.card('stays');
  const command = JSON.parse(process.env.UI_COMMAND ?? '[]') as string[];
  let loads = 0;
  await lab.open('restart');
  await lab.createCluster('stays', { Workers: '1' });
  await expect(card).toContainText('1/1 worker', { timeout: 180_000 });
  await lab.plot('Task Stream').click();
  const canvas = lab.pane('Task Stream').locator('canvas').first();
  await expect(canvas).toBeVisible();
  // The notification of the first time goes by itself.
  await expect(page.getByText('is ready')).toHaveCount(0);
  page.on('load', () => {
    loads += 1;
  });

  process.kill(Number(process.env.UI_PID), 'SIGKILL');
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable');
  const upgraded = new Promise<string>(resolve =>
    cdp.on('Network.webSocketCreated', event => {
      if (event.url.includes('/dask-k8s/clusters/stays/dashboard/')) {
        resolve(event.url);
      }
    })
  );
  const log = fs.openSync(process.env.UI_LOG ?? '/dev/null', 'a');
  const server = spawn(command[0], command.slice(1), {
    stdio: ['ignore', log, log],
    detached: true
  });
  server.unref();
  fs.writeFileSync(process.env.UI_PID_FILE ?? '/dev/null', `${server.pid}`);

  const dialog = page.getByRole('dialog');
  await expect
    .poll(
      async () => {
        // JupyterLab tells that the server was away.
        if (await dialog.isVisible()) {
          await dialog.getByRole('button').last().click();
        }
        return (await card.innerText()).includes('1/1 worker');
      },
      { timeout: 120_000 }
    )
    .toBe(true);
  await expect(card).toHaveClass(/jp-mod-running/);
  await upgraded;
  await expect(page.getByText('Reconnecting to stays')).toHaveCount(0);
  await expect(canvas).toBeVisible();
  // It did not become ready: it was.
  await expect(page.getByText('is ready')).toHaveCount(0);
  await lab.picture('kubernetes-restarted');
  expect(loads).toBe(0);
});
