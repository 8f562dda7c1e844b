import { expect, test } from '@playwright/test';

import { Lab } from '../lab';
import { ITraceEvent, tasksWith } from './trace';

const CLUSTERS = Number(process.env.CLUSTERS ?? 1000);

/**
 * Frame times of the panel with many clusters: copies of a real one, made where the page
 * receives the list.
 */
test('frame times of the list', async ({ browser, page }) => {
  const lab = new Lab(page);
  await lab.open('list');
  await lab.createCluster('one', { Workers: '1' });
  await lab.running('one', 1);
  await page.route(/dask-k8s\/api\/clusters(\?.*)?$/, async route => {
    const answer = await route.fetch();
    const list = await answer.json();
    const [one] = list.clusters;
    for (let index = 1; index < CLUSTERS; index++) {
      list.clusters.push({ ...one, name: `one-${index}` });
    }
    await route.fulfill({ response: answer, json: list });
  });
  const trace = async (what: () => Promise<void>): Promise<ITraceEvent[]> => {
    await browser.startTracing(page, {
      categories: ['toplevel', 'devtools.timeline']
    });
    await what();
    const text = (await browser.stopTracing()).toString();
    return (JSON.parse(text) as { traceEvents: ITraceEvent[] }).traceEvents;
  };
  const many = lab.panel.locator('li[data-cluster]');
  const shown = await trace(async () => {
    await lab.panel
      .getByRole('button', { name: 'Refresh the list of clusters' })
      .click();
    await expect(many).toHaveCount(CLUSTERS);
  });
  const again = await trace(async () => {
    await lab.panel
      .getByRole('button', { name: 'Refresh the list of clusters' })
      .click();
    await new Promise(resolve => setTimeout(resolve, 3000));
  });
  await many.first().hover();
  const scrolled = await trace(async () => {
    for (let step = 0; step < 120; step++) {
      await page.mouse.wheel(0, 200);
      await new Promise(resolve => setTimeout(resolve, 16));
    }
  });
  process.stdout.write(
    `${HEAD}\n${[
      describe(`${CLUSTERS} cards for the first time`, shown),
      describe('the list is read again', again),
      describe('the list is scrolled', scrolled)
    ].join('\n')}\n`
  );
  await lab.picture('benchmark-list');
});

const HEAD =
  'ms of processor time for each frame         frames   median      p95      max';

function describe(what: string, events: ReadonlyArray<ITraceEvent>): string {
  const times = tasksWith(events, 'Layerize').sort((a, b) => a - b);
  const at = (part: number): string =>
    (times[Math.ceil(part * times.length) - 1] ?? 0).toFixed(1).padStart(9);
  return (
    what.padEnd(42) +
    String(times.length).padStart(8) +
    at(0.5) +
    at(0.95) +
    at(1)
  );
}
