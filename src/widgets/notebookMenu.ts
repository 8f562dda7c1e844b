import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';

import type { IConnectionView } from '../connection';
import { CommandIDs, IClusterManager, INotebookConnector } from '../tokens';
import { NO_ARGS } from './commandArgs';
import { describeWorkers } from './format';
import { popUp } from './menu';

/**
 * What one can do about the cluster of a notebook.
 */
export interface INotebookMenu {
  app: JupyterFrontEnd;
  manager: IClusterManager;
  connector: INotebookConnector;
  panel: NotebookPanel;
  trans: TranslationBundle;
}

/**
 * Open the menu of the button: the running clusters to connect to, a new one, and the
 * views of the one that the notebook is connected to.
 */
export function openNotebookMenu(
  context: INotebookMenu,
  view: IConnectionView,
  x: number,
  y: number
): void {
  // Its items are about this notebook, which no command of the application knows.
  const commands = new CommandRegistry();
  const menu = new Menu({ commands });
  const add = (
    label: string,
    execute: () => unknown,
    options: Partial<CommandRegistry.ICommandOptions> = {}
  ): void => {
    const command = `dask-${menu.items.length}`;
    commands.addCommand(command, {
      describedBy: { args: NO_ARGS },
      label,
      execute,
      ...options
    });
    menu.addItem({ command });
  };
  addClusters(context, view, add);
  menu.addItem({ type: 'separator' });
  addCommands(context, view, add);
  popUp(menu, x, y);
}

type Add = (
  label: string,
  execute: () => unknown,
  options?: Partial<CommandRegistry.ICommandOptions>
) => void;

function addClusters(
  { app, connector, manager, panel, trans }: INotebookMenu,
  view: IConnectionView,
  add: Add
): void {
  const running = manager.clusters.filter(({ phase }) => phase === 'Running');
  for (const cluster of running) {
    const { name } = cluster;
    const workers = describeWorkers(cluster, trans);
    add(
      trans.__('Connect to %1 (%2)', name, workers),
      () => {
        // The code goes into the active notebook.
        app.shell.activateById(panel.id);
        return connector.connect(name);
      },
      {
        isToggleable: true,
        isToggled: () => name === view.cluster,
        caption: trans.__('Put code that connects to it into this notebook')
      }
    );
  }
  if (running.length === 0) {
    add(trans.__('No cluster runs'), () => undefined, {
      isEnabled: () => false
    });
  }
}

function addCommands(
  { app, trans }: INotebookMenu,
  { cluster }: IConnectionView,
  add: Add
): void {
  const { commands } = app;
  const forward = (label: string, id: string, args = {}): void => {
    if (commands.hasCommand(id)) {
      add(label, () => commands.execute(id, args), {
        isEnabled: () => commands.isEnabled(id, args)
      });
    }
  };
  forward(trans.__('New Cluster…'), CommandIDs.create);
  if (cluster === null) {
    forward(trans.__('Show All Clusters'), CommandIDs.focus);
    return;
  }
  const args = { cluster };
  forward(trans.__('Details of %1', cluster), CommandIDs.details, args);
  forward(trans.__('Monitor of %1', cluster), CommandIDs.monitor, args);
  forward(
    trans.__('Default Plots of %1', cluster),
    CommandIDs.openLayout,
    args
  );
}
