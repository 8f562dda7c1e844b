import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard, Notification } from '@jupyterlab/apputils';
import { CommandRegistry } from '@lumino/commands';

import { ClusterClient } from '../client';
import { ClusterManager } from '../manager';
import { exportPlugin } from '../plugins/export';
import { CommandIDs } from '../tokens';
import { FakeServer, IAnswer, makeCluster, status } from './fakes';

describe('copying a cluster as text', () => {
  let commands: CommandRegistry;
  let manager: ClusterManager;
  let answer: IAnswer;
  let copied: string[];

  beforeEach(async () => {
    copied = [];
    answer = { body: { content: 'kind: DaskCluster\n' } };
    jest
      .spyOn(Clipboard, 'copyToSystem')
      .mockImplementation(text => void copied.push(String(text)));
    jest.spyOn(Notification, 'info').mockReturnValue('');
    jest.spyOn(Notification, 'error').mockReturnValue('');
    const server = new FakeServer((_, path) => {
      if (path.includes('export')) {
        return path.endsWith('yaml') || path.endsWith('python')
          ? answer
          : { status: 422 };
      }
      const clusters = [
        makeCluster(),
        makeCluster({ name: 'k8s', backend: 'kubernetes' }),
        makeCluster({
          name: 'old',
          backend: 'kubernetes',
          phase: 'Stopping'
        })
      ];
      return { body: path === 'status' ? status : { clusters } };
    });
    manager = new ClusterManager({
      client: new ClusterClient({ serverSettings: server.settings })
    });
    await manager.ready;
    commands = new CommandRegistry();
    const app = { commands } as unknown as JupyterFrontEnd;
    await exportPlugin.activate(app, manager, null);
  });

  afterEach(() => {
    manager.dispose();
    jest.restoreAllMocks();
  });

  it('offers YAML on Kubernetes only, and Python everywhere', () => {
    const offers = (id: string, cluster: string): boolean[] => [
      commands.isVisible(id, { cluster }),
      commands.isEnabled(id, { cluster })
    ];
    expect(offers(CommandIDs.copyYAML, 'demo')).toEqual([false, false]);
    expect(offers(CommandIDs.copyYAML, 'k8s')).toEqual([true, true]);
    expect(offers(CommandIDs.copyYAML, 'old')).toEqual([true, false]);
    expect(offers(CommandIDs.copyPython, 'demo')).toEqual([true, true]);
    expect(offers(CommandIDs.copyPython, 'none')).toEqual([false, false]);
  });

  it('copies what the server answers', async () => {
    await commands.execute(CommandIDs.copyYAML, { cluster: 'k8s' });
    expect(copied).toEqual(['kind: DaskCluster\n']);
    expect(Notification.info).toHaveBeenCalledTimes(1);
  });

  it('says why it could not', async () => {
    answer = { status: 404, body: { message: 'There is no such cluster.' } };
    await commands.execute(CommandIDs.copyPython, { cluster: 'k8s' });
    expect(copied).toEqual([]);
    expect(Notification.error).toHaveBeenCalledWith(
      'There is no such cluster.'
    );
  });
});
