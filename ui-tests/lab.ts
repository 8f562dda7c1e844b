import { expect, FrameLocator, Locator, Page, test } from '@playwright/test';
import fs from 'fs';
import path from 'path';

const SCREENS = path.join(
  __dirname,
  process.env.UI_RESULTS ?? 'test-results',
  'screens'
);

/**
 * JupyterLab as a person sees it; the only place that knows its markup.
 */
export class Lab {
  constructor(readonly page: Page) {}

  readonly panel = this.page.locator('#jupyter-dask-k8s-panel');

  /** Open JupyterLab in a workspace of its own, without clusters, with the Dask panel. */
  async open(workspace: string): Promise<void> {
    // What a failed try has left open is none of the next one's.
    const again = test.info().retry || '';
    await this.page.goto(`lab/workspaces/${workspace}${again}`);
    await this.ready();
    await this.clear();
    await this.showPanel();
  }

  /** Delete what an earlier test has left. */
  async clear(): Promise<void> {
    await this.page.evaluate(async () => {
      const cookie = /_xsrf=([^;]+)/.exec(document.cookie)?.[1] ?? '';
      const url = new URL('../../dask-k8s/api/clusters', document.baseURI);
      type Listed = { name: string; phase: string; shared: boolean };
      const pause = () => new Promise(resolve => setTimeout(resolve, 100));
      const list = async (): Promise<Listed[]> => {
        for (;;) {
          const answer = await fetch(url);
          // It answers 503 while it looks for clusters.
          if (answer.status !== 503) {
            const { clusters } = (await answer.json()) as {
              clusters: Listed[];
            };
            return clusters.filter(({ shared }) => !shared);
          }
          await pause();
        }
      };
      for (const { name, phase } of await list()) {
        if (phase === 'Stopping') {
          continue;
        }
        await fetch(`${url}/${name}`, {
          method: 'DELETE',
          headers: { 'X-XSRFToken': cookie }
        });
      }
      while ((await list()).length > 0) {
        await pause();
      }
    });
  }

  /** Wait until the application has started. */
  async ready(): Promise<void> {
    await this.page.locator('#jp-main-dock-panel').waitFor();
    await this.page
      .locator('#jupyterlab-splash')
      .waitFor({ state: 'detached' });
    // The last that JupyterLab does: it opens the launcher, which takes the focus.
    await this.page
      .locator('#jp-main-dock-panel .lm-TabBar-tab')
      .first()
      .waitFor();
  }

  async showPanel(): Promise<void> {
    if (!(await this.panel.isVisible())) {
      await this.tab().click();
    }
    await expect(this.panel).toBeVisible();
  }

  async hidePanel(): Promise<void> {
    if (await this.panel.isVisible()) {
      await this.tab().click();
    }
    await expect(this.panel).toBeHidden();
  }

  tab(): Locator {
    return this.page.locator('.jp-SideBar [data-id="jupyter-dask-k8s-panel"]');
  }

  card(name: string): Locator {
    return this.panel.locator(`li[data-cluster="${name}"]`);
  }

  /** Fill in the form and create a cluster. */
  async createCluster(
    name: string,
    fields: Readonly<Record<string, string>> = {}
  ): Promise<void> {
    await this.panel
      .locator('.jp-Toolbar')
      .first()
      .getByText('New cluster')
      .click();
    const dialog = this.page.getByRole('dialog');
    await dialog.getByLabel('Name').fill(name);
    for (const [label, value] of Object.entries(fields)) {
      const field = dialog.getByLabel(label, { exact: true });
      if (!(await field.isVisible())) {
        await dialog.getByText('More', { exact: true }).click();
      }
      await field.fill(value);
    }
    await dialog.getByRole('button', { name: 'Create' }).click();
    await expect(dialog).toBeHidden();
  }

