import { test } from '@playwright/test';
import { ChildProcess, spawn } from 'child_process';
import { once } from 'events';
import { createInterface } from 'readline';

import { drawnAt, noteDrawn } from './drawn';

/** A cluster like that of the others, by Dask alone. */
const CLUSTER = `
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(
        n_workers=1, threads_per_worker=1, memory_limit="1 GiB",
        dashboard_address="127.0.0.1:0",
    ) as cluster:
        print(cluster.scheduler.http_server.port, flush=True)
        sys.stdin.read()
`;

let cluster: ChildProcess;

test.beforeAll(() => {
  cluster = spawn('python', ['-c', CLUSTER], {
    stdio: ['pipe', 'pipe', 'inherit']
  });
});

test.afterAll(async () => {
  cluster.stdin!.end();
  await once(cluster, 'exit');
});

/** The least that a plot can take: in a frame, but with neither a proxy nor JupyterLab. */
test('plots of a scheduler', async ({ page }, info) => {
  const [port] = await once(
    createInterface(cluster.stdout!) as NodeJS.EventEmitter,
    'line'
  );
  await noteDrawn(page);
  await page.goto(`http://127.0.0.1:${port}/health`);
  for (const what of ['first', 'second']) {
    const begin = Date.now();
    await page.evaluate(() => {
      const frame = document.createElement('iframe');
      frame.src = '/individual-task-stream';
      frame.style.cssText = 'width: 900px; height: 500px';
      document.body.append(frame);
    });
    await page.frameLocator('iframe').locator('canvas').first().waitFor();
    const taken = (((await drawnAt(page)) - begin) / 1000).toFixed(2);
    process.stdout.write(
      `${info.project.name.padEnd(6)} plot, ${what} time: ${taken} s\n`
    );
    await page.evaluate(() => document.querySelector('iframe')!.remove());
  }
});
