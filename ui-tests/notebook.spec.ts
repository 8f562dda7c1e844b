import { expect, test } from '@playwright/test';

import { Lab } from './lab';

test('a notebook shows its cluster, and panes look like JupyterLab', async ({
  page
}) => {
  // One long walk: half a minute on an idle machine, minutes on a busy one.
  test.slow();
  const lab = new Lab(page);
  await lab.open('notebook-side');
  await lab.createCluster('demo', { Workers: '1' });
  await lab.running('demo', 1);
  await lab.newNotebook();
  const button = lab.notebook.getByRole('button', {
    name: 'Dask cluster of this notebook'
  });
  const menu = page.locator('.lm-Menu');

  await test.step('it is not connected', async () => {
    await expect(button).toContainText('Not connected');
    await lab.picture('light-60-notebook-not-connected');
  });

  await test.step('the menu connects it, by keyboard', async () => {
    await button.focus();
    await page.keyboard.press('Enter');
    await expect(menu).toContainText('Connect to demo (1/1 worker)');
    await page.keyboard.press('ArrowDown');
    await lab.picture('light-61-notebook-menu');
    await page.keyboard.press('Enter');
    await expect(lab.cells().first()).toContainText('# demo');
    // There is code; no client yet.
    await expect(button).toContainText('Not connected');
    await lab.runCell();
    await expect(button).toHaveText('demo');
    await expect(button).toHaveAttribute(
      'title',
      /connected to “demo”\. Running: 1\/1 worker/
    );
  });

  await test.step('what Dask prints links to the proxied dashboard', async () => {
    const link = lab.notebook.locator('.jp-OutputArea a[href*="/status"]');
    const href = (await link.first().getAttribute('href')) ?? '';
    expect(href).toContain('/notebook/team-a/alice-nb/dask-k8s/dashboard/');
    const answer = await page.request.get(new URL(href, page.url()).toString());
    expect(answer.status()).toBe(200);
    expect(await answer.text()).toContain('Dask');
  });

  await test.step('a page that is opened again asks the kernel', async () => {
    await page.reload();
    await lab.ready();
    await expect(button).toHaveText('demo', { timeout: 60_000 });
  });

  await test.step('panes follow the theme without a reload', async () => {
    await lab.showPanel();
    await lab.select('demo');
    await lab.plot('Task Stream').getByRole('button').click();
    const pane = lab.pane('Task Stream');
    await expect(pane.locator('canvas').first()).toBeVisible();
    const ground = () =>
      pane
        .locator('body')
        .evaluate(body => getComputedStyle(body).backgroundColor);
    await expect.poll(ground).toBe('rgb(255, 255, 255)');
    await pane.locator('body').evaluate(body => (body.dataset.mark = 'same'));
    await lab.command('Use Theme: JupyterLab Dark');
    await expect.poll(ground).not.toBe('rgb(255, 255, 255)');
    await expect(pane.locator('body[data-mark="same"]')).toHaveCount(1);
    const scrolls = await pane.locator('html').evaluate(html => ({
      down: html.scrollHeight > html.clientHeight,
      right: html.scrollWidth > html.clientWidth
    }));
    expect(scrolls).toEqual({ down: false, right: false });
    await lab.picture('dark-62-notebook-and-pane');
    await lab.command('Use Theme: JupyterLab Light');
    await expect.poll(ground).toBe('rgb(255, 255, 255)');
  });

  await test.step('a machine that slept loads its panes anew', async () => {
    const pane = lab.pane('Task Stream');
    const body = pane.locator('body[data-mark="same"]');
    await expect(body).toHaveCount(1);
    await page.evaluate(() => {
      const { now } = Date;
      Date.now = () => now() + 3_600_000;
      document.dispatchEvent(new Event('visibilitychange'));
      Date.now = now;
    });
    await expect(body).toHaveCount(0);
    await expect(pane.locator('canvas').first()).toBeVisible();
  });

  await test.step('a closed client is no connection', async () => {
    await lab.cells().last().locator('.cm-content').click();
    await page.keyboard.insertText('client.close()');
    await lab.runCell();
    // JupyterLab 4.0 measures its toolbars while it changes the theme; the button may have
    // moved behind the three dots.
    const anywhere = page.getByRole('button', {
      name: 'Dask cluster of this notebook',
      includeHidden: true
    });
    await expect(anywhere).toContainText('Not connected');
  });
  await lab.deleteCluster('demo');
});
