import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';

import { ClusterClient } from '../client';
import { HintStream } from '../hints';
import { ClusterManager } from '../manager';
import { IClusterManager } from '../tokens';

/**
 * Provides the one cluster manager of this page.
 */
export const managerPlugin: JupyterFrontEndPlugin<IClusterManager> = {
  id: 'jupyter-dask-k8s:manager',
  description: 'Provides the Dask clusters of this server.',
  autoStart: true,
  provides: IClusterManager,
  activate: (app: JupyterFrontEnd): IClusterManager => {
    const { serverSettings } = app.serviceManager;
    const manager = new ClusterManager({
      client: new ClusterClient({ serverSettings }),
      hints: new HintStream(serverSettings)
    });
    // What is enabled depends on the clusters, and on the selected one.
    const notify = (): void => app.commands.notifyCommandChanged();
    manager.changed.connect(notify);
    manager.selectedChanged.connect(notify);
    return manager;
  }
};
