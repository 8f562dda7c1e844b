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
    return new ClusterManager({
      client: new ClusterClient({ serverSettings }),
      hints: new HintStream(serverSettings)
    });
  }
};
