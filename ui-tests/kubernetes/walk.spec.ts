import { expect, test } from '@playwright/test';

import { Lab } from '../lab';

/** Twice as big as the memory of a notebook's pod: only the workers can hold it. */
const COMPUTATION = [
  'import dask.array as da',
  'x = da.random.random((16_000, 8_000), chunks=(2_000, 2_000))',
  'float(x.mean().compute())'
].join('\n');

/** `inside` a pod, or `outside` with a kubeconfig: see tests/kubernetes/test_browser.py. */
const PLACE = process.env.UI_PLACE ?? 'outside';

const PODS = 180_000;

test(`from an empty panel to a computation on pods, ${PLACE}`, async ({
  page
}) => {
  const lab = new Lab(page);
  const shot = (name: string) => lab.picture(`kubernetes-${PLACE}-${name}`);
  const name = 'walk';
  const card = lab.card(name);
  await lab.open(`walk-${PLACE}`);

  await test.step('the empty state invites', async () => {
    await expect(lab.panel).toContainText('No clusters yet');
    await shot('01-empty');
    await lab.newNotebook();
  });

  await test.step('a new cluster tells how far it is', async () => {
    await lab.createCluster(name, {
      Workers: '2',
      'CPU per worker': '1',
      'Memory per worker': '1 GiB'
    });
    await expect(card).toBeVisible({ timeout: 2_000 });
    await expect(card).toHaveClass(/jp-mod-pending/);
    const told = new Set<string>();
    await expect
      .poll(
        async () => {
          told.add(await card.innerText());
          return (await card.getAttribute('class')) ?? '';
        },
        { timeout: PODS, intervals: [100] }
      )
      .toContain('jp-mod-running');
    process.stdout.write(`told on the way: ${told.size} texts\n`);
    expect(told.size).toBeGreaterThan(3);
    await shot('02-running');
    await expect(card).toContainText('2/2 worker', { timeout: PODS });
    await expect(card).toContainText(/[\d.]+\/2 GiB/);
  });

  await test.step('a plot dragged into the dock is alive', async () => {
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Network.enable');
    const upgraded = new Promise<number>(resolve =>
      cdp.on('Network.webSocketHandshakeResponseReceived', event =>
        resolve(event.response.status)
      )
    );
    await lab.drag(lab.plot('Task Stream'), lab.notebook);
    await expect(lab.dockTab(`Task Stream · ${name}`)).toBeVisible();
    expect(await upgraded).toBe(101);
    await expect(
      lab.pane('Task Stream').locator('canvas').first()
    ).toBeVisible();
    await shot('03-pane');
  });

  await test.step('connect puts the code into the notebook', async () => {
    await card.getByRole('button', { name: 'Connect' }).click();
    await expect(lab.cells().first()).toContainText(
      PLACE === 'inside'
        ? 'client = Client("tcp://walk-scheduler.'
        : 'KubeCluster.from_name("walk"'
    );
    await lab.cells().first().locator('.cm-content').click();
    await lab.runCell();
    await expect(
      lab.notebook.locator('a[href*="/dask-k8s/"]').first()
    ).toBeVisible({ timeout: PODS });
    await shot('04-connected');
  });

  await test.step('it computes on the pods', async () => {
    await lab.cells().nth(1).locator('.cm-content').click();
    await page.keyboard.insertText(COMPUTATION);
    await lab.runCell();
    await expect(card).toContainText(/[1-9][\d,]* to do/);
    await shot('05-computing');
    await expect(
      lab.cells().nth(1).locator('.jp-OutputArea-output')
    ).toContainText(/0\.(49|50)/, { timeout: 300_000 });
  });

  await test.step('it scales in place', async () => {
    for (const workers of [3, 1]) {
      await card.getByRole('button', { name: 'Scale' }).click();
      const field = card.getByLabel('Workers', { exact: true });
      await field.fill(String(workers));
      await field.press('Enter');
      await expect(card).toContainText(`${workers}/${workers} worker`, {
        timeout: PODS
      });
    }
    await shot('06-scaled');
  });

  await test.step('it stops, and goes when its last pod is gone', async () => {
    await card.getByRole('button', { name: `Actions for ${name}` }).click();
    await page.locator('.lm-Menu-item', { hasText: 'Delete' }).click();
    await page.getByRole('dialog').locator('button.jp-mod-warn').click();
    await expect(lab.panel).toContainText('No clusters yet', {
      timeout: 60_000
    });
    await shot('07-deleted');
  });
});
