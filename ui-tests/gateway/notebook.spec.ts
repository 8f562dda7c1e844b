import { expect, test } from '@playwright/test';

import { Lab } from '../lab';
import { Sockets, strays } from './traffic';

test('the main path through a gateway that cuts connections', async ({
  page,
  baseURL
}) => {
  const base = baseURL ?? '';
  const lab = new Lab(page);
  const plots = new Sockets(page, '/individual-cpu/ws');
  const readings = new Sockets(page, '/dask-k8s/api/metrics');
  const elsewhere = strays(page, base);
  await lab.open('gateway');
  let loads = 0;
  page.on('load', () => (loads += 1));
  const reading = /[\d.]+\/[\d.]+ [GM]iB/;
  const canvas = lab.pane('CPU').locator('canvas').first();

  await test.step('a cluster is made and its card lives', async () => {
    await lab.newNotebook();
    await lab.createCluster('demo', { Workers: '1' });
    await lab.running('demo', 1);
    await lab.select('demo');
    await expect(lab.card('demo')).toContainText(reading);
  });

  await test.step('a plot is alive', async () => {
    await lab.plot('CPU').getByRole('button').click();
    await expect(canvas).toBeVisible();
    await expect.poll(() => plots.brought).toBeGreaterThan(3);
    await lab.picture('gateway-pane');
  });

  await test.step('what is cut comes back', async () => {
    const { cuts } = plots;
    await expect.poll(() => plots.cuts).toBeGreaterThan(cuts + 1);
    await expect.poll(() => plots.brought).toBeGreaterThan(5);
    // The gateway ends it when nothing has changed for a while.
    await expect.poll(() => readings.cuts).toBeGreaterThan(0);
    await expect.poll(() => readings.brought).toBeGreaterThan(0);
    await expect(canvas).toBeVisible();
    await expect(lab.card('demo')).toContainText(reading);
  });

  await test.step('what others do shows soon, whatever was cut', async () => {
    const user = async (userid: string): Promise<string> => {
      const headers = { 'kubeflow-userid': userid };
      const url = `${base}dask-k8s/api/status`;
      const answer = await page.request.get(url, { headers });
      return ((await answer.json()) as { user: string }).user;
    };
    // Whoever writes another name into the gateway's header is still the same.
    expect(await user('mallory@example.org')).toBe(await user('x'));
    const cookies = await page.context().cookies();
    const xsrf = cookies.find(({ name }) => name === '_xsrf')?.value ?? '';
    const made = await page.request.post(`${base}dask-k8s/api/clusters`, {
      headers: {
        'X-XSRFToken': xsrf,
        Referer: base,
        'kubeflow-userid': 'mallory@example.org'
      },
      data: { name: 'other', workers: 0 }
    });
    expect(made.status(), await made.text()).toBe(201);
    const { owner } = (await made.json()) as { owner: string };
    expect(owner).toBe(await user('alice@example.org'));
    await expect(lab.card('other')).toBeVisible({ timeout: 5000 });
    await lab.deleteCluster('other');
  });

  await test.step('code is put into the notebook, and its link opens', async () => {
    await lab.dockTab('Untitled').click();
    await lab.card('demo').getByRole('button', { name: 'Connect' }).click();
    await expect(lab.cells().first()).toContainText('Client');
    await lab.cells().first().locator('.cm-content').click();
    await lab.runCell();
    await lab.cells().nth(1).locator('.cm-content').click();
    await page.keyboard.insertText('print(client.dashboard_link)');
    await lab.runCell();
    const printed = lab.cells().nth(1).locator('.jp-OutputArea-output');
    await expect(printed).toContainText(
      `${new URL(base).pathname}dask-k8s/dashboard/127.0.0.1:`
    );
    const opened = page.waitForEvent('popup');
    await lab.notebook.locator('a[href*="/dask-k8s/"]').first().click();
    const dashboard = await opened;
    expect(dashboard.url().startsWith(`${base}dask-k8s/dashboard/`)).toBe(true);
    await expect(dashboard.locator('canvas').first()).toBeVisible();
    await new Lab(dashboard).picture('gateway-link');
    await dashboard.close();
  });

  await test.step('a log that goes on comes through, too', async () => {
    await lab.card('demo').locator('.jp-Dask-card-select').dblclick();
    const details = page.locator('.jp-Dask-Details:not(.lm-mod-hidden)');
    await details.getByRole('tab', { name: 'Logs' }).click();
    const log = details.getByRole('tabpanel', { name: 'Logs' });
    await expect(log).toContainText('distributed.worker');
    await lab.dockTab('Untitled').click();
    await lab.cells().nth(2).locator('.cm-content').click();
    await page.keyboard.insertText(
      'client.submit(print, "said by a worker").result()'
    );
    await lab.runCell();
    await lab.dockTab('Details of demo').click();
    await expect(log).toContainText('said by a worker');
    await lab.picture('gateway-log');
  });

  expect(loads).toBe(0);
  expect(elsewhere).toEqual([]);
  await lab.deleteCluster('demo');
});
