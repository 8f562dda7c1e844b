import { CommandRegistry } from '@lumino/commands';
import { DisposableDelegate } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import React, { act } from 'react';
import { createRoot, Root } from 'react-dom/client';

import type { ClusterPatch, Metrics, MetricsFrame } from '../schema';
import { CommandIDs, IMetricsFeed } from '../tokens';
import { Card, ICardProps } from '../widgets/card';
import { CLUSTER_ARGS } from '../widgets/commandArgs';
import { limits, makeCluster, makeGroup, makeMetrics, trans } from './fakes';

class FakeFeed implements IMetricsFeed {
  readonly changed: Signal<IMetricsFeed, MetricsFrame> = new Signal(this);
  readonly watched: string[] = [];
  frame: MetricsFrame | undefined;

  watch(name: string): DisposableDelegate {
    this.watched.push(name);
    return new DisposableDelegate(() => {
      this.watched.splice(this.watched.indexOf(name), 1);
    });
  }

  latest(): MetricsFrame | undefined {
    return this.frame;
  }

  history(): ReadonlyArray<Metrics> {
    return this.frame?.metrics ? [this.frame.metrics] : [];
  }

  push(metrics: Metrics | null, reason = ''): void {
    this.frame = { name: 'demo', metrics, reason };
    this.changed.emit(this.frame);
  }
}

