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
import {
  addIcon,
  copyIcon,
  deleteIcon,
  refreshIcon
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { Cluster, Export } from '../schema';
import { targetOf } from '../target';
import { CommandIDs, IClusterManager, TRANSLATION_DOMAIN } from '../tokens';
import { CLUSTER_ARGS, NO_ARGS } from '../widgets/commandArgs';
import { countWorkers, describeOwner } from '../widgets/format';
import { clusterIcon } from '../widgets/icons';

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
    const context = {
      commands: app.commands,
      manager,
      translator: translator ?? nullTranslator,
      trans: (translator ?? nullTranslator).load(TRANSLATION_DOMAIN)
    };
    addCreate(context);
    addRefresh(context);
    addShutdown(context);
    addCopyAddress(context);
    addCopyText(context);
    manager.changed.connect(() => notifyChanged(app.commands));
    manager.selectedChanged.connect(() => notifyChanged(app.commands));
    const category = context.trans.__('Dask');
    for (const command of [
      CommandIDs.create,
      CommandIDs.refresh,
      CommandIDs.shutdown,
      CommandIDs.copyAddress,
      CommandIDs.copyPython,
      CommandIDs.copyYAML
    ]) {
      palette?.addItem({ command, category });
    }
  }
};

interface IContext {
  commands: CommandRegistry;
  manager: IClusterManager;
  trans: TranslationBundle;
  translator: ITranslator;
}

function addCreate({ commands, manager, trans, translator }: IContext): void {
  let open = false;
  commands.addCommand(CommandIDs.create, {
    label: args =>
      args.isLauncher
        ? trans.__('Dask Cluster')
        : trans.__('New Dask Cluster…'),
    caption: trans.__('Start a new Dask cluster'),
    icon: args => (args.isLauncher ? clusterIcon : addIcon),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          isLauncher: {
            type: 'boolean',
            description: 'Whether label and icon are for the launcher.'
          }
        }
      }
    },
    execute: async () => {
      if (open) {
        return null;
      }
      open = true;
      try {
        const { askForCluster } = await import('../widgets/createDialog');
        const cluster = await askForCluster(manager, translator);
        if (cluster && commands.hasCommand(CommandIDs.focus)) {
          await commands.execute(CommandIDs.focus);
        }
        return cluster?.name ?? null;
      } catch (error) {
        await showErrorMessage(trans.__('No cluster can be made'), {
          message: messageOf(error)
        });
        return null;
      } finally {
        open = false;
      }
    }
  });
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

/** A cluster as text, for files and for other people. */
function addCopyText(context: IContext): void {
  const { trans } = context;
  addCopyAs(context, CommandIDs.copyPython, {
    kind: 'python',
    label: trans.__('Copy Dask Cluster as Python'),
    caption: trans.__('Copy Python code that makes such a cluster'),
    copied: name => trans.__('Copied “%1” as Python', name),
    has: () => true
  });
  addCopyAs(context, CommandIDs.copyYAML, {
    kind: 'yaml',
    label: trans.__('Copy Dask Cluster as YAML'),
    caption: trans.__('Copy a manifest for kubectl that makes such a cluster'),
    copied: name => trans.__('Copied “%1” as YAML', name),
    has: cluster => cluster.backend === 'kubernetes'
  });
}

function addCopyAs(
  { commands, manager }: IContext,
  id: string,
  text: {
    kind: Export['kind'];
    label: string;
    caption: string;
    copied: (name: string) => string;
    /** Whether there is such a text of a cluster. */
    has: (cluster: Cluster) => boolean;
  }
): void {
  const target = (args: ReadonlyPartialJSONObject): Cluster | undefined => {
    const cluster = clusterOf(manager, args);
    return cluster && text.has(cluster) ? cluster : undefined;
  };
  commands.addCommand(id, {
    label: text.label,
    caption: text.caption,
    icon: copyIcon,
    describedBy: { args: CLUSTER_ARGS },
    isVisible: args => target(args) !== undefined,
    isEnabled: args => (target(args)?.phase ?? 'Stopping') !== 'Stopping',
    execute: async args => {
      const cluster = target(args);
      if (!cluster) {
        return;
      }
      try {
        const { content } = await manager.export(cluster.name, text.kind);
        Clipboard.copyToSystem(content);
        Notification.info(text.copied(cluster.name), { autoClose: 3000 });
      } catch (error) {
        Notification.error(messageOf(error));
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

function clusterOf(
  manager: IClusterManager,
  args: ReadonlyPartialJSONObject
): Cluster | undefined {
  const name = targetOf(manager, args);
  return name === null ? undefined : manager.get(name);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What is enabled depends on the clusters. */
function notifyChanged(commands: CommandRegistry): void {
  commands.notifyCommandChanged(CommandIDs.shutdown);
  commands.notifyCommandChanged(CommandIDs.copyAddress);
  commands.notifyCommandChanged(CommandIDs.copyPython);
  commands.notifyCommandChanged(CommandIDs.copyYAML);
}
