import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';

import type { IClusterManager } from './tokens';

/** What connecting new notebooks needs. */
export interface INewNotebooks {
  app: JupyterFrontEnd;
  connect: (cluster: string, panel: NotebookPanel) => Promise<void>;
  manager: IClusterManager;
  tracker: INotebookTracker;
  /** Whether it is wanted, as the settings say at any time. */
  wanted: () => boolean;
}

/**
 * Notebooks that this page makes get the code by themselves, once. Notebooks that come
 * from elsewhere are not touched.
 */
export function connectNewNotebooks({
  app,
  connect,
  manager,
  tracker,
  wanted
}: INewNotebooks): void {
  const made = new Set<string>();
  app.serviceManager.contents.fileChanged.connect((_, { type, newValue }) => {
    if (type === 'new' && newValue?.path?.endsWith('.ipynb')) {
      made.add(newValue.path);
    }
  });
  tracker.widgetAdded.connect(async (_, panel) => {
    const isNew = made.delete(panel.context.path);
    const cluster = manager.selected;
    if (!isNew || !wanted() || cluster === null) {
      return;
    }
    await panel.context.ready;
    // The user may still be asked for a kernel.
    await panel.sessionContext.ready;
    if (panel.sessionContext.session?.kernel) {
      await connect(cluster, panel);
    }
  });
}