describe('Card', () => {
  let host: HTMLElement;
  let root: Root;
  let feed: FakeFeed;
  let commands: CommandRegistry;
  let props: ICardProps;

  const show = (part: Partial<ICardProps> = {}): void => {
    props = { ...props, ...part };
    act(() => root.render(<Card {...props} />));
  };
  const text = (): string => host.textContent ?? '';
  const button = (label: string): HTMLButtonElement | undefined =>
    [...host.querySelectorAll('button')].find(
      node =>
        node.textContent === label || node.getAttribute('aria-label') === label
    );
  const type = (input: HTMLInputElement, value: string): void => {
    const setter = Object.getOwnPropertyDescriptor(
      HTMLInputElement.prototype,
      'value'
    )?.set;
    act(() => {
      setter?.call(input, value);
      input.dispatchEvent(new Event('input', { bubbles: true }));
    });
  };

  beforeEach(() => {
    (
      globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }
    ).IS_REACT_ACT_ENVIRONMENT = true;
    host = document.createElement('div');
    document.body.appendChild(host);
    root = createRoot(host);
    feed = new FakeFeed();
    commands = new CommandRegistry();
    props = {
      cluster: makeCluster(),
      commands,
      feed,
      limits,
      live: true,
      scaling: false,
      selected: true,
      trans,
      user: 'alice',
      onDragStart: jest.fn(),
      onMenu: jest.fn(),
      onScale: jest.fn().mockResolvedValue(undefined),
      onScaleEnd: jest.fn(),
      onSelect: jest.fn()
    };
  });

  afterEach(() => {
    act(() => root.unmount());
    host.remove();
  });

  it('shows name, phase, workers and what a worker has', () => {
    show();
    expect(text()).toContain('demo');
    expect(text()).toContain('2/2 workers');
    expect(text()).toContain('Running');
    expect(text()).toContain('2 threads, 3 GiB each');
  });

  it('is one row until it is selected', () => {
    show({ selected: false });
    expect(host.querySelector('.jp-Dask-card-body')).toBeNull();
    expect(feed.watched).toEqual([]);
    const select = host.querySelector<HTMLElement>('.jp-Dask-card-select');
    expect(select?.getAttribute('aria-expanded')).toBe('false');
    act(() => select?.click());
    expect(props.onSelect).toHaveBeenCalledTimes(1);
  });

  it('says why a cluster waits, with a line of progress', () => {
    show({
      cluster: makeCluster({ phase: 'Pending', reason: 'Waiting for quota.' })
    });
    expect(text()).toContain('Waiting for quota.');
    expect(host.querySelector('.jp-Dask-progress')).not.toBeNull();
    expect(host.querySelector('.jp-Dask-readings')).toBeNull();
  });

  it('has all of a long reason in the tooltip of a closed card', () => {
    const reason = 'Waiting for workers: 0 of 4 ready. '.repeat(8).trim();
    const cluster = makeCluster({ phase: 'Pending', reason });
    const node = (): HTMLElement | null =>
      host.querySelector<HTMLElement>('.jp-Dask-reason');
    show({ cluster, selected: false });
    expect(node()?.title).toBe(reason);
    show({ selected: true });
    expect(node()?.title).toBe('');
    expect(node()?.textContent).toBe(reason);
  });

  it('says what is left of a cluster that stops', () => {
    const cluster = makeCluster({
      phase: 'Stopping',
      reason: 'Shutting down. 2 pods left.',
      groups: [makeGroup({ desired: 0, ready: 1 })]
    });
    show({ cluster });
    expect(text()).toContain('Shutting down. 2 pods left.');
    expect(text()).toContain('1 worker');
    expect(text()).not.toContain('1/0');
    expect(text()).not.toContain('Runs until');
    expect(host.querySelector('.jp-Dask-progress')).not.toBeNull();
    show({ cluster: makeCluster({ ...cluster, groups: [] }) });
    expect(text()).not.toContain('worker');
  });

  it('shows a cluster without worker groups', () => {
    show({ cluster: makeCluster({ groups: [] }) });
    expect(text()).toContain('no workers');
    expect(text()).not.toContain('each');
  });

  it('shows each of several worker groups', () => {
    const gpu = makeGroup({ name: 'gpu', desired: 3, ready: 1, gpus: 1 });
    show({ cluster: makeCluster({ groups: [makeGroup(), gpu] }) });
    expect(text()).toContain('3/5 workers');
    const lines = [...host.querySelectorAll('.jp-Dask-group')];
    expect(lines.map(node => node.textContent)).toEqual([
      'default: 2 of 22 threads, 3 GiB',
      'gpu: 1 of 32 threads, 3 GiB, 1 GPU'
    ]);
  });

  it.each([
    ['alice', false, ''],
    ['bob', false, 'Made by bob'],
    ['', false, 'Made outside this panel'],
    ['', true, '']
  ])('says who made a cluster of “%s”', (owner, shared, expected) => {
    show({ cluster: makeCluster({ owner, shared }) });
    expect(text()).toContain(expected);
    expect(text().includes('Made')).toBe(expected !== '');
  });

  it('watches only while it can be seen', () => {
    show();
    expect(feed.watched).toEqual(['demo']);
    show({ live: false });
    expect(feed.watched).toEqual([]);
    show({ live: true });
    show({ selected: false });
    expect(feed.watched).toEqual([]);
  });

  it('shows readings as they come', () => {
    show();
    act(() => feed.push(makeMetrics()));
    expect(text()).toContain('62 %');
    expect(text()).toContain('1.5/6 GiB');
    expect(text()).toContain('10 to do');
    expect(text()).not.toContain('GPU');
    const gpu = {
      count: 1,
      memory: 2 ** 30,
      memory_total: 4 * 2 ** 30,
      utilization: 10
    };
    act(() => feed.push(makeMetrics({ gpu, tasks: { erred: 2 } })));
    expect(text()).toContain('1/4 GiB');
    expect(text()).toContain('2 tasks failed');
    act(() => feed.push(null, 'The scheduler does not answer.'));
    expect(text()).toContain('The scheduler does not answer.');
  });

  it('offers only commands that exist, and enables them as they say', () => {
    const execute = jest.fn();
    commands.addCommand(CommandIDs.connect, {
      describedBy: { args: CLUSTER_ARGS },
      execute
    });
    commands.addCommand(CommandIDs.scale, {
      describedBy: { args: CLUSTER_ARGS },
      execute,
      isEnabled: () => false
    });
    show();
    expect(button('Dashboard')).toBeUndefined();
    expect(button('Scale')?.disabled).toBe(true);
    act(() => button('Connect')?.click());
    expect(execute).toHaveBeenCalledWith({ cluster: 'demo' });
  });

  it('opens the menu, by the button and by the right button', () => {
    show();
    act(() => button('Actions for demo')?.click());
    const event = new MouseEvent('contextmenu', {
      bubbles: true,
      cancelable: true
    });
    act(() => {
      host.querySelector('li')?.dispatchEvent(event);
    });
    expect(event.defaultPrevented).toBe(true);
    expect(props.onMenu).toHaveBeenCalledTimes(2);
  });

  describe('scale editor', () => {
    const field = (): HTMLInputElement => {
      const input = host.querySelector<HTMLInputElement>('[type=text]');
      if (!input) {
        throw new Error('There is no field.');
      }
      return input;
    };
    const submit = async (): Promise<void> => {
      await act(async () => {
        host
          .querySelector('form')
          ?.dispatchEvent(
            new Event('submit', { bubbles: true, cancelable: true })
          );
      });
    };

    it('starts with what there is and applies a number', async () => {
      show({ scaling: true });
      expect(field().value).toBe('2');
      act(() => button('Workers: one more')?.click());
      expect(field().value).toBe('3');
      await submit();
      expect(props.onScale).toHaveBeenCalledWith({ workers: 3 });
    });

    it('scales the default group, wherever it stands', async () => {
      const gpu = makeGroup({ name: 'gpu', desired: 5 });
      show({
        scaling: true,
        cluster: makeCluster({ groups: [gpu, makeGroup()] })
      });
      expect(field().value).toBe('2');
      await submit();
      expect(props.onScale).toHaveBeenCalledWith({ workers: 2 });
    });

    it('names the group where there is no default one', async () => {
      const gpu = makeGroup({ name: 'gpu', desired: 5 });
      show({ scaling: true, cluster: makeCluster({ groups: [gpu] }) });
      expect(field().value).toBe('5');
      await submit();
      expect(props.onScale).toHaveBeenCalledWith({ workers: 5, group: 'gpu' });
    });

    it('does with limits that the backend does not set', async () => {
      show({
        scaling: true,
        limits: {
          ...limits,
          max_threads: null,
          memory: null,
          max_clusters: null
        }
      });
      type(field(), '8');
      await submit();
      expect(props.onScale).toHaveBeenCalledWith({ workers: 8 });
    });

    it('starts with the autoscaler of an adaptive cluster', async () => {
      show({
        scaling: true,
        cluster: makeCluster({ adapt: { minimum: 1, maximum: 5 } })
      });
      expect(field().value).toBe('1');
      await submit();
      expect(props.onScale).toHaveBeenCalledWith({
        adapt: { minimum: 1, maximum: 5 }
      });
    });

    it.each([
      ['9', 'At most 8 workers are allowed here.'],
      ['-1', 'Enter a whole number of workers.'],
      ['', 'Enter a whole number of workers.']
    ])('refuses %s', async (value, sentence) => {
      show({ scaling: true });
      type(field(), value);
      expect(text()).toContain(sentence);
      expect(button('Apply')?.disabled).toBe(true);
      await submit();
      expect(props.onScale).not.toHaveBeenCalled();
    });

    it('shows the sentence of the server and keeps the input', async () => {
      const onScale: (patch: ClusterPatch) => Promise<void> = () =>
        Promise.reject(new Error('There is not enough memory.'));
      show({ scaling: true, onScale });
      type(field(), '4');
      await submit();
      expect(text()).toContain('There is not enough memory.');
      expect(field().value).toBe('4');
    });

    it('ends with Escape', () => {
      show({ scaling: true });
      act(() => {
        field().dispatchEvent(
          new KeyboardEvent('keydown', { key: 'Escape', bubbles: true })
        );
      });
      expect(props.onScaleEnd).toHaveBeenCalledTimes(1);
    });
  });
});
