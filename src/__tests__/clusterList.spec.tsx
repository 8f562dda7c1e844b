import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { act } from 'react';

import { ClusterClient } from '../client';
import { ClusterManager } from '../manager';
import { MetricsFeed } from '../metrics';
import type { Cluster, Limits, Status } from '../schema';
import { CommandIDs } from '../tokens';
import { ClusterList } from '../widgets/clusterList';
import { NO_ARGS } from '../widgets/commandArgs';
import { PanelState } from '../widgets/panelState';
import { FakeServer, IAnswer, makeCluster, settle, status } from './fakes';

describe('ClusterList', () => {
  let answer: Status;
  let clusters: Cluster[] | IAnswer;
  let manager: ClusterManager | null;
  let server: FakeServer;
  let list: ClusterList;
  let feed: MetricsFeed;
  let commands: CommandRegistry;
  let checked: number;
  let state: PanelState;

  const open = (): ClusterManager => {
    const client = new ClusterClient({ serverSettings: server.settings });
    const made = new ClusterManager({ client });
    feed = new MetricsFeed(client);
    list = new ClusterList({
      commands,
      connector: null,
      feed,
      filter: ({ shared }) => !shared,
      main: true,
      manager: made,
      state,
      translator: nullTranslator
    });
    Widget.attach(list, document.body);
    return made;
  };
  /** Read everything, and show it. */
  const show = async (): Promise<void> => {
    await act(async () => {
      manager ??= open();
      await manager.refresh();
      await settle();
      MessageLoop.flush();
    });
  };
  const text = (): string => list.node.textContent ?? '';
  const alerts = (): number =>
    list.node.querySelectorAll('[role="alert"]').length;
  const notice = (): string | undefined =>
    list.node.querySelector('.jp-Dask-trouble[role="status"] p')?.textContent ??
    undefined;

  beforeEach(() => {
    (
      globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }
    ).IS_REACT_ACT_ENVIRONMENT = true;
    manager = null;
    commands = new CommandRegistry();
    checked = 0;
    state = new PanelState();
    answer = status;
    clusters = [makeCluster()];
    server = new FakeServer((_, path) => {
      if (path === 'status') {
        return { body: answer };
      }
      return Array.isArray(clusters) ? { body: { clusters } } : clusters;
    });
  });

  afterEach(() => {
    act(() => list.dispose());
    manager?.dispose();
    feed.dispose();
  });

  it('says above the cards why they may be old, and dims none', async () => {
    await show();
    expect(notice()).toBeUndefined();
    answer = { ...status, trouble: 'The Kubernetes API is away.' };
    await show();
    expect(notice()).toBe('The Kubernetes API is away.');
    expect(text()).toContain('demo');
    expect(list.node.querySelector('.jp-mod-stale')).toBeNull();
    expect(alerts()).toBe(0);
  });

  it('dims a list that is old, says since when, and recovers', async () => {
    const now = new Date();
    now.setHours(10, 42, 7);
    answer = {
      ...status,
      trouble: 'The Kubernetes API does not answer.',
      stale_since: now.toISOString(),
      missing: ['api']
    };
    await show();
    expect(text()).toMatch(/The list is as it was at .*42.*07/);
    expect(list.node.querySelector('.jp-mod-stale')).not.toBeNull();
    answer = status;
    await show();
    expect(notice()).toBeUndefined();
    expect(list.node.querySelector('.jp-mod-stale')).toBeNull();
  });

  it('offers the doctor where something is missing', async () => {
    const doctor = (): HTMLElement | undefined =>
      [...list.node.querySelectorAll<HTMLElement>('button')].find(
        button => button.textContent === 'Run the doctor'
      );
    answer = { ...status, trouble: 'No operator.', missing: ['operator'] };
    await show();
    expect(doctor()).toBeUndefined();
    await act(async () => {
      commands.addCommand(CommandIDs.doctor, {
        describedBy: { args: NO_ARGS },
        execute: () => (checked += 1)
      });
      MessageLoop.flush();
      await settle();
    });
    await act(async () => doctor()?.click());
    expect(checked).toBe(1);
    answer = { ...status, trouble: 'Something passes by.' };
    await show();
    expect(doctor()).toBeUndefined();
    answer = { ...status, state: 'failed', reason: 'No backend.' };
    clusters = [];
    await show();
    expect(text()).toContain('Clusters cannot be listed');
    await act(async () => doctor()?.click());
    expect(checked).toBe(2);
  });

  it('shows all of a long sentence when asked to', async () => {
    const trouble = 'The missing rule is long. '.repeat(10).trim();
    answer = { ...status, trouble };
    await show();
    const sentence = list.node.querySelector('.jp-mod-clamped');
    expect(sentence?.getAttribute('title')).toBe(trouble);
    act(() =>
      list.node
        .querySelector<HTMLElement>('.jp-Dask-trouble [aria-expanded]')
        ?.click()
    );
    expect(list.node.querySelector('.jp-mod-clamped')).toBeNull();
    expect(notice()).toBe(trouble);
  });

  it('says so above the invitation, too', async () => {
    answer = { ...status, trouble: 'Not allowed: pods.' };
    clusters = [];
    await show();
    expect(notice()).toBe('Not allowed: pods.');
    expect(text()).toContain('No clusters yet');
  });

  it('looks for clusters calmly while the server starts', async () => {
    answer = { ...status, state: 'starting' };
    clusters = {
      status: 503,
      body: {
        message: 'Reading the list of clusters.',
        reason: 'BackendUnavailable'
      }
    };
    await show();
    expect(text()).toBe('Looking for clusters…Reading the list of clusters.');
    expect(list.node.querySelector('[role="status"]')).not.toBeNull();
    expect(alerts()).toBe(0);
    answer = status;
    clusters = [makeCluster()];
    await show();
    expect(text()).toContain('demo');
    expect(text()).not.toContain('Looking');
  });

  it('says what is missing where there never was a list, and who helps', async () => {
    const message = 'Not allowed: alice may not list pods. '.repeat(6).trim();
    commands.addCommand(CommandIDs.doctor, {
      describedBy: { args: NO_ARGS },
      execute: () => (checked += 1)
    });
    answer = { ...status, state: 'starting', missing: ['permission'] };
    clusters = {
      status: 503,
      body: { message, reason: 'BackendUnavailable' }
    };
    await show();
    expect(text()).toContain('You may not see clusters here');
    expect(list.node.querySelector('.jp-Dask-progress')).toBeNull();
    const sentence = list.node.querySelector('.jp-mod-clamped');
    expect(sentence?.textContent).toBe(message);
    const button = (label: string): HTMLElement | undefined =>
      [...list.node.querySelectorAll('button')].find(
        ({ textContent }) => textContent === label
      );
    act(() => button('More')?.click());
    expect(list.node.querySelector('.jp-mod-clamped')).toBeNull();
    act(() => button('Run the doctor')?.click());
    expect(checked).toBe(1);
    answer = { ...answer, missing: ['api'] };
    await show();
    expect(text()).toContain('Kubernetes cannot be reached');
    answer = { ...answer, missing: ['operator'] };
    await show();
    expect(text()).toContain('There is no Dask operator');
  });

  it('keeps the cards of a server that has started anew', async () => {
    await show();
    answer = { ...status, state: 'starting' };
    clusters = {
      status: 503,
      body: { message: 'Looking for a backend.', reason: 'BackendUnavailable' }
    };
    await show();
    expect(notice()).toBe('Looking for a backend.');
    expect(text()).toContain('demo');
    expect(alerts()).toBe(0);
  });

  it('reads anew what quotas leave when workers are to be asked for', async () => {
    await show();
    const sentence = 'Left of the quota “team”: 3 of 10 CPU.';
    const room = { cpu: 3, memory: null, gpus: null, pods: null, sentence };
    const limits = { ...(status.limits as Limits), room };
    answer = { ...status, limits };
    clusters = [makeCluster({ backend: 'kubernetes' })];
    await act(async () => {
      if (manager) {
        manager.selected = 'demo';
      }
      state.editing = { what: 'scale', cluster: 'demo' };
      await settle();
      MessageLoop.flush();
    });
    expect(text()).toContain(sentence);
  });

  it('tells errors as errors', async () => {
    answer = { ...status, state: 'failed', reason: 'No backend.' };
    clusters = {
      status: 503,
      body: { message: 'No backend.', reason: 'BackendUnavailable' }
    };
    await show();
    expect(text()).toContain('Clusters cannot be listed');
    expect(alerts()).toBe(1);
  });
});
