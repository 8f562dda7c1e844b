import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { NotebookConnector } from '../connector';
import { KernelRunner } from '../kernelcode';
import { hasScheduler, targetOf } from '../target';
import {
  CommandIDs,
  IClusterManager,
  INotebookConnector,
  TRANSLATION_DOMAIN
} from '../tokens';
import type { VersionCheck } from '../versioncheck';
import { CLUSTER_ARGS } from '../widgets/commandArgs';

const PLUGIN_ID = 'jupyter-dask-k8s:notebook';

/**
 * Connects notebooks to clusters.
 */
export const notebookPlugin: JupyterFrontEndPlugin<INotebookConnector> = {
  id: PLUGIN_ID,
  description: 'Puts code that connects to a Dask cluster into notebooks.',
  autoStart: true,
  requires: [IClusterManager],
  optional: [INotebookTracker, ISettingRegistry, ICommandPalette, ITranslator],
  provides: INotebookConnector,
  activate: (
    app: JupyterFrontEnd,
    manager: IClusterManager,
    tracker: INotebookTracker | null,
    settings: ISettingRegistry | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): INotebookConnector => {
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    let versions: Promise<VersionCheck> | null = null;
    const check = async (cluster: string, panel: NotebookPanel) => {
      versions ??= import('../versioncheck').then(
        loaded =>
          new loaded.VersionCheck({
            runner: new KernelRunner(manager, trans),
            trans,
            showPackages: name =>
              void app.commands.execute(CommandIDs.packages, { cluster: name })
          })
      );
      await (await versions).check(cluster, panel);
    };
    let loaded: ISettingRegistry.ISettings | null = null;
    const connector = new NotebookConnector({
      manager,
      tracker,
      trans,
      wanted: () =>
        loaded?.composite.connectThrough === 'kubecluster'
          ? 'kubecluster'
          : 'client',
      createNotebook: () => createNotebook(app),
      check: (cluster, panel) => void check(cluster, panel)
    });
    app.commands.addCommand(CommandIDs.connect, {
      describedBy: { args: CLUSTER_ARGS },
      label: trans.__('Connect Notebook to Dask Cluster'),
      caption: trans.__('Put a cell with Client code into the active notebook'),
      isEnabled: args => hasScheduler(manager, args),
      execute: async args => {
        const cluster = targetOf(manager, args);
        if (cluster !== null) {
          const { group } = args;
          await connector.connect(
            cluster,
            typeof group === 'string' ? group : undefined
          );
        }
      }
    });
    const notify = (): void => app.commands.notifyCommandChanged();
    manager.selectedChanged.connect(notify);
    manager.changed.connect(notify);
    palette?.addItem({
      command: CommandIDs.connect,
      category: trans.__('Dask')
    });
    settings?.load(PLUGIN_ID).then(
      found => {
        loaded = found;
        if (tracker !== null) {
          connectNewNotebooks(app, manager, connector, tracker, found);
        }
      },
      // Settings are missing or broken: JupyterLab says so itself.
      () => undefined
    );
    return connector;
  }
};

/**
 * Open a new notebook, with a Python kernel where there is one.
 */
async function createNotebook(
  app: JupyterFrontEnd
): Promise<NotebookPanel | null> {
  const specs = app.serviceManager.kernelspecs.specs;
  const names = [
    specs?.default ?? '',
    ...Object.keys(specs?.kernelspecs ?? {})
  ];
  const kernelName = names.find(name =>
    /^python/i.test(specs?.kernelspecs[name]?.language ?? '')
  );
  const made: unknown = await app.commands.execute('notebook:create-new', {
    ...(kernelName === undefined ? {} : { kernelName })
  });
  return made instanceof NotebookPanel ? made : null;
}

/**
 * With the setting on, notebooks that this page made get the code by themselves,
 * once. Notebooks that come from elsewhere are not touched.
 */
function connectNewNotebooks(
  app: JupyterFrontEnd,
  manager: IClusterManager,
  connector: NotebookConnector,
  tracker: INotebookTracker,
  settings: ISettingRegistry.ISettings
): void {
  const made = new Set<string>();
  app.serviceManager.contents.fileChanged.connect((_, { type, newValue }) => {
    if (type === 'new' && newValue?.path?.endsWith('.ipynb')) {
      made.add(newValue.path);
    }
  });
  tracker.widgetAdded.connect(async (_, panel) => {
    const isNew = made.delete(panel.context.path);
    const wanted = settings.get('connectNewNotebooks').composite === true;
    const cluster = manager.selected;
    if (!isNew || !wanted || cluster === null) {
      return;
    }
    await panel.context.ready;
    // The user may still be asked for a kernel.
    await panel.sessionContext.ready;
    if (panel.sessionContext.session?.kernel && isEmpty(panel)) {
      await connector.connectNew(cluster, panel);
    }
  });
}

function isEmpty(panel: NotebookPanel): boolean {
  const cells = panel.content.model?.sharedModel.cells ?? [];
  return cells.every(cell => cell.getSource().trim() === '');
}
