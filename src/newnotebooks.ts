import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';

import type { IClusterManager } from './tokens';

/** What connecting new notebooks needs. */
export interface INewNotebooks {
  connect: (cluster: string, panel: NotebookPanel) => Promise<void>;
  /** The paths of files that this page has made, and makes. */
  made: Set<string>;
  manager: IClusterManager;
  tracker: INotebookTracker;
  /** Whether it is wanted, as the settings say at any time. */
  wanted: () => boolean;
}

/**
 * Notebooks that this page makes get the code by themselves, once, also those that were
 * faster than this code. Notebooks that come from elsewhere are not touched.
 */
export function connectNewNotebooks({
  connect,
  made,
  manager,
  tracker,
  wanted
}: INewNotebooks): void {
  const look = async (panel: NotebookPanel): Promise<void> => {
    if (!made.delete(panel.context.path) || !wanted()) {
      return;
    }
    // At the start of a page nothing is known, and so nothing selected.
    await manager.ready;
    const cluster = manager.selected;
    await panel.context.ready;
    // The user may still be asked for a kernel.
    await panel.sessionContext.ready;
    if (cluster !== null && panel.sessionContext.session?.kernel) {
      await connect(cluster, panel);
    }
  };
  tracker.widgetAdded.connect((_, panel) => look(panel));
  tracker.forEach(panel => void look(panel));
}
