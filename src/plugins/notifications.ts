import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator } from '@jupyterlab/translation';

import { once } from '../once';
import { textsOf } from '../texts';
import { IClusterManager, IJobManager } from '../tokens';

/**
 * Tells when a cluster became ready, failed, ended by itself or is about to, and when a
 * job is done.
 */
export const notificationsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-dask-k8s:notifications',
  description: 'Tells when a Dask cluster is ready, failed or ends.',
  autoStart: true,
  requires: [IClusterManager],
  optional: [ITranslator, ISettingRegistry, IJobManager],
  activate: (
    app: JupyterFrontEnd,
    manager: IClusterManager,
    translator: ITranslator | null,
    registry: ISettingRegistry | null,
    jobs: IJobManager | null
  ): void => {
    const trans = textsOf(translator);
    const { commands } = app;
    const load = once(async () => {
      const { Announcer, readWanted } = await import('../announcer');
      const wanted = await readWanted(registry);
      return new Announcer({ commands, jobs, manager, trans, wanted });
    });
    manager.transitioned.connect((_, transition) => {
      void load().then(announcer => announcer.onCluster(transition));
    });
    jobs?.transitioned.connect((_, transition) => {
      void load().then(announcer => announcer.onJob(transition));
    });
    // Clusters that are there already may be about to end.
    const begin = (): void => {
      if (manager.clusters.length > 0) {
        manager.changed.disconnect(begin);
        void load();
      }
    };
    manager.changed.connect(begin);
    begin();
  }
};
