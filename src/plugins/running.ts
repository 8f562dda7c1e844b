import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { IRunningSessionManagers, IRunningSessions } from '@jupyterlab/running';
import { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { Cluster } from '../schema';
import { messageOf } from '../target';
import { textsOf } from '../texts';
import { CommandIDs, IClusterManager } from '../tokens';
import { clusterIcon } from '../widgets/icons';
import { countWorkers } from '../workers';

/**
 * Shows the clusters among JupyterLab's running things.
 */
export const runningPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-dask-k8s:running',
  description: 'Lists Dask clusters in the panel of running sessions.',
  autoStart: true,
  requires: [IClusterManager],
  optional: [IRunningSessionManagers, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    manager: IClusterManager,
    sessions: IRunningSessionManagers | null,
    translator: ITranslator | null
  ): void => {
    const trans = textsOf(translator);
    sessions?.add(makeManager(app.commands, manager, trans));
  }
};

function makeManager(
  commands: CommandRegistry,
  manager: IClusterManager,
  trans: TranslationBundle
): IRunningSessions.IManager {
  return {
    name: trans.__('Dask Clusters'),
    running: () =>
      manager.clusters.map(cluster =>
        toItem(cluster, commands, manager, trans)
      ),
    refreshRunning: () => void manager.refresh(),
    runningChanged: manager.changed,
    // JupyterLab has asked for confirmation before it calls this one.
    shutdownAll: () => {
      for (const cluster of manager.clusters.filter(canEnd)) {
        end(cluster, manager);
      }
    },
    shutdownLabel: trans.__('Delete'),
    shutdownAllLabel: trans.__('Delete All'),
    shutdownAllConfirmationText: trans.__(
      'Delete all your Dask clusters, with the results in their memory?'
    )
  };
}

function toItem(
  cluster: Cluster,
  commands: CommandRegistry,
  manager: IClusterManager,
  trans: TranslationBundle
): IRunningSessions.IRunningItem {
  const { desired, ready } = countWorkers(cluster);
  return {
    icon: () => clusterIcon,
    label: () => cluster.name,
    labelTitle: () =>
      [
        trans.__('%1: %2', cluster.name, cluster.phase),
        trans.__('%1 of %2 workers are ready', ready, desired),
        cluster.reason
      ]
        .filter(line => line !== '')
        .join('\n'),
    open: () => {
      manager.selected = cluster.name;
      if (commands.hasCommand(CommandIDs.focus)) {
        void commands.execute(CommandIDs.focus);
      }
    },
    // As with kernels and terminals, the button of an item acts at once.
    shutdown: canEnd(cluster) ? () => end(cluster, manager) : undefined
  };
}

function canEnd(cluster: Cluster): boolean {
  return !cluster.shared && cluster.phase !== 'Stopping';
}

function end({ name, uid }: Cluster, manager: IClusterManager): void {
  manager.shutdown(name, uid).catch((error: unknown) => {
    Notification.error(messageOf(error));
  });
}
