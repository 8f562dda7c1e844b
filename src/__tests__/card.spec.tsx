import { CommandRegistry } from '@lumino/commands';
import { DisposableDelegate } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import React, { act } from 'react';
import { createRoot, Root } from 'react-dom/client';

import type { ClusterPatch, Metrics, MetricsFrame } from '../schema';
import { CommandIDs, IMetricsFeed } from '../tokens';
import { Card, ICardProps } from '../widgets/card';
import { CLUSTER_ARGS } from '../widgets/commandArgs';
import { limits, makeCluster, makeMetrics, trans } from './fakes';

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
