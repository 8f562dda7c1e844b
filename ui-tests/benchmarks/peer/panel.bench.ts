import { expect, Page, Request, test } from '@playwright/test';

import { Lab } from '../../lab';
import { drawnAt, noteDrawn } from './drawn';
import { ISide, side } from './sides';

const IDLE = Number(process.env.IDLE_SECONDS ?? 60) * 1000;
const ROUNDS = Number(process.env.ROUNDS ?? 3);

/** From the page to the first plot, as a person with a mouse goes through it. */
test('figures of the panel', async ({ page }, info) => {
  const lab = new Lab(page);
  const its = side(info.project.name, page);
  const say = (what: string, figure: string): void => {
    process.stdout.write(
      `${info.project.name.padEnd(6)}${what.padEnd(44)}${figure}\n`
    );
  };
  const files = downloads(page, `/extensions/${its.extension}/`);
  const requests = countRequests(page, its);

  await noteDrawn(page);
  await page.goto('lab/workspaces/figures');
  await lab.ready();
  await page.waitForLoadState('networkidle');
  const { size, count } = await files();
  say('first load', `${(size / 1000).toFixed(1)} kB in ${count} files`);

  requests.length = 0;
  await pause(IDLE);
  say(`requests in ${IDLE / 1000} s, never opened`, `${requests.length}`);

  await its.open();
  const toCard: number[] = [];
  const toRunning: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const name = `bench${round}`;
    await its.prepare(name);
    const begin = Date.now();
    await its.create().click();
    await appears(() => its.card(name).waitFor(), begin, toCard);
    await appears(() => its.running(name), begin, toRunning);
    if (round < ROUNDS - 1) {
      await its.remove(name);
    }
  }
  say('click on New to card', seconds(toCard));
  say('click on New to Running', seconds(toRunning));

  for (const what of ['first', 'second']) {
    await its.plot('Task Stream').waitFor();
    const begin = Date.now();
    await its.plot('Task Stream').click();
    await its.canvas().waitFor();
    const taken = (await drawnAt(page)) - begin;
    say(`click to plot, ${what} time`, seconds([taken]));
    say('… of it', await parts(page, begin, taken));
    await lab.picture(`benchmark-${info.project.name}-${what}`);
    await lab.dockTab('Task Stream').locator('.lm-TabBar-tabCloseIcon').click();
    await expect(lab.dockTab('Task Stream')).toHaveCount(0);
  }

  await page.waitForLoadState('networkidle');
  await pause(3000);
  requests.length = 0;
  await pause(IDLE);
  say(`requests in ${IDLE / 1000} s, open panel`, `${requests.length}`);
  await its.remove(`bench${ROUNDS - 1}`);
});

const pause = (time: number): Promise<void> =>
  new Promise(resolve => setTimeout(resolve, time));

async function appears(
  wait: () => Promise<unknown>,
  begin: number,
  taken: number[]
): Promise<void> {
  await wait();
  taken.push(Date.now() - begin);
}

function seconds(taken: number[]): string {
  const sorted = [...taken].sort((a, b) => a - b);
  return `${(sorted[Math.floor(sorted.length / 2)] / 1000).toFixed(2)} s`;
}

/**
 * How a plot's time is shared, in ms: until the frame asks for its page (with Playwright's way
 * to the button), until that begins to come, until its scripts are there, until they have run,
 * and until something is drawn.
 */
async function parts(
  page: Page,
  begin: number,
  taken: number
): Promise<string> {
  const frame = page
    .frames()
    .find(it => new URL(it.url()).pathname.includes('/individual-'));
  const marks = await frame!.evaluate(() => {
    const [entry] = performance.getEntriesByType('navigation');
    const { responseStart, domContentLoadedEventStart } =
      entry as PerformanceNavigationTiming;
    const scripts = performance
      .getEntriesByType('resource')
      .filter(({ name }) => name.includes('bokeh'));
    const loaded = Math.max(
      ...scripts.map(it => (it as PerformanceResourceTiming).responseEnd)
    );
    return {
      origin: performance.timeOrigin,
      times: [responseStart, loaded, domContentLoadedEventStart]
    };
  });
  const asked = marks.origin - begin;
  const times = [0, asked, ...marks.times.map(it => it + asked), taken];
  const names = ['frame', 'page', 'scripts', 'run', 'drawn'];
  return names
    .map((name, it) => `${name} ${Math.round(times[it + 1] - times[it])}`)
    .join(', ');
}

/** Count what the page asks its own server for. */
function countRequests(page: Page, its: ISide): string[] {
  const seen: string[] = [];
  page.on('request', (request: Request) => {
    const { pathname } = new URL(request.url());
    if (its.requests.test(pathname) && !pathname.includes('/extensions/')) {
      seen.push(pathname);
    }
  });
  return seen;
}

/** Return how much of some files the page has loaded, once it is asked. */
function downloads(
  page: Page,
  below: string
): () => Promise<{ size: number; count: number }> {
  const bodies: Promise<Buffer>[] = [];
  page.on('response', response => {
    if (new URL(response.url()).pathname.includes(below)) {
      bodies.push(response.body());
    }
  });
  return async () => {
    const all = await Promise.all(bodies);
    return {
      size: all.reduce((sum, body) => sum + body.length, 0),
      count: all.length
    };
  };
}
