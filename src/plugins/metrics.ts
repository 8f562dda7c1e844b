import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';

import { ClusterClient } from '../client';
import { IMetricsFeed } from '../tokens';

/**
 * Provides what schedulers read now. Nobody needs it at the start: it begins when the panel
 * or a monitor asks for it.
 */
export const metricsPlugin: JupyterFrontEndPlugin<IMetricsFeed> = {
  id: 'jupyter-dask-k8s:metrics',
  description: 'Provides live readings of Dask schedulers.',
  autoStart: false,
  provides: IMetricsFeed,
  activate: async (app: JupyterFrontEnd): Promise<IMetricsFeed> => {
    const { MetricsFeed } = await import('../metrics');
    const { serverSettings } = app.serviceManager;
    return new MetricsFeed(new ClusterClient({ serverSettings }));
  }
};
