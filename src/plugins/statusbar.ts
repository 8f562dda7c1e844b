import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Panel, Widget } from '@lumino/widgets';

import { textsOf } from '../texts';
import { IClusterManager } from '../tokens';
import { onFirstSight } from '../widgets/firstSight';
import { Visibility } from '../widgets/visibility';

/**
 * Counts clusters and workers in the status bar; a click opens the panel.
 */
export const statusBarPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-dask-k8s:statusbar',
  description: 'Counts Dask clusters and workers in the status bar.',
  autoStart: true,
  requires: [IClusterManager],
  optional: [IStatusBar, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    manager: IClusterManager,
    statusBar: IStatusBar | null,
    translator: ITranslator | null
  ): void => {
    if (!statusBar) {
      return;
    }
    const trans = textsOf(translator);
    const item = new Place(async () => {
      const { StatusItem } = await import('../widgets/statusItem');
      return new StatusItem(app.commands, manager, trans);
    });
    statusBar.registerStatusItem('jupyter-dask-k8s:clusters', {
      item,
      align: 'left',
      rank: 10,
      isActive: () => manager.clusters.length > 0,
      activeStateChanged: manager.changed
    });
  }
};

/** The place in the bar: there is nothing in it while there are no clusters. */
class Place extends Panel {
  constructor(load: () => Promise<Widget>) {
    super();
    this.addClass('jp-mod-highlighted');
    onFirstSight(this._visibility, async () => this.addWidget(await load()));
  }

  processMessage(msg: Message): void {
    super.processMessage(msg);
    this._visibility.follow(this, msg);
  }

  private readonly _visibility = new Visibility();
}
