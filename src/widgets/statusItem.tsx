import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';

import '../../style/base.css';
import '../../style/status.css';
import { CommandIDs, IClusterManager } from '../tokens';
import { countWorkers } from '../workers';
import { clusterIcon } from './icons';

/**
 * Counts clusters and workers in the status bar; a click opens the panel.
 */
export class StatusItem extends ReactWidget {
  constructor(
    private readonly _commands: CommandRegistry,
    private readonly _manager: IClusterManager,
    private readonly _trans: TranslationBundle
  ) {
    super();
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
