import type { JupyterFrontEnd } from '@jupyterlab/application';
import { NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';

import { KernelRunner } from './kernelcode';
import { concernsClients } from './notebookclients';
import { NotebookButton } from './widgets/notebookButton';
import { INotebookMenu, openNotebookMenu } from './widgets/notebookMenu';

type Executed = Parameters<typeof NotebookActions.executed.connect>[0];

/** What buttons need beside their notebook. */
export type IButtonOptions = Omit<INotebookMenu, 'app' | 'panel'>;

/**
 * What makes the buttons of notebooks; each looks again when a cell has run that has to do
 * with clients.
 */
export function buttonFactory(
  app: JupyterFrontEnd,
  options: IButtonOptions
): (panel: NotebookPanel) => NotebookButton {
  const { manager, trans } = options;
  const runner = new KernelRunner(manager, trans);
  const { baseUrl } = app.serviceManager.serverSettings;
  return panel => {
    const context = { ...options, app, panel };
    const button = new NotebookButton({
      panel,
      manager,
      runner,
      baseUrl,
      trans,
      openMenu: (view, x, y) => openNotebookMenu(context, view, x, y)
    });
    const onExecuted: Executed = (_, { notebook, cell }) => {
      if (
        notebook === panel.content &&
        concernsClients(cell.model.sharedModel.getSource())
      ) {
        button.clients.look();
      }
    };
    NotebookActions.executed.connect(onExecuted);
    button.disposed.connect(() =>
      NotebookActions.executed.disconnect(onExecuted)
    );
    return button;
  };
}
