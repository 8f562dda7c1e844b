import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Clipboard,
  Dialog,
  ICommandPalette,
  Notification,
  showDialog,
  showErrorMessage
} from '@jupyterlab/apputils';
import {
  ITranslator,
  nullTranslator,
  TranslationBundle
} from '@jupyterlab/translation';
import { copyIcon, deleteIcon, refreshIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';

import type { Cluster } from '../schema';
import { clusterOf, messageOf } from '../target';
import { CommandIDs, IClusterManager, TRANSLATION_DOMAIN } from '../tokens';
import { CLUSTER_ARGS, NO_ARGS } from '../widgets/commandArgs';
import { countWorkers, describeOwner } from '../widgets/format';

/**
 * What one can do with clusters anywhere in JupyterLab.
 */
export const commandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-dask-k8s:commands',
  description: 'Adds the commands for Dask clusters.',
  autoStart: true,
  requires: [IClusterManager],
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    manager: IClusterManager,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ): void => {
    const { commands } = app;
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const context = { commands, manager, trans };
    addRefresh(context);
    addShutdown(context);
    addCopyAddress(context);
    const notify = (): void => {
      // What is enabled depends on the clusters.
      commands.notifyCommandChanged(CommandIDs.shutdown);
      commands.notifyCommandChanged(CommandIDs.copyAddress);
    };
    manager.changed.connect(notify);
    manager.selectedChanged.connect(notify);
    const category = trans.__('Dask');
    for (const command of [
      CommandIDs.refresh,
      CommandIDs.shutdown,
      CommandIDs.copyAddress
    ]) {
      palette?.addItem({ command, category });
    }
  }
};

interface IContext {
  commands: CommandRegistry;
  manager: IClusterManager;
  trans: TranslationBundle;
}

function addRefresh({ commands, manager, trans }: IContext): void {
  commands.addCommand(CommandIDs.refresh, {
    label: trans.__('Refresh Dask Clusters'),
    caption: trans.__('Refresh the list of clusters'),
    icon: refreshIcon,
    describedBy: { args: NO_ARGS },
    execute: () => manager.refresh()
  });
}

function addShutdown({ commands, manager, trans }: IContext): void {
  commands.addCommand(CommandIDs.shutdown, {
    label: trans.__('Delete Dask Cluster…'),
    caption: trans.__('Stop the cluster and all its workers'),
    icon: deleteIcon,
    describedBy: { args: CLUSTER_ARGS },
    isVisible: args => !clusterOf(manager, args)?.shared,
    isEnabled: args => {
      const cluster = clusterOf(manager, args);
      return (
        cluster !== undefined && !cluster.shared && cluster.phase !== 'Stopping'
      );
    },
    execute: async args => {
      const cluster = clusterOf(manager, args);
      const user = manager.status?.user ?? null;
      if (cluster && (await confirmDelete(cluster, user, trans))) {
        try {
          await manager.shutdown(cluster.name);
        } catch (error) {
          await showErrorMessage(
            trans.__('“%1” was not deleted', cluster.name),
            { message: messageOf(error) }
          );
        }
      }
    }
  });
}

function addCopyAddress({ commands, manager, trans }: IContext): void {
  commands.addCommand(CommandIDs.copyAddress, {
    label: trans.__('Copy Dask Scheduler Address'),
    caption: trans.__('Copy the address of the scheduler'),
    icon: copyIcon,
    describedBy: { args: CLUSTER_ARGS },
    isEnabled: args => !!clusterOf(manager, args)?.scheduler_address,
    execute: args => {
      const address = clusterOf(manager, args)?.scheduler_address;
      if (address) {
        Clipboard.copyToSystem(address);
        Notification.info(trans.__('Copied %1', address), { autoClose: 3000 });
      }
    }
  });
}

async function confirmDelete(
  cluster: Cluster,
  user: string | null,
  trans: TranslationBundle
): Promise<boolean> {
  const { ready } = countWorkers(cluster);
  const owner = describeOwner(cluster, user, trans);
  const loss =
    ready === 0
      ? trans.__('It has no workers now, so no results are lost.')
      : trans._n(
          'Its %1 worker and all results in its memory will be lost.',
          'Its %1 workers and all results in their memory will be lost.',
          ready
        );
  const result = await showDialog({
    title: trans.__('Delete “%1”?', cluster.name),
    // Whoever deletes what others made should know it.
    body: owner === '' ? loss : `${owner}. ${loss}`,
    buttons: [
      Dialog.cancelButton(),
      Dialog.warnButton({ label: trans.__('Delete') })
    ]
  });
  return result.button.accept;
}
