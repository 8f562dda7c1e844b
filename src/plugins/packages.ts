import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { clusterCommands } from '../clustercommands';
import { takes } from '../takes';
import { hasScheduler } from '../target';
import { textsOf } from '../texts';
import { CommandIDs, IClusterManager } from '../tokens';
import { clusterIcon } from '../widgets/icons';

/**
 * Brings packages and code of a notebook's kernel to the workers.
 */
export const packagesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-dask-k8s:packages',
  description:
    'Compares the packages of a notebook and a Dask cluster, and brings what is missing to the workers.',
  autoStart: true,
  requires: [IClusterManager],
  optional: [INotebookTracker, IFileBrowserFactory, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    manager: IClusterManager,
    tracker: INotebookTracker | null,
    browsers: IFileBrowserFactory | null,
    translator: ITranslator | null
  ): void => {
    const trans = textsOf(translator);
    const add = clusterCommands(app.commands, manager);
    add(CommandIDs.packages, {
      label: trans.__('Packages of the Workers…'),
      caption: trans.__(
        'Compare the packages of the active notebook and of a Dask cluster, and install what is missing'
      ),
      fits: hasScheduler,
      execute: async ({ name }) => {
        const { comparePackages } = await import('../comparepackages');
        await comparePackages(name, manager, tracker, trans);
      }
    });
    add(CommandIDs.sendFolder, {
      describedBy: takes('SEND_ARGS'),
      label: trans.__('Send to Dask Workers'),
      caption: trans.__(
        'Make a folder or a Python module importable on all workers of a Dask cluster'
      ),
      icon: clusterIcon,
      // Where nothing is chosen, there is nothing to say.
      isVisible: args => pathOf(args, browsers) !== null,
      fits: (cluster, args) =>
        hasScheduler(cluster) && pathOf(args, browsers) !== null,
      execute: async ({ name }, args) => {
        const path = pathOf(args, browsers);
        if (path !== null) {
          const { sendPath } = await import('../sendpath');
          const { contents } = app.serviceManager;
          await sendPath(path, name, { contents, manager, tracker, trans });
        }
      }
    });
  }
};

/** What is to be sent, below the root of Jupyter; `null` when nothing is chosen. */
function pathOf(
  args: ReadonlyPartialJSONObject,
  browsers: IFileBrowserFactory | null
): string | null {
  if (typeof args.path === 'string') {
    return args.path;
  }
  const items = browsers?.tracker.currentWidget?.selectedItems();
  const first = items?.next();
  return first && !first.done ? first.value.path : null;
}
