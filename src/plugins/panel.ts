import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { Cluster } from '../schema';
import {
  CommandIDs,
  IClusterManager,
  IDashboardPanes,
  INotebookConnector,
  TRANSLATION_DOMAIN
} from '../tokens';
import { CLUSTER_ARGS, NO_ARGS } from '../widgets/commandArgs';
import { clusterIcon } from '../widgets/icons';
import { DaskPanel, PANEL_ID } from '../widgets/panel';
import { PanelState } from '../widgets/panelState';
import { PlotsSection } from '../widgets/plots';

/** Below the file browser, the running sessions and the table of contents. */
const RANK = 550;

/**
 * The sidebar panel, and the commands that show it.
 */
export const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-dask-k8s:panel',
  description: 'Adds the sidebar panel of Dask clusters.',
  autoStart: true,
  requires: [IClusterManager],
  optional: [
    ITranslator,
    ILayoutRestorer,
    ICommandPalette,
    IDashboardPanes,
    INotebookConnector
  ],
  activate: (
    app: JupyterFrontEnd,
    manager: IClusterManager,
    translatorOrNull: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    panes: IDashboardPanes | null,
    connector: INotebookConnector | null
  ): void => {
    const { commands } = app;
    const translator = translatorOrNull ?? nullTranslator;
    const trans = translator.load(TRANSLATION_DOMAIN);
    const state = new PanelState();

    commands.addCommand(CommandIDs.focus, {
      label: trans.__('Show Dask Clusters'),
      caption: trans.__('Show the panel of Dask clusters'),
      icon: clusterIcon,
      describedBy: { args: NO_ARGS },
      execute: () => app.shell.activateById(PANEL_ID)
    });

    const scalable = (args: ReadonlyPartialJSONObject): Cluster | undefined => {
      const { cluster = manager.selected } = args;
      const found =
        typeof cluster === 'string' ? manager.get(cluster) : undefined;
      const ending = found?.phase === 'Stopping' || found?.phase === 'Failed';
      return ending || found?.groups.length === 0 ? undefined : found;
    };
    commands.addCommand(CommandIDs.scale, {
      label: trans.__('Scale Dask Cluster…'),
      caption: trans.__('Change the number of workers'),
      describedBy: { args: CLUSTER_ARGS },
      isEnabled: args => scalable(args) !== undefined,
      execute: args => {
        const cluster = scalable(args);
        if (cluster) {
          app.shell.activateById(PANEL_ID);
          state.query = '';
          manager.selected = cluster.name;
          state.scaling = cluster.name;
        }
      }
    });
    manager.changed.connect(() => notifyChanged(commands));
    manager.selectedChanged.connect(() => notifyChanged(commands));

    const panel = new DaskPanel({
      commands,
      connector,
      manager,
      plots: new PlotsSection({ manager, commands, translator, panes }),
      state,
      translator
    });
    app.shell.add(panel, 'left', { rank: RANK, type: 'Dask' });
    restorer?.add(panel, PANEL_ID);
    const category = trans.__('Dask');
    palette?.addItem({ command: CommandIDs.focus, category });
    palette?.addItem({ command: CommandIDs.scale, category });
  }
};

function notifyChanged(commands: CommandRegistry): void {
  commands.notifyCommandChanged(CommandIDs.scale);
}
