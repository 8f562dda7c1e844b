import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification, showErrorMessage } from '@jupyterlab/apputils';
import { IStateDB } from '@jupyterlab/statedb';
import {
  ITranslator,
  nullTranslator,
  TranslationBundle
} from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import { clusterCommands } from '../clustercommands';
import { isMissingPart } from '../missingparts';
import { once } from '../once';
import type { Cluster } from '../schema';
import { takes } from '../takes';
import { messageOf } from '../target';
import {
  CommandIDs,
  IClusterManager,
  IClusterMonitors,
  IDashboardPanes,
  IJobManager,
  IMetricsFeed,
  INotebookConnector,
  TRANSLATION_DOMAIN
} from '../tokens';
import { clusterIcon } from '../widgets/icons';
import { DaskPanel, PANEL_ID } from '../widgets/panel';
import type { IEditing, PanelState } from '../widgets/panelState';

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
    IDashboardPanes,
    INotebookConnector,
    IJobManager,
    IStateDB,
    IClusterMonitors
  ],
  activate: (
    app: JupyterFrontEnd,
    manager: IClusterManager,
    translatorOrNull: ITranslator | null,
    restorer: ILayoutRestorer | null,
    panes: IDashboardPanes | null,
    connector: INotebookConnector | null,
    jobs: IJobManager | null,
    stateDB: IStateDB | null,
    monitors: IClusterMonitors | null
  ): void => {
    const { commands } = app;
    const translator = translatorOrNull ?? nullTranslator;
    const trans = translator.load(TRANSLATION_DOMAIN);
    const loadState = once(async () => {
      const { PanelState } = await import('../widgets/panelState');
      return new PanelState();
    });

    commands.addCommand(CommandIDs.focus, {
      label: trans.__('Show Dask Clusters'),
      caption: trans.__('Show the panel of Dask clusters'),
      icon: clusterIcon,
      describedBy: takes('NO_ARGS'),
      execute: () => app.shell.activateById(PANEL_ID)
    });

    addEditors(app, manager, loadState, trans);
    addExtend(commands, manager, trans);

    const fill = async (panel: DaskPanel): Promise<void> => {
      // The application does not wait for what a panel shows that was left open.
      await app.restored;
      try {
        const [{ fillPanel }, state, feed] = await Promise.all([
          import('../widgets/panelContent'),
          loadState(),
          app.resolveRequiredService(IMetricsFeed)
        ]);
        await fillPanel(panel, stateDB, {
          commands,
          connector,
          feed,
          jobs,
          manager,
          monitors,
          panes,
          state,
          translator
        });
      } catch (error) {
        if (!isMissingPart(error)) {
          void showErrorMessage(trans.__('The panel cannot be shown'), {
            message: messageOf(error)
          });
        }
        throw error;
      }
    };
    const panel = new DaskPanel({ fill, translator });
    app.shell.add(panel, 'left', { rank: RANK, type: 'Dask' });
    restorer?.add(panel, PANEL_ID);
  }
};

/** Whether a cluster may be changed: one that is not at its end. */
function changeable({ phase }: Cluster): boolean {
  return phase !== 'Stopping' && phase !== 'Failed';
}

/** The commands that open an editor on the card of a cluster. */
function addEditors(
  app: JupyterFrontEnd,
  manager: IClusterManager,
  loadState: () => Promise<PanelState>,
  trans: TranslationBundle
): void {
  const addCommand = clusterCommands(app.commands, manager);
  const add = (
    id: string,
    what: IEditing['what'],
    text: { label: string; caption: string },
    fits: (cluster: Cluster) => boolean
  ): void => {
    addCommand(id, {
      ...text,
      fits: cluster => changeable(cluster) && fits(cluster),
      execute: async ({ name }) => {
        app.shell.activateById(PANEL_ID);
        manager.selected = name;
        const state = await loadState();
        state.query = '';
        state.editing = { what, cluster: name };
      }
    });
  };
  add(
    CommandIDs.scale,
    'scale',
    {
      label: trans.__('Scale Dask Cluster…'),
      caption: trans.__('Change the number of workers')
    },
    ({ groups }) => groups.length > 0
  );
  add(
    CommandIDs.addGroup,
    'newGroup',
    {
      label: trans.__('Add Dask Worker Group…'),
      caption: trans.__('Add workers of another kind to the cluster')
    },
    ({ groups, shared }) => groups.length > 0 && !shared
  );
  add(
    CommandIDs.lifetime,
    'lifetime',
    {
      label: trans.__('Lifetime of Dask Cluster…'),
      caption: trans.__('Change when the cluster ends by itself')
    },
    ({ shared }) => !shared
  );
}

function addExtend(
  commands: CommandRegistry,
  manager: IClusterManager,
  trans: TranslationBundle
): void {
  const fits = (cluster: Cluster): boolean => {
    const { no_client_seconds: alone, kind } = cluster.lifetime ?? {};
    return (
      changeable(cluster) && (kind === 'idle' || typeof alone === 'number')
    );
  };
  clusterCommands(commands, manager)(CommandIDs.extend, {
    label: trans.__('Extend Dask Cluster'),
    caption: trans.__('Start the clock anew after which the cluster ends'),
    shows: fits,
    fits,
    execute: async ({ name }) => {
      try {
        await manager.update(name, { extend: true });
      } catch (error) {
        Notification.error(messageOf(error));
      }
    }
  });
}
