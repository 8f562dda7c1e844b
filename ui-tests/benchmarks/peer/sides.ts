import { expect, Locator, Page } from '@playwright/test';

import { Lab } from '../../lab';

/** What a person does with clusters, in ours and in the peer's panel. */
export interface ISide {
  /** Where its files are, below `lab/extensions/`. */
  extension: string;
  /** Which requests are its own. */
  requests: RegExp;
  open(): Promise<void>;
  /** Do everything that comes before the last click. */
  prepare(name: string): Promise<void>;
  /** The click that makes a cluster. */
  create: () => Locator;
  card: (name: string) => Locator;
  running(name: string): Promise<void>;
  /** What opens a plot. */
  plot: (title: string) => Locator;
  /** What the plot is drawn on. */
  canvas: () => Locator;
  remove(name: string): Promise<void>;
}

export function side(which: string, page: Page): ISide {
  return which === 'ours' ? ours(page) : peer(page);
}

function ours(page: Page): ISide {
  const lab = new Lab(page);
  const dialog = page.getByRole('dialog');
  return {
    extension: 'jupyter-dask-k8s',
    requests: /\/dask-k8s\//,
    open: () => lab.showPanel(),
    prepare: async name => {
      await lab.panel
        .locator('.jp-Toolbar')
        .first()
        .getByText('New cluster')
        .click();
      await dialog.getByLabel('Name').fill(name);
      await dialog.getByLabel('Workers', { exact: true }).fill('1');
    },
    create: () => dialog.getByRole('button', { name: 'Create' }),
    card: name => lab.card(name),
    running: name => lab.running(name, 1),
    plot: title => lab.plot(title).getByRole('button').first(),
    canvas: () =>
      page
        .frameLocator('.jp-Dask-Pane:not(.lm-mod-hidden) iframe')
        .locator('canvas')
        .first(),
    remove: name => lab.deleteCluster(name)
  };
}

function peer(page: Page): ISide {
  const panel = page.locator('#dask-dashboard-launcher');
  const card = panel.locator('.dask-ClusterListingItem');
  return {
    extension: 'dask-labextension',
    requests: /\/(dask|proxy)\//,
    open: async () => {
      await page
        .locator('.jp-SideBar [data-id="dask-dashboard-launcher"]')
        .click();
      await expect(panel).toBeVisible();
    },
    prepare: async () => undefined,
    create: () =>
      panel
        .locator('.dask-DaskClusterManager')
        .getByText('NEW', { exact: true }),
    card: () => card,
    running: () => expect(card).toContainText('Number of Workers: 1'),
    plot: title =>
      panel.locator('.dask-DashboardListing-item', {
        hasText: new RegExp(`^${title}$`, 'i')
      }),
    canvas: () =>
      page
        .frameLocator('.dask-DaskDashboard-widget iframe, .jp-IFrame iframe')
        .locator('canvas')
        .first(),
    remove: async () => {
      // Its dialog is none of the figures.
      await page.evaluate(async () => {
        const url = new URL('../../dask/clusters', document.baseURI);
        const cookie = /_xsrf=([^;]+)/.exec(document.cookie)?.[1] ?? '';
        for (const { id } of (await (await fetch(url)).json()) as {
          id: string;
        }[]) {
          await fetch(`${url}/${id}`, {
            method: 'DELETE',
            headers: { 'X-XSRFToken': cookie }
          });
        }
      });
      await expect(card).toHaveCount(0);
    }
  };
}
