import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Clipboard, Notification } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';
import { copyIcon, deleteIcon, refreshIcon } from '@jupyterlab/ui-components';

import { clusterCommands } from '../clustercommands';
import { tellOfMissingParts } from '../missingparts';
import { takes } from '../takes';
import { clusterOf } from '../target';
import { textsOf } from '../texts';
import { CommandIDs, IClusterManager } from '../tokens';

/**
 * What one can do with clusters anywhere in JupyterLab.
 */
export const commandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-dask-k8s:commands',
  description: 'Adds the commands for Dask clusters.',
  autoStart: true,
  requires: [IClusterManager],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    manager: IClusterManager,
    translator: ITranslator | null
  ): void => {
    const trans = textsOf(translator);
    tellOfMissingParts(trans);
    const add = clusterCommands(app.commands, manager);
    app.commands.addCommand(CommandIDs.refresh, {
      label: trans.__('Refresh Dask Clusters'),
      caption: trans.__('Refresh the list of clusters'),
      icon: refreshIcon,
      describedBy: takes('NO_ARGS'),
      execute: () => manager.refresh()
    });
    add(CommandIDs.shutdown, {
      label: trans.__('Delete Dask Cluster…'),
      caption: trans.__('Stop the cluster and all its workers'),
      icon: deleteIcon,
      isVisible: args => !clusterOf(manager, args)?.shared,
      fits: ({ phase, shared }) => !shared && phase !== 'Stopping',
      execute: async cluster => {
        const { deleteCluster } = await import('../deletion');
        await deleteCluster(cluster, manager, trans);
      }
    });
    add(CommandIDs.copyAddress, {
      label: trans.__('Copy Dask Scheduler Address'),
      caption: trans.__('Copy the address of the scheduler'),
      icon: copyIcon,
      fits: ({ scheduler_address: address }) => !!address,
      execute: ({ scheduler_address: address }) => {
        Clipboard.copyToSystem(address ?? '');
        Notification.info(trans.__('Copied %1', address), { autoClose: 3000 });
      }
    });
  }
};
