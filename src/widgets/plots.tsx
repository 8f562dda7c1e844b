import { ReactWidget } from '@jupyterlab/apputils';
import type { ITranslator } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { IClusterManager, IDashboardPanes } from '../tokens';

/**
 * The plots of the selected cluster, for the sidebar panel.
 */
export class PlotsSection extends ReactWidget {
  constructor(readonly options: PlotsSection.IOptions) {
    super();
    this.addClass('jp-Dask-Plots');
  }

  protected render(): React.ReactElement {
    return <div />;
  }
}

/**
 * Options of `PlotsSection`.
 */
export namespace PlotsSection {
  export interface IOptions {
    manager: IClusterManager;
    commands: CommandRegistry;
    translator: ITranslator;
    panes: IDashboardPanes | null;
  }
}
