import React, { act } from 'react';
import { createRoot, Root } from 'react-dom/client';

import { ClusterClient } from '../client';
import { ClusterManager } from '../manager';
import { arrange, PlotList } from '../plotlist';
import type { Cluster, Plot } from '../schema';
import { IPlotsViewProps, PlotsView } from '../widgets/plotsview';
import { FakeServer, makeCluster, settle, status, trans } from './fakes';

function plot(path: string, part: Partial<Plot> = {}): Plot {
  return { path, title: path, useful: false, empty_reason: '', ...part };
}

const PLOTS = [
  plot('individual-aggregate', { title: 'Aggregate Time' }),
  plot('individual-task-stream', { title: 'Task Stream', useful: true }),
  plot('individual-gpu-memory', {
    title: 'GPU Memory',
    empty_reason: 'No worker reports a GPU.'
  }),
  plot('individual-progress', { title: 'Progress', useful: true })
];

function titles(plots: ReadonlyArray<Plot>): string[] {
  return plots.map(({ title }) => title);
}

describe('arrange', () => {
  it('puts the useful ones first and folds the others', () => {
    const { first, rest } = arrange(PLOTS, '');
    expect(titles(first)).toEqual(['Task Stream', 'Progress']);
    expect(titles(rest)).toEqual(['Aggregate Time', 'GPU Memory']);
  });

  it('searches all of them, the useful ones first', () => {
    expect(titles(arrange(PLOTS, 'INDIVIDUAL').first)).toEqual([
      'Task Stream',
      'Progress',
      'Aggregate Time',
      'GPU Memory'
    ]);
    expect(titles(arrange(PLOTS, ' memory gpu ').first)).toEqual([
      'GPU Memory'
    ]);
    expect(arrange(PLOTS, 'nothing')).toEqual({ first: [], rest: [] });
    expect(arrange(PLOTS, 'a').rest).toEqual([]);
  });

  it('folds nothing when nothing is useful', () => {
    const plain = [plot('a'), plot('b')];
    expect(arrange(plain, '')).toEqual({ first: plain, rest: [] });
  });
});

describe('PlotList', () => {
  let clusters: Cluster[];
  let refused: boolean;
  let server: FakeServer;
  let manager: ClusterManager;
  let list: PlotList;

  beforeEach(async () => {
    clusters = [makeCluster()];
    refused = false;
    server = new FakeServer((_, path) => {
      if (path === 'status') {
        return { body: status };
      }
      if (path === 'clusters') {
        return { body: { clusters } };
      }
      return refused
        ? { status: 503, body: { message: 'No answer.', reason: '' } }
        : { body: { plots: PLOTS } };
    });
    manager = new ClusterManager({
      client: new ClusterClient({ serverSettings: server.settings })
    });
    await manager.ready;
    list = new PlotList(manager);
  });

  afterEach(() => {
    list.dispose();
    manager.dispose();
  });

  function asked(): number {
    return server.log.filter(line => line.endsWith('/plots')).length;
  }

  async function read(part: Partial<Cluster>): Promise<void> {
    clusters = [makeCluster(part)];
    await manager.refresh();
    await settle();
  }

  async function look(): Promise<void> {
    list.active = true;
    await settle();
  }

  it('asks nothing while nobody looks', async () => {
    await settle();
    expect(asked()).toBe(0);
  });

  it('lists the plots of the selected cluster', async () => {
    await look();
    expect(list.state).toMatchObject({ kind: 'ready', plots: PLOTS });
  });

  it('asks again for another scheduler only', async () => {
    await look();
    await read({ reason: 'Something else changed.' });
    expect(asked()).toBe(1);
    await read({ scheduler_address: 'tcp://127.0.0.1:1' });
    expect(asked()).toBe(2);
  });

  it('asks again by itself after an error, which stays in view', async () => {
    refused = true;
    const timers = jest.spyOn(window, 'setTimeout');
    await look();
    expect(list.state.kind).toBe('error');
    const again = (pause: number) => {
      const call = timers.mock.calls.find(([, it]) => it === pause);
      (call?.[0] as () => void)();
    };
    again(5_000);
    expect(list.state.kind).toBe('error');
    await settle();
    expect([asked(), list.state.kind]).toEqual([2, 'error']);
    refused = false;
    again(10_000);
    await settle();
    expect([asked(), list.state.kind]).toEqual([3, 'ready']);
    timers.mockRestore();
  });

  it('says what it waits for', async () => {
    await look();
    await read({ phase: 'Pending' });
    expect(list.state.kind).toBe('pending');
    await read({ phase: 'Running' });
    expect(list.state.kind).toBe('ready');
    clusters = [];
    await manager.refresh();
    expect(list.state.kind).toBe('none');
  });

  it('tells an error as its sentence, and tries again when asked', async () => {
    refused = true;
    await look();
    expect(list.state).toMatchObject({ kind: 'error', message: 'No answer.' });
    refused = false;
    list.retry();
    await settle();
    expect(list.state.kind).toBe('ready');
  });
});

describe('PlotsView', () => {
  let host: HTMLElement;
  let root: Root;
  let opened: string[];

  beforeEach(() => {
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
    opened = [];
    host = document.body.appendChild(document.createElement('div'));
    root = createRoot(host);
  });

  afterEach(() => {
    act(() => root.unmount());
    host.remove();
  });

  function show(part: Partial<IPlotsViewProps> = {}): void {
    const props: IPlotsViewProps = {
      state: { kind: 'ready', cluster: makeCluster(), plots: PLOTS },
      trans,
      onOpen: ({ path }) => opened.push(path),
      onOpenLayout: () => opened.push('layout'),
      onRetry: () => opened.push('retry'),
      onPointerDown: null,
      ...part
    };
    act(() => root.render(<PlotsView {...props} />));
  }

  function click(selector: string): void {
    act(() => host.querySelector<HTMLElement>(selector)?.click());
  }

  function shown(): string[] {
    return [...host.querySelectorAll('.jp-Dask-Plot-title')].map(
      node => node.textContent ?? ''
    );
  }

  it('unfolds the rest on demand', () => {
    show();
    expect(shown()).toEqual(['Task Stream', 'Progress']);
    const fold = '.jp-Dask-Plots-fold';
    expect(host.querySelector(fold)?.textContent).toBe('All 4 plots');
    expect(host.querySelector(fold)?.getAttribute('aria-expanded')).toBe(
      'false'
    );
    click(fold);
    expect(shown()).toHaveLength(4);
    expect(host.textContent).toContain('No worker reports a GPU.');
  });

  it('opens a plot and the layout', () => {
    show();
    click('.jp-Dask-Plot-open');
    click('.jp-Dask-Plots-layout');
    expect(opened).toEqual(['individual-task-stream', 'layout']);
  });

  it('has a handle only where something can be dragged', () => {
    show();
    expect(host.querySelector('.jp-Dask-Plot-handle')).toBeNull();
    show({ onPointerDown: () => undefined });
    expect(host.querySelector('.jp-Dask-Plot-handle')).not.toBeNull();
  });

  it('says why there is no list', () => {
    const cluster = makeCluster({ phase: 'Pending' });
    show({ state: { kind: 'none' } });
    expect(host.textContent).toContain('Select a cluster');
    show({ state: { kind: 'pending', cluster } });
    expect(host.textContent).toContain('as soon as demo runs');
    show({ state: { kind: 'error', cluster, message: 'No answer.' } });
    expect(host.textContent).toContain('No answer.');
    click('button');
    expect(opened).toEqual(['retry']);
  });
});
