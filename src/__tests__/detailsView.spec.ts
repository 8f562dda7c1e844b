import { CommandRegistry } from '@lumino/commands';
import { DisposableDelegate } from '@lumino/disposable';
import { MessageLoop } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import { act } from 'react';

import { DetailsModel } from '../details';
import type { Cluster, Export, Pod } from '../schema';
import type { IClusterManager, ITransition } from '../tokens';
import { makeDetailsWidget } from '../widgets/detailsView';
import { FakeBody, makeCluster, makePod, settle, status, trans } from './fakes';

class FakeManager {
  cluster: Cluster | undefined = makeCluster({
    backend: 'kubernetes',
    namespace: 'team-a',
    warnings: ['A worker was lost.']
  });
  status = status;
  readonly error = '';
  readonly waiting = '';
  readonly ready = Promise.resolve();
  readonly body = new FakeBody();
  readonly changed = new Signal<FakeManager, void>(this);
  readonly transitioned = new Signal<FakeManager, ITransition>(this);
  exports = 0;
  failure = '';

  get(): Cluster | undefined {
    return this.cluster;
  }

  look(): DisposableDelegate {
    return new DisposableDelegate(() => undefined);
  }

  async pods(): Promise<Pod[]> {
    return [makePod({ name: 'demo-scheduler', component: 'scheduler' })];
  }

  events = async (): Promise<FakeBody> => this.body;
  logs = async (): Promise<FakeBody> => this.body;
  logsURL = (): string => '';

  async export(): Promise<Export> {
    this.exports += 1;
    if (this.failure !== '') {
      throw new Error(this.failure);
    }
    const content = `kind: DaskCluster # ${this.exports}\n`;
    return { kind: 'object', mimetype: 'application/yaml', content };
  }
}

