import { Dialog } from '@jupyterlab/apputils';

import { confirmDeleteJob, confirmRemove } from '../widgets/confirm';
import { makeGroup, makeJob, makeMetrics, trans } from './fakes';

/** The dialog that is open, once it has a title. */
async function opened(): Promise<HTMLElement> {
  for (;;) {
    const node = document.querySelector<HTMLElement>('.jp-Dialog');
    if (node?.querySelector('.jp-Dialog-header')?.textContent) {
      return node;
    }
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

async function press(selector: string): Promise<string> {
  const dialog = await opened();
  const text = dialog.textContent ?? '';
  dialog.querySelector<HTMLElement>(selector)?.click();
  return text;
}

describe('the question before a worker group is removed', () => {
  const group = makeGroup({ name: 'highmem' });
  const holding = makeMetrics({ tasks: { memory: 3 } });

  afterEach(() => Dialog.flush());

  it('is not asked where no worker holds a result', async () => {
    const idle = makeMetrics({ tasks: { processing: 4 } });
    expect(await confirmRemove(group, idle, trans)).toBe(true);
  });

  it('is not asked where no worker is ready', async () => {
    const empty = makeGroup({ name: 'highmem', ready: 0 });
    expect(await confirmRemove(empty, holding, trans)).toBe(true);
  });

  it('is asked where results may be lost, and is answered by the user', async () => {
    const answer = confirmRemove(group, holding, trans);
    const text = await press('button.jp-mod-warn');
    expect(text).toContain('“highmem”');
    expect(text).toContain('Its 2 workers stop.');
    expect(await answer).toBe(true);
  });

  it('is asked where nobody knows what workers hold', async () => {
    const answer = confirmRemove(group, null, trans);
    await press('button.jp-mod-reject');
    expect(await answer).toBe(false);
  });
});

describe('the question before a job is deleted', () => {
  afterEach(() => Dialog.flush());

  it('tells whose job it is and that it is stopped', async () => {
    const answer = confirmDeleteJob(makeJob({ owner: 'bob' }), 'alice', trans);
    const text = await press('button.jp-mod-reject');
    expect(text).toContain('Made by bob. It is stopped');
    expect(await answer).toBe(false);
  });

  it('tells that logs go with a job that has ended', async () => {
    const ended = makeJob({ phase: 'Succeeded' });
    const answer = confirmDeleteJob(ended, null, trans);
    const text = await press('button.jp-mod-warn');
    expect(text).toContain('Its logs are deleted with it.');
    expect(await answer).toBe(true);
  });
});