  /** Create a cluster that the form has no fields for: a body of `POST api/clusters`. */
  async make(body: Readonly<Record<string, unknown>>): Promise<void> {
    const status = await this.page.evaluate(async body => {
      const cookie = /_xsrf=([^;]+)/.exec(document.cookie)?.[1] ?? '';
      const url = new URL('../../dask-k8s/api/clusters', document.baseURI);
      const answer = await fetch(url, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          'X-XSRFToken': cookie
        },
        body: JSON.stringify(body)
      });
      return answer.status;
    }, body);
    expect(status).toBe(201);
  }

  /** Wait until a cluster runs with so many workers. */
  async running(name: string, workers: number): Promise<void> {
    const card = this.card(name);
    await expect(card).toHaveClass(/jp-mod-running/, { timeout: 60_000 });
    await expect(card).toContainText(`${workers}/${workers} worker`);
  }

  async select(name: string): Promise<void> {
    const button = this.card(name).locator('.jp-Dask-card-select');
    if ((await button.getAttribute('aria-expanded')) !== 'true') {
      await button.click();
    }
  }

  /** Delete a cluster and confirm it. */
  async deleteCluster(name: string): Promise<void> {
    await this.card(name)
      .getByRole('button', { name: `Actions for ${name}` })
      .click();
    await this.page.locator('.lm-Menu-item', { hasText: 'Delete' }).click();
    const dialog = this.page.getByRole('dialog');
    await expect(dialog).toContainText(name);
    await dialog.locator('button.jp-mod-warn').click();
    await expect(this.card(name)).toHaveCount(0);
  }

  plot(title: string): Locator {
    return this.panel.locator('.jp-Dask-Plot', {
      has: this.page.getByText(title, { exact: true })
    });
  }

  /** The tab of a pane or document in the main area. */
  dockTab(label: string): Locator {
    return this.page.locator('#jp-main-dock-panel .lm-TabBar-tab', {
      hasText: label
    });
  }

  /** The page within the visible pane of a plot. */
  pane(title: string): FrameLocator {
    return this.page.frameLocator(`.jp-Dask-Pane iframe[title*="${title}"]`);
  }

  /** Drag with real steps: Lumino wants to see the pointer move. */
  async drag(from: Locator, to: Locator): Promise<void> {
    const start = await from.boundingBox();
    const end = await to.boundingBox();
    if (start === null || end === null) {
      throw new Error('Nothing to drag, or nowhere to drop it.');
    }
    const { mouse } = this.page;
    await mouse.move(start.x + start.width / 3, start.y + start.height / 2);
    await mouse.down();
    await mouse.move(start.x + start.width / 3 + 15, start.y + 15, {
      steps: 5
    });
    await mouse.move(end.x + end.width * 0.9, end.y + end.height / 2, {
      steps: 15
    });
    await mouse.move(end.x + end.width * 0.9 + 3, end.y + end.height / 2);
    await mouse.up();
  }

  /** Make a new Python notebook from the launcher. */
  async newNotebook(): Promise<void> {
    await this.page
      .locator(
        '.jp-LauncherCard[title^="Python 3"], .jp-LauncherCard:has-text("Python 3")'
      )
      .first()
      .click();
    await expect(this.notebook.locator('.jp-Cell').first()).toBeVisible();
    await expect(
      this.notebook.locator(
        '.jp-Notebook-ExecutionIndicator[data-status="idle"]'
      )
    ).toBeVisible({ timeout: 60_000 });
  }

  readonly notebook = this.page.locator(
    '.jp-NotebookPanel:not(.lm-mod-hidden)'
  );

  cells(): Locator {
    return this.notebook.locator('.jp-CodeCell');
  }

  /** Run the active cell and go to the next one. */
  async runCell(): Promise<void> {
    await this.page.keyboard.press('Shift+Enter');
  }

  /** Run a command of the palette. */
  async command(label: string): Promise<void> {
    const palette = this.page.locator('.lm-CommandPalette');
    const input = palette.locator('input');
    // JupyterLab learns its keys a while after it shows itself.
    await expect(async () => {
      if (!(await input.isVisible())) {
        await this.page.keyboard.press('Control+Shift+C');
      }
      await expect(input).toBeVisible({ timeout: 1000 });
    }).toPass();
    await input.fill(label);
    // The list is filtered a moment after the text is there.
    await expect(
      palette.locator('.lm-CommandPalette-item').first()
    ).toContainText(label);
    await this.page.keyboard.press('Enter');
  }

  /** Wait until the saved layout knows of a pane: it is saved a moment after a change. */
  async savedLayout(title: string): Promise<void> {
    const workspaces = () =>
      this.page.evaluate(async () => {
        // The page's own address changes with the notebook that is shown.
        const config = JSON.parse(
          document.getElementById('jupyter-config-data')?.textContent ?? '{}'
        );
        return (await fetch(`${config.baseUrl}lab/api/workspaces`)).text();
      });
    await expect.poll(workspaces).toContain(title);
  }

  theme(name: 'JupyterLab Light' | 'JupyterLab Dark'): Promise<void> {
    return this.setting('@jupyterlab/apputils-extension:themes', {
      theme: name
    });
  }

  /** Write the settings of a plugin, as its editor does; a page reads them when it loads. */
  async setting(
    plugin: string,
    values: Readonly<Record<string, unknown>>
  ): Promise<void> {
    await this.page.evaluate(
      async ({ plugin, values }) => {
        const config = JSON.parse(
          document.getElementById('jupyter-config-data')?.textContent ?? '{}'
        );
        const cookie = /_xsrf=([^;]+)/.exec(document.cookie)?.[1] ?? '';
        await fetch(`${config.baseUrl}lab/api/settings/${plugin}`, {
          method: 'PUT',
          headers: {
            'Content-Type': 'application/json',
            'X-XSRFToken': cookie
          },
          body: JSON.stringify({ raw: JSON.stringify(values) })
        });
      },
      { plugin, values }
    );
  }

  /** Keep a picture that people look at. */
  async picture(name: string): Promise<void> {
    fs.mkdirSync(SCREENS, { recursive: true });
    await this.page.screenshot({ path: path.join(SCREENS, `${name}.png`) });
  }
}
