import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ReactWidget } from '@jupyterlab/apputils';
import { IStatusBar } from '@jupyterlab/statusbar';
import {
  ITranslator,
  nullTranslator,
  TranslationBundle
} from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';

import { CommandIDs, IClusterManager, TRANSLATION_DOMAIN } from '../tokens';
import { countWorkers } from '../widgets/format';
import { clusterIcon } from '../widgets/icons';

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
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const item = new StatusItem(app.commands, manager, trans);
    statusBar.registerStatusItem('jupyter-dask-k8s:clusters', {
      item,
      align: 'left',
      rank: 10,
      isActive: () => manager.clusters.length > 0,
      activeStateChanged: manager.changed
    });
  }
};

class StatusItem extends ReactWidget {
  constructor(
    private readonly _commands: CommandRegistry,
    private readonly _manager: IClusterManager,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-mod-highlighted');
    this.addClass('jp-Dask-StatusItem');
    _manager.changed.connect(this._refresh, this);
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._manager.changed.disconnect(this._refresh, this);
      super.dispose();
    }
  }

  protected render(): JSX.Element {
    const trans = this._trans;
    const { clusters } = this._manager;
    const workers = clusters.reduce(
      (sum, cluster) => sum + countWorkers(cluster).ready,
      0
    );
    const text = trans.__(
      'Dask: %1, %2',
      trans._n('%1 cluster', '%1 clusters', clusters.length),
      trans._n('%1 worker', '%1 workers', workers)
    );
    return (
      <button
        type="button"
        title={trans.__('Show Dask clusters')}
        onClick={() => {
          if (this._commands.hasCommand(CommandIDs.focus)) {
            void this._commands.execute(CommandIDs.focus);
          }
        }}
      >
        <clusterIcon.react tag="span" width="14px" height="14px" />
        {text}
      </button>
    );
  }

  private _refresh(): void {
    this.update();
  }
}
