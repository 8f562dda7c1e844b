import { CommandRegistry } from '@lumino/commands';
import { DisposableDelegate } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import React, { act } from 'react';
import { createRoot, Root } from 'react-dom/client';

import { ClusterError } from '../client';
import type {
  ClusterPatch,
  Metrics,
  MetricsFrame,
  MonitorFrame
} from '../schema';
import { CommandIDs, IMetricsFeed } from '../tokens';
import { Card, ICardProps } from '../widgets/card';
import { CLUSTER_ARGS } from '../widgets/commandArgs';
import {
  limits,
  makeCluster,
  makeGroup,
  makeLifetime,
  makeMetrics,
  trans
} from './fakes';

class FakeFeed implements IMetricsFeed {
  readonly changed: Signal<IMetricsFeed, MetricsFrame> = new Signal(this);
  readonly monitored: Signal<IMetricsFeed, MonitorFrame> = new Signal(this);
  readonly watched: string[] = [];
  frame: MetricsFrame | undefined;

  watch(name: string): DisposableDelegate {
    this.watched.push(name);
    return new DisposableDelegate(() => {
      this.watched.splice(this.watched.indexOf(name), 1);
    });
  }

  watchMonitor(): DisposableDelegate {
    throw new Error('A card shows no monitor.');
  }

  latest(): MetricsFrame | undefined {
    return this.frame;
  }

  history(): ReadonlyArray<Metrics> {
    return this.frame?.metrics ? [this.frame.metrics] : [];
  }

