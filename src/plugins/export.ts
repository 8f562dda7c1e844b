import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Clipboard, Notification } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';
import { copyIcon } from '@jupyterlab/ui-components';

import { clusterCommands } from '../clustercommands';
import type { Cluster, Export } from '../schema';
import { messageOf } from '../target';
import { textsOf } from '../texts';
import { CommandIDs, IClusterManager } from '../tokens';

/**
 * A cluster as text, for files and for other people.
 */
export const exportPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-dask-k8s:export',
  description: 'Adds the commands that give a Dask cluster as text.',
  autoStart: true,
  requires: [IClusterManager],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    manager: IClusterManager,
    translator: ITranslator | null
  ): void => {
    const trans = textsOf(translator);
    const add = clusterCommands(app.commands, manager);
    const copy = async (
      name: string,
      kind: Export['kind'],
      copied: string
    ): Promise<void> => {
      try {
        const { content } = await manager.export(name, kind);
        Clipboard.copyToSystem(content);
        Notification.info(copied, { autoClose: 3000 });
      } catch (error) {
        Notification.error(messageOf(error));
      }
    };
    add(CommandIDs.copyPython, {
      label: trans.__('Copy Dask Cluster as Python'),
      caption: trans.__('Copy Python code that makes such a cluster'),
      icon: copyIcon,
      shows: () => true,
      fits: stays,
      execute: ({ name }) =>
        copy(name, 'python', trans.__('Copied “%1” as Python', name))
    });
    add(CommandIDs.copyYAML, {
      label: trans.__('Copy Dask Cluster as YAML'),
      caption: trans.__(
        'Copy a manifest for kubectl that makes such a cluster'
      ),
      icon: copyIcon,
      shows: hasManifest,
      fits: cluster => hasManifest(cluster) && stays(cluster),
      execute: ({ name }) =>
        copy(name, 'yaml', trans.__('Copied “%1” as YAML', name))
    });
    add(CommandIDs.exportAs, {
      label: trans.__('Export Dask Cluster…'),
      caption: trans.__(
        'The cluster as YAML, as Python, as a job or a pipeline'
      ),
      shows: () => true,
      fits: stays,
      execute: async cluster => {
        const { showExport } = await import('../widgets/exportDialog');
        await showExport(cluster, manager, trans);
      }
    });
  }
};

function hasManifest({ backend }: Cluster): boolean {
  return backend === 'kubernetes';
}

/** One that is about to go is no model for others. */
function stays({ phase }: Cluster): boolean {
  return phase !== 'Stopping';
}
