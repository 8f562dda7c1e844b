import { expect, test } from '@playwright/test';
import fs from 'fs';
import os from 'os';
import path from 'path';

import { Lab } from './lab';

/** Makes a folder that pip takes for an index, and a package that the kernel alone has. */
const MAKE_PACKAGE = (index: string, name: string) => `
import pathlib, sys, zipfile
index, name = pathlib.Path(${JSON.stringify(index)}), "${name}"
info = f"{name}-2.0.dist-info"
files = {f"{name}.py": "VERSION = '2.0'\\n",
  f"{info}/METADATA": f"Metadata-Version: 2.1\\nName: {name}\\nVersion: 2.0\\n",
  f"{info}/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
  f"{info}/RECORD": f"{name}.py,,\\n{info}/METADATA,,\\n{info}/WHEEL,,\\n{info}/RECORD,,\\n"}
with zipfile.ZipFile(index / f"{name}-2.0-py3-none-any.whl", "w") as wheel:
  for file, text in files.items(): wheel.writestr(file, text)
with zipfile.ZipFile(index / f"{name}-2.0-py3-none-any.whl") as wheel: wheel.extractall(index / "here")
sys.path.insert(0, str(index / "here"))
import ${name}
folder = pathlib.Path("my_helpers"); folder.mkdir(exist_ok=True)
(folder / "__init__.py").write_text("def double(x): return 2 * x\\n")
print("made", ${name}.VERSION)
`;

const ON_WORKERS = (address: string, name: string) => `
from dask.distributed import Client
with Client(${address}) as c:
    print("workers:", set(c.run(lambda: __import__("${name}").VERSION).values()))
`;

const HELPERS = (address: string) => `
import my_helpers
with Client(${address}) as c:
    print("doubled:", c.submit(my_helpers.double, 21).result())
`;

for (const theme of ['Light', 'Dark'] as const) {
  test(`packages come to the workers, ${theme}`, async ({ page }) => {
    const lab = new Lab(page);
    const index = fs.mkdtempSync(path.join(os.tmpdir(), 'index-'));
    const name = `packages-${theme.toLowerCase()}`;
    // What one test installs, the workers of the next one have: they share an environment.
    const module = `very_small_${theme.toLowerCase()}`;
    const shot = (what: string) =>
      lab.picture(`packages-${theme.toLowerCase()}-${what}`);
    await lab.open(name);
    await lab.theme(`JupyterLab ${theme}`);
    await page.reload();
    await lab.ready();
    await lab.showPanel();
    const address = await create(lab, name, {
      PIP_NO_INDEX: '1',
      PIP_FIND_LINKS: index
    });
    await lab.running(name, 2);
    await lab.newNotebook();

    const run = async (code: string, expected: string) => {
      const cell = lab.cells().last();
      await cell.locator('.cm-content').click();
      await page.keyboard.press('Control+A');
      await page.evaluate(text => navigator.clipboard.writeText(text), code);
      await page.keyboard.press('Control+V');
      await lab.runCell();
      await expect(lab.notebook).toContainText(expected);
    };

    await page
      .context()
      .grantPermissions(['clipboard-read', 'clipboard-write']);
    await run(MAKE_PACKAGE(index, module), 'made 2.0');

    await test.step('connecting says nothing when versions match', async () => {
      await lab.select(name);
      await lab.card(name).getByRole('button', { name: 'Connect' }).click();
      await expect(lab.notebook).toContainText('from dask.distributed import');
    });

    const dialog = page.getByRole('dialog');
    const row = dialog.locator(
      `tr[data-package="${module.replaceAll('_', '-')}"]`
    );

    await test.step('the view shows what the workers lack', async () => {
      await lab.command('Packages of the Workers…');
      await expect(row).toContainText('2.0');
      await expect(row).toContainText('missing');
      await expect(row).toContainText('used here');
      // What the notebook uses is chosen already.
      await expect(row.getByRole('checkbox')).toBeChecked();
      await shot('01-missing');
    });

    await test.step('one click installs it', async () => {
      await dialog.getByRole('button', { name: 'Install 1 package' }).click();
      await expect(dialog).toContainText(
        'workers that come later get the same',
        {
          timeout: 90_000
        }
      );
      await expect(row).toHaveCount(0);
      await shot('02-installed');
      await dialog.getByRole('button', { name: 'Close' }).last().click();
      await run(ON_WORKERS(address, module), "workers: {'2.0'}");
    });

    await test.step('a folder is sent from the file browser', async () => {
      await page.locator('.jp-SideBar [data-id="filebrowser"]').click();
      const item = page.locator('.jp-DirListing-item', {
        hasText: 'my_helpers'
      });
      await item.click({ button: 'right' });
      await page
        .locator('.lm-Menu-item', { hasText: 'Send to Dask Workers' })
        .click();
      const toast = page.locator('.Toastify__toast');
      await expect(toast.first()).toContainText('import my_helpers', {
        timeout: 60_000
      });
      await shot('03-sent');
      await run(HELPERS(address), 'doubled: 42');
    });

    fs.rmSync(index, { recursive: true });
  });
}

test('a version that no index has is said plainly', async ({ page }) => {
  const lab = new Lab(page);
  const index = fs.mkdtempSync(path.join(os.tmpdir(), 'index-'));
  await lab.open('no-index');
  await create(lab, 'no-index', { PIP_INDEX_URL: 'http://127.0.0.1:9/simple' });
  await lab.running('no-index', 2);
  await lab.newNotebook();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const code = MAKE_PACKAGE(index, 'never_seen');
  await lab.cells().last().locator('.cm-content').click();
  await page.evaluate(text => navigator.clipboard.writeText(text), code);
  await page.keyboard.press('Control+V');
  await lab.runCell();
  await expect(lab.notebook).toContainText('made 2.0');
  await lab.command('Packages of the Workers…');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Install 1 package' }).click();
  await expect(dialog.getByRole('alert')).toContainText(
    'A package index cannot be reached from there',
    { timeout: 90_000 }
  );
  await lab.picture('packages-04-no-index');
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  fs.rmSync(index, { recursive: true });
});

/** Make a cluster whose workers know other indexes; return its address as Python has it. */
async function create(
  lab: Lab,
  name: string,
  env: Readonly<Record<string, string>>
): Promise<string> {
  await lab.make({ name, workers: 2, env });
  return lab.page.evaluate(async name => {
    const url = new URL('../../dask-k8s/api/clusters', document.baseURI);
    for (;;) {
      const { clusters } = await (await fetch(url)).json();
      const found = clusters.find((it: { name: string }) => it.name === name);
      if (found?.scheduler_address) {
        return JSON.stringify(found.scheduler_address);
      }
      await new Promise(resolve => setTimeout(resolve, 200));
    }
  }, name);
}
