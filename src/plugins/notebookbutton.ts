import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator } from '@jupyterlab/translation';
import { Panel } from '@lumino/widgets';

import { once } from '../once';
import { textsOf } from '../texts';
import { IClusterManager, INotebookConnector } from '../tokens';

/** The name of the item in settings of toolbars. */
const ITEM = 'dask-cluster';

/**
 * Shows in the toolbar of notebooks which cluster they are connected to.
 */
export const notebookButtonPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-dask-k8s:notebook-button',
  description:
    'A button in the toolbar of notebooks that shows and changes their Dask cluster.',
  autoStart: true,
  requires: [IClusterManager, INotebookConnector],
  optional: [IToolbarWidgetRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    manager: IClusterManager,
    connector: INotebookConnector,
    toolbars: IToolbarWidgetRegistry | null,
    translator: ITranslator | null
  ): void => {
    const load = once(async () => {
      const { placeFiller } = await import('../notebookplace');
      const trans = textsOf(translator);
      return placeFiller(app, { manager, connector, trans });
    });
    toolbars?.addFactory<NotebookPanel>('Notebook', ITEM, panel => {
      const place = new Panel();
      place.addClass('jp-Dask-NotebookButton-place');
      place.hide();
      void load().then(fill => fill(place, panel));
      return place;
    });
  }
};