describe('DetailsView', () => {
  let manager: FakeManager;
  let model: DetailsModel;
  let widget: ReturnType<typeof makeDetailsWidget>;
  const { body } = document;

  const show = async (): Promise<void> => {
    await act(async () => {
      MessageLoop.flush();
      await settle();
      MessageLoop.flush();
    });
  };
  const open = async (): Promise<void> => {
    model = new DetailsModel({
      cluster: 'demo',
      manager: manager as unknown as IClusterManager,
      trans
    });
    widget = makeDetailsWidget({
      commands: new CommandRegistry(),
      editors: null,
      model,
      trans
    });
    await act(async () => Widget.attach(widget, body));
    await show();
    await show();
  };
  const text = (): string => widget.node.textContent ?? '';
  const tabs = (): HTMLElement[] => [
    ...widget.node.querySelectorAll<HTMLElement>('[role="tab"]')
  ];
  const panel = (): HTMLElement | undefined =>
    [...widget.node.querySelectorAll<HTMLElement>('[role="tabpanel"]')].find(
      node => !node.classList.contains('lm-mod-hidden')
    );
  const choose = async (label: string): Promise<void> => {
    await act(async () =>
      tabs()
        .find(tab => tab.textContent === label)
        ?.click()
    );
    await show();
  };

  beforeEach(() => {
    (
      globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }
    ).IS_REACT_ACT_ENVIRONMENT = true;
    manager = new FakeManager();
  });

  afterEach(() => {
    act(() => widget.dispose());
    expect(model.isDisposed).toBe(true);
  });

  it('begins with an overview', async () => {
    await open();
    expect(widget.title.label).toBe('Details of demo');
    expect(tabs().map(tab => tab.textContent)).toEqual([
      'Overview',
      'Pods',
      'Events',
      'Logs',
      'YAML'
    ]);
    expect(panel()?.textContent).toContain('tcp://127.0.0.1:8786');
    expect(panel()?.textContent).toContain('namespace team-a');
    expect(panel()?.textContent).toContain('A worker was lost.');
    expect(panel()?.textContent).toContain('2/2');
  });

  it('names each part for assistive technology', async () => {
    await open();
    for (const tab of tabs()) {
      await choose(tab.textContent ?? '');
      expect(tab.getAttribute('aria-selected')).toBe('true');
      expect(panel()?.id).toBe(tab.getAttribute('aria-controls'));
      expect(panel()?.getAttribute('aria-labelledby')).toBe(tab.id);
      expect(tabs().filter(({ tabIndex }) => tabIndex === 0)).toEqual([tab]);
    }
  });

  it('goes from tab to tab with the arrows', async () => {
    await open();
    tabs()[0].focus();
    const press = async (key: string): Promise<string | null | undefined> => {
      await act(async () => {
        document.activeElement?.dispatchEvent(
          new KeyboardEvent('keydown', { key, bubbles: true })
        );
      });
      await show();
      return document.activeElement?.textContent;
    };
    expect(await press('ArrowRight')).toBe('Pods');
    expect(await press('End')).toBe('YAML');
    expect(await press('ArrowRight')).toBe('Overview');
    expect(await press('ArrowLeft')).toBe('YAML');
    expect(model.tab).toBe('yaml');
  });

  it('shows the YAML, reads it again when asked to, and says why not', async () => {
    await open();
    await choose('YAML');
    expect(panel()?.textContent).toContain('kind: DaskCluster # 1');
    await choose('Overview');
    await choose('YAML');
    expect(manager.exports).toBe(1);
    const again = widget.node.querySelector<HTMLElement>(
      '[aria-label="Read the YAML again"]'
    );
    await act(async () => again?.click());
    await show();
    expect(panel()?.textContent).toContain('kind: DaskCluster # 2');
    manager.failure = 'You may not read this.';
    await act(async () => again?.click());
    await show();
    expect(panel()?.querySelector('[role="alert"]')?.textContent).toBe(
      'You may not read this.'
    );
    expect(panel()?.textContent).toContain('kind: DaskCluster # 2');
  });

  it('has no YAML of processes', async () => {
    manager.cluster = makeCluster();
    await open();
    expect(tabs().map(tab => tab.textContent)).toEqual([
      'Overview',
      'Processes',
      'Events',
      'Logs'
    ]);
  });

  it('promises neither address nor end of what has failed', async () => {
    manager.cluster = makeCluster({ phase: 'Failed', scheduler_address: null });
    await open();
    expect(text()).not.toContain('No address yet');
    expect(text()).not.toContain('Ends');
  });

  it('opens the log of a pod from the table', async () => {
    await open();
    await choose('Pods');
    const pod = panel()?.querySelector<HTMLElement>('.jp-Dask-pod-open');
    pod?.focus();
    expect(document.activeElement).toBe(pod);
    await act(async () => pod?.click());
    await show();
    expect(document.activeElement?.textContent).toBe('Logs');
    expect(model.tab).toBe('logs');
    expect(model.logs.pod).toBe('demo-scheduler');
  });

  it('searches the log also from its tab', async () => {
    await open();
    await choose('Logs');
    const tab = tabs().find(it => it.textContent === 'Logs');
    tab?.focus();
    const init = { key: 'f', ctrlKey: true, bubbles: true };
    await act(async () =>
      tab?.dispatchEvent(new KeyboardEvent('keydown', init))
    );
    expect(document.activeElement?.getAttribute('type')).toBe('search');
  });

  it('says that the cluster is gone, and can be closed', async () => {
    await open();
    manager.cluster = undefined;
    await act(async () => manager.changed.emit());
    await show();
    expect(text()).toContain(
      '“demo” is gone. What was read of it is still here.'
    );
    expect(panel()?.textContent).toContain('tcp://127.0.0.1:8786');
    await act(async () =>
      [...widget.node.querySelectorAll('button')]
        .find(button => button.textContent === 'Close')
        ?.click()
    );
    await show();
    expect(widget.isDisposed).toBe(true);
  });

  it('says that it shows what was', async () => {
    await open();
    manager.status = { ...status, stale_since: new Date().toISOString() };
    await act(async () => manager.changed.emit());
    await show();
    expect(text()).toContain('This is as it was at');
    manager.status = status;
    await act(async () => manager.changed.emit());
    await show();
    expect(text()).not.toContain('This is as it was at');
  });

  it('says that there never was one', async () => {
    manager.cluster = undefined;
    await open();
    await show();
    expect(text()).toContain('There is no cluster “demo”.');
    expect(tabs()).toHaveLength(0);
  });
});
