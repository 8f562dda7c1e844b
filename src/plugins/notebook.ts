import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator } from '@jupyterlab/translation';

import { clusterCommands } from '../clustercommands';
import { once } from '../once';
import { hasScheduler } from '../target';
import { textsOf } from '../texts';
import { CommandIDs, IClusterManager, INotebookConnector } from '../tokens';

const PLUGIN_ID = 'jupyter-dask-k8s:notebook';

/**
 * Connects notebooks to clusters.
 */
export const notebookPlugin: JupyterFrontEndPlugin<INotebookConnector> = {
  id: PLUGIN_ID,
  description: 'Puts code that connects to a Dask cluster into notebooks.',
  autoStart: true,
  requires: [IClusterManager],
  optional: [INotebookTracker, ISettingRegistry, ITranslator],
  provides: INotebookConnector,
  activate: (
    app: JupyterFrontEnd,
    manager: IClusterManager,
    tracker: INotebookTracker | null,
    settings: ISettingRegistry | null,
    translator: ITranslator | null
  ): INotebookConnector => {
    const trans = textsOf(translator);
    let loaded: ISettingRegistry.ISettings | null = null;
    const load = once(async () => {
      const { makeConnector } = await import('../makeconnector');
      const wanted = () =>
        loaded?.composite.connectThrough === 'kubecluster'
          ? 'kubecluster'
          : 'client';
      return makeConnector({ app, manager, tracker, trans, wanted });
    });
    const connector: INotebookConnector = {
      connect: async (cluster, group) => (await load()).connect(cluster, group),
      dragCells: async cluster => (await load()).dragCells(cluster)
    };
    clusterCommands(app.commands, manager)(CommandIDs.connect, {
      label: trans.__('Connect Notebook to Dask Cluster'),
      caption: trans.__('Put Client code into the active notebook or console'),
      fits: hasScheduler,
      execute: ({ name }, { group }) =>
        connector.connect(name, typeof group === 'string' ? group : undefined)
    });
    const made = new Set<string>();
    // Some are made before anybody knows whether it is wanted.
    const wanted = () =>
      loaded === null || loaded.composite.connectNewNotebooks === true;
    app.serviceManager.contents.fileChanged.connect((_, change) => {
      if (change.type === 'new' && wanted()) {
        made.add(change.newValue?.path ?? '');
      }
    });
    settings?.load(PLUGIN_ID).then(
      found => {
        loaded = found;
        if (tracker === null) {
          return;
        }
        const watch = once(async () => {
          const { connectNewNotebooks } = await import('../newnotebooks');
          const connect = async (cluster: string, panel: NotebookPanel) =>
            (await load()).connectNew(cluster, panel);
          connectNewNotebooks({ connect, made, manager, tracker, wanted });
        });
        const follow = () => (wanted() ? void watch() : made.clear());
        found.changed.connect(follow);
        follow();
      },
      // Settings are missing or broken: JupyterLab says so itself.
      () => undefined
    );
    return connector;
  }
};
