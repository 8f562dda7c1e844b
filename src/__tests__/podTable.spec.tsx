import { Signal } from '@lumino/signaling';
import React, { act } from 'react';
import { createRoot, Root } from 'react-dom/client';

import type { PodListModel } from '../podlist';
import type { Pod } from '../schema';
import { podItems, signOf } from '../widgets/podItems';
import { PodTable } from '../widgets/podTable';
import { makePod, trans } from './fakes';

const scheduler = makePod({
  name: 'demo-scheduler',
  component: 'scheduler',
  group: ''
});
const crashed = makePod({
  name: 'demo-default-worker-2',
  phase: 'CrashLoopBackOff',
  ready: false,
  restarts: 4,
  reason: 'It crashed 4 times, last with exit code 1.',
  cpu: null,
  memory: null
});

describe('podItems', () => {
  const all = { query: '', troubled: false };
  const kinds = (pods: Pod[], filter = all): string[] =>
    podItems(pods, filter).map(({ key }) => key);

  it('has the scheduler, then group by group, reasons below', () => {
    const gpu = makePod({ name: 'demo-gpu-worker-1', group: 'gpu' });
    expect(kinds([scheduler, makePod(), gpu, crashed])).toEqual([
      'group ',
      'demo-scheduler',
      'group default',
      'demo-default-worker-1',
      'demo-default-worker-2',
      'demo-default-worker-2 reason',
      'group gpu',
      'demo-gpu-worker-1'
    ]);
  });

  it('finds pods by words and by trouble', () => {
    const pods = [scheduler, makePod(), crashed];
    expect(kinds(pods, { query: 'crash DEFAULT', troubled: false })).toEqual([
      'group default',
      'demo-default-worker-2',
      'demo-default-worker-2 reason'
    ]);
    expect(kinds(pods, { query: '', troubled: true })).toHaveLength(3);
    expect(kinds(pods, { query: 'nowhere', troubled: false })).toEqual([]);
  });

  it('gives each pod the sign of a phase', () => {
    const of = (phase: string, ready = false): string =>
      signOf(makePod({ phase, ready }));
    expect(of('Running', true)).toBe('Running');
    expect(of('Running')).toBe('Pending');
    expect(of('ContainerCreating')).toBe('Pending');
    expect(of('ImagePullBackOff')).toBe('Failed');
    expect(of('ErrImagePull')).toBe('Failed');
    expect(of('CreateContainerConfigError')).toBe('Failed');
    expect(of('OOMKilled')).toBe('Failed');
    expect(of('Terminating', true)).toBe('Stopping');
  });
});

describe('PodTable', () => {
  let host: HTMLElement;
  let root: Root;
  let opened: string[];

  const show = (pods: Pod[] | null, error = '', local = false): void => {
    const model = { pods, error, changed: new Signal<object, void>({}) };
    act(() =>
      root.render(
        <PodTable
          model={model as unknown as PodListModel}
          live={false}
          local={local}
          trans={trans}
          onOpen={pod => opened.push(pod)}
        />
      )
    );
  };
  const text = (): string => host.textContent ?? '';

  beforeEach(() => {
    (
      globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }
    ).IS_REACT_ACT_ENVIRONMENT = true;
    host = document.createElement('div');
    document.body.append(host);
    root = createRoot(host);
    opened = [];
  });

  afterEach(() => {
    act(() => root.unmount());
    host.remove();
  });

  it('shows what kubectl would, and why a pod is not well', () => {
    show([scheduler, makePod(), crashed]);
    expect(text()).toContain('Scheduler');
    expect(text()).toContain('1 of 2 ready');
    expect(text()).toContain('0.5/2');
    expect(text()).toContain('1/4 GiB');
    expect(text()).toContain('CrashLoopBackOff');
    expect(text()).toContain('It crashed 4 times, last with exit code 1.');
    expect(text()).toContain('Not ready or in trouble (1)');
  });

  it('draws only what can be seen of a thousand pods', () => {
    const pods = Array.from({ length: 1000 }, (_, index) =>
      makePod({ name: `demo-default-worker-${index}` })
    );
    show([scheduler, ...pods]);
    const rows = host.querySelectorAll('tr.jp-mod-pod').length;
    expect(rows).toBeGreaterThan(5);
    expect(rows).toBeLessThan(60);
    expect(host.querySelector('table')?.getAttribute('aria-rowcount')).toBe(
      '1004'
    );
    expect(text()).toContain('1001 pods');
  });

  it('opens the logs of a pod', () => {
    show([scheduler, makePod()]);
    act(() =>
      host.querySelectorAll<HTMLElement>('.jp-Dask-pod-open')[1]?.click()
    );
    expect(opened).toEqual(['demo-default-worker-1']);
  });

  it('goes from pod to pod with the arrows', () => {
    show([scheduler, makePod()]);
    const [first, second] =
      host.querySelectorAll<HTMLElement>('.jp-Dask-pod-open');
    first.focus();
    const key = new KeyboardEvent('keydown', {
      key: 'ArrowDown',
      bubbles: true,
      cancelable: true
    });
    act(() => {
      first.dispatchEvent(key);
    });
    expect(document.activeElement).toBe(second);
  });

  it('has no nodes where pods are processes', () => {
    show([scheduler, makePod()], '', true);
    const heads = [...host.querySelectorAll('thead th')];
    expect(heads.map(head => head.textContent)).toEqual([
      'Name',
      'Phase',
      'Restarts',
      'Age',
      'CPU',
      'Memory'
    ]);
    expect(host.querySelector('tr.jp-mod-pod')?.children).toHaveLength(6);
    show([], '', true);
    expect(text()).toContain('There are no processes yet.');
  });

  it('says why there are none', () => {
    show(null);
    expect(text()).toContain('Loading…');
    show([]);
    expect(text()).toContain('There are no pods yet.');
    show(null, 'Pods cannot be listed.');
    expect(host.querySelector('[role="alert"]')?.textContent).toBe(
      'Pods cannot be listed.'
    );
  });
});