  push(metrics: Metrics | null, reason = ''): void {
    this.frame = { name: 'demo', metrics, reason, kind: 'metrics' };
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
  const submitForm = async (): Promise<void> => {
    await act(async () => {
      host
        .querySelector('form')
        ?.dispatchEvent(
          new Event('submit', { bubbles: true, cancelable: true })
        );
    });
  };
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
      mixed: false,
      editing: null,
      selected: true,
      trans,
      user: 'alice',
      onDragStart: jest.fn(),
      onMenu: jest.fn(),
      onSelect: jest.fn(),
      onEdit: jest.fn(),
      onEditEnd: jest.fn(),
      onUpdate: jest.fn().mockResolvedValue(undefined),
      onAddGroup: jest.fn().mockResolvedValue(undefined),
      onScaleGroup: jest.fn().mockResolvedValue(undefined),
      onRemoveGroup: jest.fn(),
      onExtend: jest.fn()
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

  it('has all of a long reason in the tooltip', () => {
    const reason = 'Waiting for workers: 0 of 4 ready. '.repeat(8).trim();
    const cluster = makeCluster({ phase: 'Pending', reason });
    const node = (): HTMLElement | null =>
      host.querySelector<HTMLElement>('.jp-Dask-reason-text');
    for (const selected of [false, true]) {
      show({ cluster, selected });
      expect(node()?.title).toBe(reason);
      expect(node()?.textContent).toBe(reason);
    }
  });

  describe('for how long it has waited', () => {
    const start = Date.parse('2026-11-21T10:00:00Z');
    const cluster = makeCluster({
      phase: 'Pending',
      reason: 'Pulling the image.',
      since: new Date(start).toISOString()
    });
    const at = (seconds: number): void => {
      jest.setSystemTime(start + seconds * 1000);
      act(() => jest.advanceTimersByTime(0));
    };

    beforeEach(() => {
      jest.useFakeTimers({ now: start });
    });

    afterEach(() => {
      jest.useRealTimers();
    });

    it('says nothing of moments, then seconds, then minutes', () => {
      show({ cluster });
      expect(text()).not.toContain('for ');
      act(() => jest.advanceTimersByTime(12_000));
      expect(text()).toContain('Pulling the image.for 12 s');
      act(() => jest.advanceTimersByTime(60_000));
      act(() => jest.advanceTimersByTime(15_000));
      expect(text()).toContain('Pulling the image.for 1 min');
    });

    it('stands still while nobody sees it', () => {
      show({ cluster, live: false });
      act(() => jest.advanceTimersByTime(12_000));
      expect(text()).not.toContain('for ');
    });

    it('takes a clock that is behind', () => {
      at(-60);
      show({ cluster });
      expect(text()).toContain('Pulling the image.');
      expect(text()).not.toContain('for ');
    });

    it('says when it failed', () => {
      at(120);
      show({ cluster: { ...cluster, phase: 'Failed' } });
      expect(text()).toContain('2 min ago');
    });
  });

  describe('details', () => {
    let opened: string[];
    const cluster = makeCluster({ phase: 'Pending', reason: 'Waiting.' });

    beforeEach(() => {
      opened = [];
      commands.addCommand(CommandIDs.details, {
        describedBy: { args: CLUSTER_ARGS },
        execute: args => opened.push(String(args.cluster))
      });
    });

    it('open from the title, by its button and from the reason', () => {
      show({ cluster });
      act(() => button('Details of demo')?.click());
      act(() => button('Details')?.click());
      act(() => {
        host
          .querySelector('.jp-Dask-card-select')
          ?.dispatchEvent(new MouseEvent('dblclick', { bubbles: true }));
      });
      expect(opened).toEqual(['demo', 'demo', 'demo']);
    });

    it('are not offered where there are none', () => {
      show({ cluster, commands: new CommandRegistry() });
      expect(button('Details of demo')).toBeUndefined();
      expect(button('Details')).toBeUndefined();
    });
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
      'default2/22 threads, 3 GiB',
      'gpu1/32 threads, 3 GiB, 1 GPU'
    ]);
  });

  it('says what is special about a cluster', () => {
    show({
      cluster: makeCluster({
        shared: true,
        profile: 'gpu',
        bounds: { minimum: 2, maximum: 10 },
        warnings: ['The autoscaler counts the work of all groups.']
      }),
      mixed: true
    });
    expect(text()).toContain('2 to 10 workers');
    expect(host.querySelector('.jp-Dask-tag')?.textContent).toBe('gpu');
    expect(host.querySelector('.jp-Dask-warning')?.textContent).toBe(
      'The autoscaler counts the work of all groups.'
    );
    expect(text()).toContain('processes of this notebook');
    expect(button('Add worker group')).toBeUndefined();
  });

  it('shows the last three decisions of the autoscaler', () => {
    const at = (minute: number) => `2026-11-21T10:${minute}:00Z`;
    const decisions = [44, 43, 42, 41].map((minute, before) => ({
      time: at(minute),
      before,
      wanted: 4,
      got: before === 0 ? null : 3
    }));
    const adapt = { minimum: 0, maximum: 4 };
    show({ cluster: makeCluster({ adapt, decisions }) });
    const lines = [...host.querySelectorAll('.jp-Dask-decisions span')];
    expect(lines.map(node => node.textContent)).toEqual([
      'wanted 4 (from 0)',
      'wanted 4 (from 1), got 3',
      'wanted 4 (from 2), got 3'
    ]);
    show({ cluster: makeCluster({ decisions }) });
    expect(host.querySelector('.jp-Dask-decisions')).toBeNull();
  });

  describe('worker groups', () => {
    const gpu = makeGroup({ name: 'gpu', desired: 3, ready: 1, gpus: 1 });
    const cluster = makeCluster({ groups: [makeGroup(), gpu] });

    it('are scaled and removed one by one, the first by its cluster', () => {
      show({ cluster });
      expect(button('Remove the group default')).toBeUndefined();
      act(() => button('Remove the group gpu')?.click());
      expect(props.onRemoveGroup).toHaveBeenCalledWith(gpu);
      act(() => button('Scale the group gpu')?.click());
      act(() => button('Scale the group default')?.click());
      expect(jest.mocked(props.onEdit).mock.calls).toEqual([
        ['group', 'gpu'],
        ['scale']
      ]);
    });

    it('take a number of workers', async () => {
      const editing = { what: 'group', cluster: 'demo', group: 'gpu' } as const;
      show({ cluster, editing });
      act(() => button('Workers: one less')?.click());
      await act(async () => button('Apply')?.click());
      expect(props.onScaleGroup).toHaveBeenCalledWith('gpu', 2);
    });

    it('are connected to with a hint', () => {
      const execute = jest.fn();
      commands.addCommand(CommandIDs.connect, {
        describedBy: { args: CLUSTER_ARGS },
        execute
      });
      show({ cluster });
      act(() => button('Connect notebook to the group gpu')?.click());
      expect(execute).toHaveBeenCalledWith({ cluster: 'demo', group: 'gpu' });
    });

    it('are added with what was typed', async () => {
      show({ editing: { what: 'newGroup', cluster: 'demo' } });
      const labelled = (label: string): HTMLInputElement => {
        const found = [...host.querySelectorAll('label')].find(node =>
          node.textContent?.startsWith(label)
        );
        return found?.querySelector('input, textarea') as HTMLInputElement;
      };
      expect(button('Add')?.disabled).toBe(true);
      type(labelled('Name'), 'High Mem');
      expect(text()).toContain('Use lower-case letters');
      type(labelled('Name'), 'default');
      expect(text()).toContain('There is a group “default” already.');
      type(labelled('Name'), 'highmem');
      type(labelled('Memory'), '1 GiB');
      expect(labelled('Image')).toBeUndefined();
      await act(async () => button('Add')?.click());
      expect(props.onAddGroup).toHaveBeenCalledWith({
        name: 'highmem',
        workers: 1,
        resources: { memory: '1 GiB' }
      });
    });

    it('show the refusal of the server at its field', async () => {
      const refusal = new ClusterError('Too much.', 422, 'InvalidField', {
        field: 'resources.memory'
      });
      show({
        editing: { what: 'newGroup', cluster: 'demo' },
        onAddGroup: () => Promise.reject(refusal)
      });
      const [name] = host.querySelectorAll('input');
      type(name, 'highmem');
      await act(async () => button('Add')?.click());
      const wrong = host.querySelector('[aria-invalid="true"]');
      expect(wrong?.closest('label')?.textContent).toBe('Memory');
      expect(text()).toContain('Too much.');
    });
  });

  describe('lifetime', () => {
    const idle = {
      kind: 'idle' as const,
      seconds: 3600,
      idle_since: new Date(Date.now() - 48 * 60_000).toISOString()
    };
    const ends = new Date(Date.now() + 12 * 60_000).toISOString();

    it('counts down and can be extended', () => {
      const lifetime = makeLifetime({ ...idle, ends });
      show({ cluster: makeCluster({ lifetime }) });
      expect(text()).toContain('Shuts down in 12 min: idle');
      act(() => button('Extend')?.click());
      expect(props.onExtend).toHaveBeenCalledTimes(1);
    });

    it('is known first from the readings', () => {
      const lifetime = makeLifetime({ ...idle, ends });
      show({ cluster: makeCluster({ lifetime }) });
      act(() => feed.push(makeMetrics({ time: 1000, ends: 1000 + 120 })));
      expect(text()).toContain('Shuts down in 2 min');
      act(() => feed.push(makeMetrics({ time: 1001, ends: null })));
      expect(text()).toContain('Shuts down after 1 h idle');
      expect(button('Extend')).toBeUndefined();
    });

    it('is edited in place', async () => {
      show({ editing: { what: 'lifetime', cluster: 'demo' } });
      act(() => host.querySelector<HTMLElement>('[value="idle"]')?.click());
      const fields = host.querySelectorAll<HTMLInputElement>('[type=text]');
      type(fields[0], 'soon');
      expect(button('Apply')?.disabled).toBe(true);
      for (const endless of ['1e999', '525601']) {
        type(fields[0], endless);
        expect(text()).toContain('At most 525600 minutes are possible.');
        expect(button('Apply')?.disabled).toBe(true);
      }
      type(fields[0], '0.5');
      type(fields[1], '10');
      await submitForm();
      expect(props.onUpdate).toHaveBeenCalledWith({
        lifetime: { kind: 'idle', seconds: 30, no_client_seconds: 600 }
      });
    });
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
    // The list says so, too, after a while: once is enough.
    show({
      cluster: makeCluster({ reason: 'The scheduler does not answer.' })
    });
    expect(text().match(/does not answer/g)).toHaveLength(1);
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
    it('starts with what there is and applies a number', async () => {
      show({ editing: { what: 'scale', cluster: 'demo' } });
      expect(field().value).toBe('2');
      act(() => button('Workers: one more')?.click());
      expect(field().value).toBe('3');
      await submitForm();
      expect(props.onUpdate).toHaveBeenCalledWith({ workers: 3 });
    });

    it('scales the default group, wherever it stands', async () => {
      const gpu = makeGroup({ name: 'gpu', desired: 5 });
      show({
        editing: { what: 'scale', cluster: 'demo' },
        cluster: makeCluster({ groups: [gpu, makeGroup()] })
      });
      expect(field().value).toBe('2');
      await submitForm();
      expect(props.onUpdate).toHaveBeenCalledWith({ workers: 2 });
    });

    it('names the group where there is no default one', async () => {
      const gpu = makeGroup({ name: 'gpu', desired: 5 });
      show({
        editing: { what: 'scale', cluster: 'demo' },
        cluster: makeCluster({ groups: [gpu] })
      });
      expect(field().value).toBe('5');
      await submitForm();
      expect(props.onUpdate).toHaveBeenCalledWith({ workers: 5, group: 'gpu' });
    });

    it('says that a number ends the autoscaler', async () => {
      show({
        editing: { what: 'scale', cluster: 'demo' },
        cluster: makeCluster({ adapt: { minimum: 1, maximum: 5 } })
      });
      expect(text()).not.toContain('ends the autoscaler');
      act(() => host.querySelector<HTMLElement>('[value="fixed"]')?.click());
      expect(text()).toContain('Apply ends the autoscaler');
    });

    it.each([
      ['1', 'At least 2 workers are required here.'],
      ['6', 'At most 5 workers are allowed here.']
    ])('keeps %s out of the bounds of a shared cluster', (value, sentence) => {
      const bounds = { minimum: 2, maximum: 5 };
      show({
        editing: { what: 'scale', cluster: 'demo' },
        cluster: makeCluster({ shared: true, bounds })
      });
      type(field(), value);
      expect(text()).toContain(sentence);
    });

    it('does with limits that the backend does not set', async () => {
      show({
        editing: { what: 'scale', cluster: 'demo' },
        limits: {
          ...limits,
          max_threads: null,
          memory: null,
          max_clusters: null
        }
      });
      type(field(), '8');
      await submitForm();
      expect(props.onUpdate).toHaveBeenCalledWith({ workers: 8 });
    });

    it('shows what quotas leave, to clusters on Kubernetes', () => {
      const sentence = 'Left of the quota “team”: 3 of 10 CPU.';
      const room = { cpu: 3, memory: null, gpus: null, pods: null, sentence };
      for (const what of ['scale', 'newGroup'] as const) {
        for (const backend of ['local', 'kubernetes'] as const) {
          show({
            editing: { what, cluster: 'demo' },
            cluster: makeCluster({ backend }),
            limits: { ...limits, room }
          });
          expect(text().includes(sentence)).toBe(backend === 'kubernetes');
        }
      }
    });

    it('starts with the autoscaler of an adaptive cluster', async () => {
      show({
        editing: { what: 'scale', cluster: 'demo' },
        cluster: makeCluster({ adapt: { minimum: 1, maximum: 5 } })
      });
      expect(field().value).toBe('1');
      await submitForm();
      expect(props.onUpdate).toHaveBeenCalledWith({
        adapt: { minimum: 1, maximum: 5 }
      });
    });

    it.each([
      ['9', 'At most 8 workers are allowed here.'],
      ['-1', 'Enter a whole number of workers.'],
      ['', 'Enter a whole number of workers.']
    ])('refuses %s', async (value, sentence) => {
      show({ editing: { what: 'scale', cluster: 'demo' } });
      type(field(), value);
      expect(text()).toContain(sentence);
      expect(button('Apply')?.disabled).toBe(true);
      await submitForm();
      expect(props.onUpdate).not.toHaveBeenCalled();
    });

    it('shows the sentence of the server and keeps the input', async () => {
      const onUpdate: (patch: ClusterPatch) => Promise<void> = () =>
        Promise.reject(new Error('There is not enough memory.'));
      show({ editing: { what: 'scale', cluster: 'demo' }, onUpdate });
      type(field(), '4');
      await submitForm();
      expect(text()).toContain('There is not enough memory.');
      expect(field().value).toBe('4');
    });

    it('ends with Escape', () => {
      show({ editing: { what: 'scale', cluster: 'demo' } });
      act(() => {
        field().dispatchEvent(
          new KeyboardEvent('keydown', { key: 'Escape', bubbles: true })
        );
      });
      expect(props.onEditEnd).toHaveBeenCalledTimes(1);
    });
  });
});
