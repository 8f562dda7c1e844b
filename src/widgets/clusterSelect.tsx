import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

import type { IClusterManager } from '../tokens';

/** A pane that shows one cluster, and can show another one instead. */
export interface IBound {
  readonly cluster: string;
  /** Emitted when another cluster is shown. */
  readonly bound: ISignal<unknown, unknown>;
  rebind(cluster: string): void;
}

/**
 * Says and changes which cluster a pane shows.
 */
export class ClusterSelect extends ReactWidget {
  constructor(
    private readonly _pane: IBound,
    private readonly _manager: IClusterManager,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Dask-Pane-cluster');
  }

  protected render(): React.ReactElement {
    return (
      <UseSignal signal={this._manager.changed}>
        {() => (
          <UseSignal signal={this._pane.bound}>
            {() => this._select()}
          </UseSignal>
        )}
      </UseSignal>
    );
  }

  private _select(): React.ReactElement {
    const current = this._pane.cluster;
    const names = this._manager.clusters.map(({ name }) => name);
    const options = names.map(name => ({ value: name, label: name }));
    if (!names.includes(current)) {
      options.unshift({
        value: current,
        label: this._trans.__('%1 (not running)', current)
      });
    }
    return (
      <HTMLSelect
        aria-label={this._trans.__('Cluster of this pane')}
        title={this._trans.__('Cluster of this pane: %1', current)}
        value={current}
        options={options}
        onChange={event => this._pane.rebind(event.currentTarget.value)}
      />
    );
  }
}
