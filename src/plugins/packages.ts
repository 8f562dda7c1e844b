import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { PageConfig, PathExt, URLExt } from '@jupyterlab/coreutils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import {
  ITranslator,
  nullTranslator,
  TranslationBundle
} from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { isPython } from '../clientcell';
import { languageOf } from '../connector';
import { KernelRunner } from '../kernelcode';
import { Sender } from '../sender';
import { hasScheduler, targetOf } from '../target';
import { CommandIDs, IClusterManager, TRANSLATION_DOMAIN } from '../tokens';
import { CLUSTER_ARGS } from '../widgets/commandArgs';
import { clusterIcon } from '../widgets/icons';

/** How long a notice is shown, in ms. */
const NOTICE = 10 * 1000;

const SEND_ARGS = {
  type: 'object',
  properties: {
    ...CLUSTER_ARGS.properties,
    path: {
      type: 'string',
      description:
        'The folder or Python module, below the root of Jupyter; where it is missing, the selection of the file browser.'
    }
  }
};

/**
 * Brings packages and code of a notebook's kernel to the workers.
 */
export const packagesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-dask-k8s:packages',
  description:
    'Compares the packages of a notebook and a Dask cluster, and brings what is missing to the workers.',
  autoStart: true,
  requires: [IClusterManager],
  optional: [
    INotebookTracker,
    IFileBrowserFactory,
    ICommandPalette,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    manager: IClusterManager,
    tracker: INotebookTracker | null,
    browsers: IFileBrowserFactory | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const runner = new KernelRunner(manager, trans);
    const find = (): Promise<Found> => findKernel(tracker, trans);
    const sender = new Sender({ runner, trans });

    app.commands.addCommand(CommandIDs.packages, {
      describedBy: { args: CLUSTER_ARGS },
      label: trans.__('Packages of the Workers…'),
      caption: trans.__(
        'Compare the packages of the active notebook and of a Dask cluster, and install what is missing'
      ),
      isEnabled: args => hasScheduler(manager, args),
      execute: async args => {
        const cluster = targetOf(manager, args);
        const kernel = cluster === null ? null : await find();
        if (cluster === null || kernel === null) {
          return;
        }
        const [{ PackagesModel }, { showPackages }] = await Promise.all([
          import('../packages'),
          import('../widgets/packages')
        ]);
        const model = new PackagesModel({ runner, kernel, cluster, trans });
        await showPackages(model, trans);
        model.dispose();
      }
    });
    app.commands.addCommand(CommandIDs.sendFolder, {
      describedBy: { args: SEND_ARGS },
      label: trans.__('Send to Dask Workers'),
      caption: trans.__(
        'Make a folder or a Python module importable on all workers of a Dask cluster'
      ),
      icon: clusterIcon,
      // Where nothing is chosen, there is nothing to say.
      isVisible: args => pathOf(args, browsers) !== null,
      isEnabled: args =>
        hasScheduler(manager, args) && pathOf(args, browsers) !== null,
      execute: async args => {
        const cluster = targetOf(manager, args);
        const path = pathOf(args, browsers);
        if (cluster === null || path === null) {
          return;
        }
        const local = localPath(app, path);
        if (local === null) {
          Notification.warning(
            trans.__('%1 is not on the disk of this server.', path),
            { autoClose: NOTICE }
          );
          return;
        }
        const kernel = await find();
        if (kernel !== null) {
          await sender.send(kernel(), cluster, local);
        }
      }
    });
    for (const kind of ['[data-isdir="true"]', '[data-file-type="python"]']) {
      app.contextMenu.addItem({
        command: CommandIDs.sendFolder,
        selector: `.jp-DirListing-item${kind}`,
        rank: 20
      });
    }
    for (const command of [CommandIDs.packages, CommandIDs.sendFolder]) {
      palette?.addItem({ command, category: trans.__('Dask') });
    }
  }
};

/** The kernel of a notebook, asked anew each time: it may be another one; or none. */
type Found = (() => Kernel.IKernelConnection) | null;

/** The kernel of the notebook that is or was active; says why there is none. */
async function findKernel(
  tracker: INotebookTracker | null,
  trans: TranslationBundle
): Promise<Found> {
  const panel = tracker?.currentWidget ?? null;
  if (panel === null) {
    Notification.info(
      trans.__(
        'Open a notebook first: it is its kernel that is compared, and that sends.'
      ),
      { autoClose: NOTICE }
    );
    return null;
  }
  const language = await languageOf(panel);
  if (!isPython(language)) {
    Notification.warning(
      trans.__('This notebook runs %1; Dask is Python.', language),
      { autoClose: NOTICE }
    );
    return null;
  }
  await panel.sessionContext.ready;
  const now = (): Kernel.IKernelConnection => {
    const kernel = panel.sessionContext.session?.kernel;
    if (!kernel) {
      throw new Error(trans.__('This notebook has no kernel.'));
    }
    return kernel;
  };
  if (!panel.sessionContext.session?.kernel) {
    Notification.warning(trans.__('This notebook has no kernel.'), {
      autoClose: NOTICE
    });
    return null;
  }
  return now;
}

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

/** Where kernels find a file; `null` when it is on another drive than the disk. */
function localPath(app: JupyterFrontEnd, path: string): string | null {
  const { contents } = app.serviceManager;
  const drive = contents.driveName(path);
  if (drive !== '' && drive !== 'RTC') {
    return null;
  }
  const root = PageConfig.getOption('serverRoot');
  return URLExt.join(root, PathExt.removeSlash(contents.localPath(path)));
}
