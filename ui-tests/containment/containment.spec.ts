import { expect, Page, test } from '@playwright/test';
import { execFileSync } from 'child_process';
import path from 'path';

import { Sockets } from '../gateway/traffic';
import { Lab } from '../lab';

const DIRECT = process.env.UI_DIRECT ?? '';
const GATEWAY = process.env.UI_GATEWAY ?? '';

interface IReport {
  what: string;
  result: string;
}

/** What mallory does, on her own cluster. */
function mallory(verb: 'make' | 'reports'): string {
  const script = path.join(__dirname, 'mallory.py');
  return execFileSync('python', [script, DIRECT, verb], { encoding: 'utf8' });
}

/** All that the hostile page tells, up to its last attempt or an earlier one. */
async function reports(
  last = 'the place of the top'
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const read = (): boolean => {
    for (const { what, result } of JSON.parse(
      mallory('reports')
    ) as IReport[]) {
      found.set(what, result);
    }
    return found.has(last);
  };
  await expect.poll(read, { timeout: 60_000 }).toBe(true);
  return found;
}

/** Errors of the page itself, not of the frames within. */
function errorsOf(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', error => errors.push(String(error)));
  return errors;
}

/** JupyterLab as one of the two, with the panel and mallory's cluster. */
async function enter(page: Page, user: string, workspace: string) {
  const lab = new Lab(page);
  await page.goto(`${DIRECT}lab?token=${user}-token`);
  await page.goto('about:blank');
  await lab.open(workspace);
  mallory('make');
  await lab.running('bait', 1);
  await lab.select('bait');
  return lab;
}

test('a hostile page of somebody else gets nothing', async ({ page }) => {
  const errors = errorsOf(page);
  const lab = await enter(page, 'alice', 'hostile');
  const url = page.url();
  await lab.plot('Task Stream').getByRole('button').click();
  await expect(lab.pane('Task Stream').locator('h1')).toBeVisible();
  const told = await reports();
  await lab.picture('contained-hostile');
  expect(told.get('origin')).toBe('null');
  expect(told.get('referrer')).toBe('');
  told.delete('origin');
  told.delete('referrer');
  expect(told.size).toBeGreaterThan(15);
  expect(
    [...told].filter(([, result]) => !result.startsWith('failed'))
  ).toEqual([]);
  const terminals = await page.request.get(`${DIRECT}api/terminals`);
  expect(await terminals.json()).toEqual([]);
  expect(page.url()).toBe(url);
  expect(errors).toEqual([]);
});

// So what fails above does not fail by itself.
test('the same page can do all that to mallory herself', async ({ page }) => {
  const lab = await enter(page, 'mallory', 'control');
  await lab.plot('Task Stream').getByRole('button').click();
  await expect(lab.pane('Task Stream').locator('h1')).toBeVisible();
  const told = await reports('a window with Jupyter');
  for (const what of [
    'contents',
    'contents by the parent',
    'clusters',
    'the document of the top',
    'events',
    'a frame with Jupyter',
    'a window with Jupyter',
    'a terminal'
  ]) {
    expect(told.get(what), what).toMatch(/^got/);
  }
});

test('plots of somebody else are alive', async ({ page }) => {
  const errors = errorsOf(page);
  const lab = await enter(page, 'alice', 'plots');
  const plots = new Sockets(page, '/individual-cpu/ws');
  await lab.plot('CPU').getByRole('button').click();
  const canvas = lab.pane('CPU').locator('canvas').first();
  await expect(canvas).toBeVisible();
  await expect.poll(() => plots.brought).toBeGreaterThan(3);
  await lab.picture('contained-plot');

  await test.step('in a tab of its own, too, and by a printed link', async () => {
    const { clusters } = (await (
      await page.request.get(`${DIRECT}dask-k8s/api/clusters`)
    ).json()) as { clusters: { dashboard_link: string }[] };
    for (const there of [
      'dask-k8s/clusters/bait/dashboard/status',
      clusters[0].dashboard_link
    ]) {
      const tab = await page.context().newPage();
      await tab.goto(DIRECT + there);
      expect(tab.url()).toContain('/dask-k8s/contained/');
      await expect(tab.locator('canvas').first()).toBeVisible();
      expect(await tab.evaluate(() => self.origin)).toBe('null');
      await tab.close();
    }
  });

  await test.step('they come back after a reload of the page', async () => {
    await lab.savedLayout('CPU');
    await page.reload();
    await lab.ready();
    await expect(canvas).toBeVisible();
  });
  expect(errors).toEqual([]);
});

test('a gateway that wants its cookie: the pane says so', async ({
  page,
  context
}) => {
  const errors = errorsOf(page);
  await context.addCookies([
    { name: 'gateway', value: 'passed', url: GATEWAY, sameSite: 'Lax' }
  ]);
  const lab = await enter(page, 'alice', 'gateway');
  await page.goto(`${GATEWAY}lab/workspaces/gateway-before?token=alice-token`);
  await lab.ready();
  await lab.showPanel();
  await lab.running('bait', 1);
  await lab.select('bait');
  await lab.plot('CPU').getByRole('button').click();
  const pane = page.locator('.jp-Dask-Pane');
  await expect(pane).toContainText('cannot be shown here');
  await lab.picture('contained-barred');
  await pane.getByRole('button', { name: 'Open Cluster Monitor' }).click();
  await expect(lab.dockTab('Monitor · bait')).toBeVisible();
  await expect(page.locator('.jp-Dask-Monitor canvas').first()).toBeVisible();
  expect(errors).toEqual([]);
});
