import { ReactWidget } from '@jupyterlab/apputils';
import { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { searchIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { IClusterManager, IJobManager, TRANSLATION_DOMAIN } from '../tokens';
import type { PanelState } from './panelState';

/** With fewer clusters and jobs than this there is nothing to look for. */
const USEFUL_FROM = 2;

/**
 * Filters the cards of all sections; there only while it is of use.
 */
export class ClusterFilter extends ReactWidget {
  constructor(
    private readonly _manager: IClusterManager,
    private readonly _jobs: IJobManager | null,
    private readonly _state: PanelState,
    translator: ITranslator
  ) {
    super();
    this._trans = translator.load(TRANSLATION_DOMAIN);
    this.addClass('jp-Dask-Filter');
    _manager.changed.connect(this._refresh, this);
    _jobs?.changed.connect(this._refresh, this);
    _state.changed.connect(this._refresh, this);
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._manager.changed.disconnect(this._refresh, this);
    this._jobs?.changed.disconnect(this._refresh, this);
    this._state.changed.disconnect(this._refresh, this);
    super.dispose();
  }

  protected render(): JSX.Element | null {
    const count =
      this._manager.clusters.length + (this._jobs?.jobs.length ?? 0);
    if (count < USEFUL_FROM && this._state.query === '') {
      return null;
    }
    const label = this._trans.__('Filter by name, owner, phase or profile');
    return (
      <div className="jp-Dask-filter-box">
        <input
          type="search"
          aria-label={label}
          title={label}
          placeholder={this._trans.__('Filter')}
          value={this._state.query}
          onChange={event => {
            this._state.query = event.target.value;
          }}
        />
        <searchIcon.react tag="span" width="16px" height="16px" />
      </div>
    );
  }

  private _refresh(): void {
    this.update();
  }

  private readonly _trans: TranslationBundle;
}
