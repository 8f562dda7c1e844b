import { expect, Locator, Page, test } from '@playwright/test';

import { Lab } from './lab';

/** Work of several kinds for half a minute, that also moves data between workers. */
const WORK = `
import time
import dask.array as da

def slow(x):
    time.sleep(0.05)
    return x

def total(*parts):
    return sum(parts)

numbers = client.map(slow, range(1200), pure=False)
sums = [client.submit(total, *numbers[i::6], pure=False) for i in range(6)]
x = da.random.random((1500, 1500), chunks=(250, 250))
kept = (x @ x.T).persist()
`;

/** What the page tells the server that it looks at, message by message. */
function watchSent(page: Page): { monitor?: string[] }[] {
  const sent: { monitor?: string[] }[] = [];
  page.on('websocket', socket => {
    if (socket.url().includes('/dask-k8s/api/metrics')) {
      socket.on('framesent', ({ payload }) =>
        sent.push(JSON.parse(String(payload)))
      );
    }
  });
  return sent;
}

const chart = (page: Page, title: string): Locator =>
  page.locator(`.jp-Dask-Chart[aria-label="${title}"]`);

test('the monitor shows a computation as it runs', async ({ page }) => {
  // One long walk: a minute on an idle machine, more on a busy one.
  test.slow();
  const lab = new Lab(page);
  const sent = watchSent(page);
  await lab.open('monitor');
  await lab.createCluster('seen', { Workers: '2' });
  await lab.running('seen', 2);
  await lab.newNotebook();
  await lab.card('seen').getByRole('button', { name: 'Connect' }).click();
  await expect(lab.cells().first()).toContainText('Client');
  await lab.cells().first().locator('.cm-content').click();
  await lab.runCell();

  await test.step('it is dragged beside the notebook', async () => {
    await lab.drag(lab.plot('Cluster monitor'), lab.notebook);
    await expect(lab.dockTab('Monitor · seen')).toBeVisible();
    await expect(lab.notebook).toBeVisible();
    await expect(chart(page, 'CPU').locator('canvas')).toBeVisible();
    expect(sent.at(-1)?.monitor).toEqual(['seen']);
  });

  const throughput = chart(page, 'Throughput');
  await test.step('it has the numbers of the work', async () => {
    await lab.cells().nth(1).locator('.cm-content').click();
    await page.keyboard.insertText(WORK.trim());
    await lab.runCell();
    await expect(throughput).toContainText(/[1-9][\d.]* tasks\/s/);
    await expect(throughput).toContainText('slow');
    await expect(chart(page, 'Tasks')).toContainText(/waiting\s*[1-9]/);
    await expect(chart(page, 'Memory')).toContainText(/managed.*B/);
    await expect(chart(page, 'Network')).toContainText(/received.*B\/s/);
    await expect(page.locator('.jp-Dask-Heat')).toContainText('Workers (2)');
    const spark = lab.card('seen').locator('.jp-Dask-sparkline polyline');
    await expect(spark).toHaveCount(3);
  });

  await test.step('one cursor for all plots, by pointer and by keys', async () => {
    await page.getByLabel('How much of the past is shown').selectOption('30');
    // There has to be a past to look at.
    await new Promise(resolve => setTimeout(resolve, 12_000));
    const over = throughput.locator('.u-over');
    const { width = 0 } = (await over.boundingBox()) ?? {};
    await over.hover({ position: { x: width * 0.85, y: 20 } });
    const times = page.locator('.jp-Dask-Chart-time:visible');
    await expect(times).toHaveCount(5);
    await expect
      .poll(async () => new Set(await times.allTextContents()).size)
      .toBe(1);
    await lab.picture('light-50-monitor');
    await page
      .locator('.jp-Dask-Heat canvas')
      .hover({ position: { x: 5, y: 5 } });
    await expect(page.locator('.jp-Dask-Heat-detail')).toContainText(
      /default-\d+: CPU \d+ %, memory .*B, \d+ tasks?/
    );
    const plots = page.getByLabel('Plots of seen');
    await plots.focus();
    await page.keyboard.press('ArrowLeft');
    await expect(
      page.locator('.jp-Dask-Monitor-plots > [role="status"]')
    ).toHaveText(/Throughput, .*CPU, busy: \d+ %/);
    await page.keyboard.press('Escape');
    await expect(page.locator('.jp-Dask-Chart-time:visible')).toHaveCount(0);
  });

  await test.step('it stands still while paused', async () => {
    await page.getByRole('button', { name: 'Hold the plots still' }).click();
    const legends = page.locator('.jp-Dask-Monitor-grid');
    const before = await legends.innerText();
    await new Promise(resolve => setTimeout(resolve, 2500));
    expect(await legends.innerText()).toBe(before);
    await page.getByRole('button', { name: 'Go on' }).click();
    await expect.poll(() => legends.innerText()).not.toBe(before);
  });

  await test.step('nothing is asked for while it is hidden', async () => {
    await lab.dockTab('Monitor · seen').click();
    await lab.command('New Launcher');
    await expect.poll(() => sent.at(-1)?.monitor ?? []).toEqual([]);
    await lab.dockTab('Monitor · seen').click();
    await expect.poll(() => sent.at(-1)?.monitor).toEqual(['seen']);
  });

  await test.step('it comes back after a reload, with the past', async () => {
    await lab.savedLayout('"seconds": 30');
    await lab.theme('JupyterLab Dark');
    await page.reload();
    await lab.ready();
    await expect(lab.dockTab('Monitor · seen')).toBeVisible();
    await expect(page.getByLabel('How much of the past is shown')).toHaveValue(
      '30'
    );
    await page.getByLabel('How much of the past is shown').selectOption('300');
    await expect(throughput).toContainText('slow');
    await lab.picture('dark-50-monitor');
    await lab.theme('JupyterLab Light');
  });

  await test.step('a deleted cluster leaves what was seen of it', async () => {
    await lab.deleteCluster('seen');
    await expect(page.locator('.jp-Dask-MonitorPane')).toContainText(
      'Disconnected from seen'
    );
    await expect(throughput.locator('canvas')).toBeVisible();
    await lab.picture('dark-51-monitor-gone');
  });
});
