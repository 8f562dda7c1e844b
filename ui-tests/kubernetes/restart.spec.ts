import { expect, test } from '@playwright/test';
import { spawn } from 'child_process';
import fs from 'fs';

import { Lab } from '../lab';

const TITLES = ['Task Stream', 'Progress', 'Workers Memory'];

test('a killed server comes back with clusters, owners and panes', async ({
  page
}) => {
  const lab = new Lab(page);
  const places = () =>
    Promise.all(
      TITLES.map(title =>
        page
          .locator('.jp-Dask-Pane', {
            has: page.locator(`iframe[title="${title} · stays"]`)
          })
          .boundingBox()
      )
    );
  const plotted = async () => {
    for (const title of TITLES) {
      await expect(
        lab.pane(`${title} · stays`).locator('canvas').first()
      ).toBeVisible({ timeout: 60_000 });
    }
  };
  const card = lab.card('stays');
  const command = JSON.parse(process.env.UI_COMMAND ?? '[]') as string[];
  let loads = 0;
  await lab.open('restart');
  await lab.createCluster('stays', { Workers: '1' });
  await expect(card).toContainText('1/1 worker', { timeout: 180_000 });
  await lab.panel.getByRole('button', { name: 'Open default layout' }).click();
  // JupyterLab does not keep the place of its launcher.
  await lab.dockTab('Launcher').locator('.lm-TabBar-tabCloseIcon').click();
  await plotted();
  await lab.savedLayout('Workers Memory');
  const before = await places();
  expect(new Set(before.map(box => `${box?.x} ${box?.y}`)).size).toBe(3);
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
  await plotted();
  expect(await places()).toEqual(before);
  // It did not become ready: it was.
  await expect(page.getByText('is ready')).toHaveCount(0);
  await lab.picture('kubernetes-restarted');
  expect(loads).toBe(0);

  // Who comes back to a notebook that was stopped opens it anew.
  await page.reload();
  await lab.ready();
  await expect(card).toHaveClass(/jp-mod-running/);
  await plotted();
  expect(await places()).toEqual(before);
  await expect(lab.plot('Task Stream')).toBeVisible({ timeout: 60_000 });
  await lab.picture('kubernetes-opened-again');
});
