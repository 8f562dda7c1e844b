import { expect, test } from '@playwright/test';

import { Lab } from '../lab';
import { fakeFeed } from './fakeFeed';
import { ITraceEvent, tasksWith } from './trace';

const WORKERS = Number(process.env.WORKERS ?? 1000);
const SECONDS = Number(process.env.TRACE_SECONDS ?? 15);

/**
 * Frame times of the monitor with many workers. The workers are made up (see fakeFeed.ts):
 * what is measured is what the page does with their numbers.
 */
test('frame times of the monitor', async ({ browser, page }) => {
  const lab = new Lab(page);
  await fakeFeed(page, {
    name: 'many',
    workers: WORKERS,
    gpus: 8,
    interval: 1,
    past: 600
  });
  await lab.open('frames');
  await lab.createCluster('many', { Workers: '1' });
  await lab.running('many', 1);
  await lab.plot('Cluster monitor').getByRole('button').click();
  await expect(page.locator('.jp-Dask-Heat')).toContainText(
    `Workers (${WORKERS.toLocaleString('en-US')})`
  );
  await page.getByLabel('How much of the past is shown').selectOption('600');

  const trace = async (what: () => Promise<void>): Promise<ITraceEvent[]> => {
    await browser.startTracing(page, {
      categories: ['toplevel', 'devtools.timeline']
    });
    await what();
    const text = (await browser.stopTracing()).toString();
    return (JSON.parse(text) as { traceEvents: ITraceEvent[] }).traceEvents;
  };

  const yardstick = await page.evaluate(measureYardstick);
  const still = await trace(
    () => new Promise(resolve => setTimeout(resolve, SECONDS * 1000))
  );
  const moving = await trace(async () => {
    const box = await page
      .locator('.jp-Dask-Chart .u-over')
      .first()
      .boundingBox();
    if (box === null) {
      throw new Error('There is no plot to move over.');
    }
    const end = Date.now() + SECONDS * 1000;
    for (let step = 0; Date.now() < end; step++) {
      const x = box.x + ((step * 7) % box.width);
      await page.mouse.move(x, box.y + box.height / 2);
    }
  });
  const table = [
    describe(`${WORKERS} workers, a sample a second`, frames(still)),
    describe('the same, while the pointer moves', frames(moving)),
    describe('reading a message of the server', messages(still))
  ];
  process.stdout.write(
    `${HEAD}\n${table.join('\n')}\nyardstick: ${yardstick.toFixed(1)} ms\n`
  );
  await lab.picture('benchmark-monitor');
  expect(frames(still).length).toBeGreaterThan(SECONDS / 2);
});

/**
 * How long a fixed piece of work takes here, in ms: what machines can be compared by. The
 * best of many, so that it tells of the processor and not of who else wants it.
 */
function measureYardstick(): number {
  const one = (): number => {
    const begin = performance.now();
    let sum = 0;
    for (let step = 0; step < 2e6; step++) {
      sum += Math.sqrt(step) * Math.sin(step);
    }
    const end = performance.now();
    return sum === 0 ? Infinity : end - begin;
  };
  return Math.min(...Array.from({ length: 20 }, one));
}

const HEAD = [
  'processor time of the main thread, ms'.padEnd(44),
  'count',
  'median',
  'p95',
  'max',
  '> 16 ms'
].join('\t');

/** Tasks of the page's main thread that drew a frame of ours, in ms. */
function frames(events: ITraceEvent[]): number[] {
  return tasksWith(events, 'FireAnimationFrame');
}

/** Those that took a message from a websocket. */
function messages(events: ITraceEvent[]): number[] {
  return tasksWith(events, 'WebSocketReceive');
}

function describe(what: string, times: number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number): string => {
    const index = Math.min(sorted.length - 1, Math.floor(part * sorted.length));
    return sorted.length === 0 ? '-' : sorted[index].toFixed(1);
  };
  const late = sorted.filter(time => time > 16).length;
  return [what.padEnd(44), sorted.length, at(0.5), at(0.95), at(1), late].join(
    '\t'
  );
}
