import { Notification } from '@jupyterlab/apputils';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';

import { Announcer } from '../announcer';
import type { IClusterManager, ITransition } from '../tokens';
import { trans } from './fakes';

describe('a failure', () => {
  const manager = {
    clusters: [],
    get: () => undefined
  } as unknown as IClusterManager;
  Object.assign(manager, {
    changed: new Signal<IClusterManager, void>(manager)
  });
  const announcer = new Announcer({
    commands: new CommandRegistry(),
    jobs: null,
    manager,
    trans,
    wanted: () => true
  });
  const step = (
    from: ITransition['from'],
    to: ITransition['to'],
    reason = ''
  ): void => announcer.onCluster({ name: 'demo', from, to, reason });
  const nextTurn = () => new Promise(resolve => setTimeout(resolve));
  const told = (): string[] =>
    Notification.manager.notifications.map(({ message }) => message);

  afterEach(() => {
    step('Running', null);
    Notification.dismiss();
  });

  it('is told once, however often a container crashes', () => {
    step('Pending', 'Failed', 'It crashed 2 times.');
    step('Failed', 'Pending');
    step('Pending', 'Failed', 'It crashed 3 times.');
    expect(told()).toEqual(['Cluster “demo” failed. It crashed 3 times.']);
  });

  it('is not told again to one who has put it away', () => {
    step('Pending', 'Failed', 'It crashed 2 times.');
    Notification.dismiss();
    step('Failed', 'Pending');
    step('Pending', 'Failed', 'It crashed 3 times.');
    expect(told()).toEqual([]);
  });

  it('of the server is told, as local clusters end with it', async () => {
    const gone = {
      name: 'demo',
      from: 'Running',
      to: null,
      reason: ''
    } as const;
    announcer.onCluster(gone);
    expect(told()).toEqual([]);
    announcer.onCluster({ ...gone, lost: true });
    await nextTurn();
    expect(told()).toEqual([
      expect.stringMatching(/^Cluster “demo” is gone\./)
    ]);
  });

  it('of the server is told once for all clusters', async () => {
    for (const name of ['one', 'two', 'three']) {
      announcer.onCluster({
        name,
        from: 'Running',
        to: null,
        reason: '',
        lost: true
      });
    }
    await nextTurn();
    expect(told()).toEqual([
      'Local clusters ended with the Jupyter server; perhaps it was started anew: “one”, “two”, “three”'
    ]);
  });

  it('is forgotten when the cluster runs, and is news after that', () => {
    step('Pending', 'Failed', 'It crashed.');
    step('Failed', 'Running');
    expect(told()).toEqual([]);
    step('Running', 'Failed', 'It crashed again.');
    expect(told()).toEqual(['Cluster “demo” failed. It crashed again.']);
  });
});
