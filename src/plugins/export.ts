import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Clipboard, Notification } from '@jupyterlab/apputils';
import { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { copyIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';

import { addClusterCommand } from '../clustercommand';
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
    const { commands } = app;
    const trans = textsOf(translator);
    const context = { commands, manager, trans };
    addCopyPython(context);
    addCopyYAML(context);
    addExport(context);
  }
};

interface IContext {
  commands: CommandRegistry;
  manager: IClusterManager;
  trans: TranslationBundle;
}

function addCopyPython(context: IContext): void {
  const { trans } = context;
  addCopyAs(context, CommandIDs.copyPython, {
    kind: 'python',
    label: trans.__('Copy Dask Cluster as Python'),
    caption: trans.__('Copy Python code that makes such a cluster'),
    copied: name => trans.__('Copied “%1” as Python', name),
    has: () => true
  });
}

function addCopyYAML(context: IContext): void {
  const { trans } = context;
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
  addClusterCommand(commands, manager, id, {
    label: text.label,
    caption: text.caption,
    icon: copyIcon,
    shows: text.has,
    fits: cluster => text.has(cluster) && cluster.phase !== 'Stopping',
    execute: async ({ name }) => {
      try {
        const { content } = await manager.export(name, text.kind);
        Clipboard.copyToSystem(content);
        Notification.info(text.copied(name), { autoClose: 3000 });
      } catch (error) {
        Notification.error(messageOf(error));
      }
    }
  });
}

function addExport({ commands, manager, trans }: IContext): void {
  addClusterCommand(commands, manager, CommandIDs.exportAs, {
    label: trans.__('Export Dask Cluster…'),
    caption: trans.__('The cluster as YAML, as Python, as a job or a pipeline'),
    shows: () => true,
    fits: ({ phase }) => phase !== 'Stopping',
    execute: async cluster => {
      const { showExport } = await import('../widgets/exportDialog');
      await showExport(cluster, manager, trans);
    }
  });
}
