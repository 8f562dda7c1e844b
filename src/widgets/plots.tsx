import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { PlotList, PlotListState } from '../plotlist';
import type { Plot } from '../schema';
import {
  CommandIDs,
  IClusterManager,
  IClusterMonitors,
  IDashboardPanes,
  TRANSLATION_DOMAIN
} from '../tokens';
import { watchPlotDrag } from './plotdrag';
import { MONITOR, PlotsView } from './plotsview';

/**
 * The plots of the selected cluster, for the sidebar panel.
 */
export class PlotsSection extends ReactWidget {
  constructor(private readonly _options: PlotsSection.IOptions) {
    super();
    this.addClass('jp-Dask-Plots');
    this._trans = _options.translator.load(TRANSLATION_DOMAIN);
    this._list = new PlotList(_options.manager);
    _options.manager.selectedChanged.connect(this._retitle, this);
    this._retitle();
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._options.manager.selectedChanged.disconnect(this._retitle, this);
    this._list.dispose();
    super.dispose();
  }

  protected onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._list.active = true;
  }

  protected onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this._list.active = false;
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._list.active = this.isVisible;
  }

  protected onBeforeDetach(msg: Message): void {
    this._list.active = false;
    super.onBeforeDetach(msg);
  }

  protected render(): React.ReactElement {
    return (
      <UseSignal signal={this._list.changed}>
        {() => this._view(this._list.state)}
      </UseSignal>
    );
  }

  private _view(state: PlotListState): React.ReactElement {
    const { commands, panes } = this._options;
    const cluster = state.kind === 'none' ? '' : state.cluster.name;
    return (
      <PlotsView
        // What was searched and unfolded belongs to one cluster.
        key={cluster}
        state={state}
        trans={this._trans}
        monitor={commands.hasCommand(CommandIDs.monitor)}
        onOpen={({ path, title }) =>
          void (path === MONITOR
            ? commands.execute(CommandIDs.monitor, { cluster })
            : commands.execute(CommandIDs.openPlot, { cluster, path, title }))
        }
        onOpenLayout={() =>
          void commands.execute(CommandIDs.openLayout, { cluster })
        }
        onRetry={() => this._list.retry()}
        onPointerDown={
          panes && ((event, plot) => this._drag(panes, event, cluster, plot))
        }
      />
    );
  }

  private _drag(
    panes: IDashboardPanes,
    event: React.PointerEvent<HTMLElement>,
    cluster: string,
    plot: Plot
  ): void {
    const { monitors } = this._options;
    watchPlotDrag(event, () =>
      plot.path === MONITOR && monitors !== null
        ? monitors.widgetFactory(cluster)
        : panes.widgetFactory(cluster, plot)
    );
  }

  private _retitle(): void {
    const { selected } = this._options.manager;
    this.title.label =
      selected === null
        ? this._trans.__('Plots')
        : this._trans.__('Plots · %1', selected);
  }

  private readonly _trans: TranslationBundle;
  private readonly _list: PlotList;
}

/**
 * Options of `PlotsSection`.
 */
export namespace PlotsSection {
  export interface IOptions {
    manager: IClusterManager;
    commands: CommandRegistry;
    translator: ITranslator;
    monitors: IClusterMonitors | null;
    panes: IDashboardPanes | null;
  }
}
