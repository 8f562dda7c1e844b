import { expect, test } from '@playwright/test';

import { Lab } from './lab';

for (const theme of ['Light', 'Dark'] as const) {
  test(`connect puts the code into a console, ${theme}`, async ({ page }) => {
    const lab = new Lab(page);
    const name = `demo-${theme.toLowerCase()}`;
    await lab.open(`console-${theme}`);
    await lab.theme(`JupyterLab ${theme}`);
    await page.reload();
    await lab.ready();
    await lab.showPanel();
    await lab.createCluster(name, { Workers: '1' });
    await lab.running(name, 1);
    await page.locator('.jp-LauncherCard[data-category="Console"]').click();
    const console = page.locator('.jp-ConsolePanel');
    const prompt = console.locator('.jp-CodeConsole-promptCell .cm-content');
    await expect(prompt).toBeVisible();
    const connect = lab.card(name).getByRole('button', { name: 'Connect' });

    await connect.click();
    await expect(prompt).toContainText(`# ${name}`);
    await expect(prompt).toBeFocused();
    // Never twice, and never run without being asked.
    await connect.click();
    await expect(prompt.getByText('import Client')).toHaveCount(1);
    await expect(page.locator('.Toastify__toast')).toHaveCount(0);
    await lab.picture(`${theme.toLowerCase()}-91-console`);

    await prompt.click();
    await page.keyboard.press('Shift+Enter');
    await expect(console.locator('.jp-OutputArea').first()).toContainText(
      'tcp://127.0.0.1'
    );

    await test.step('a line that was begun stays', async () => {
      await prompt.click();
      await page.keyboard.insertText('x = 1');
      await connect.click();
      await expect(prompt).toContainText(/# demo.*clientx = 1/s);
    });

    await test.step('a notebook in front has the code', async () => {
      await lab.command('New Launcher');
      await lab.newNotebook();
      await connect.click();
      await expect(lab.cells().first()).toContainText(`# ${name}`);
    });
    await lab.theme('JupyterLab Light');
    await lab.deleteCluster(name);
  });
}
