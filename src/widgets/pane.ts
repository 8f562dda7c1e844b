import type { ITranslator } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { ISignal, Signal } from '@lumino/signaling';
import { Panel } from '@lumino/widgets';

import type { Plot } from '../schema';
import { plotIcon } from './icons';
import { LazyPane } from './lazyPane';
import type { PaneContent } from './panecontent';

/**
 * A plot of a cluster in the main area.
 */
export class DashboardPane extends LazyPane {
  constructor(private readonly _options: DashboardPane.IOptions) {
    super(_options.id, _options.translator, _options.started, new Inside());
    this._cluster = _options.cluster;
    this.addClass('jp-Dask-Pane');
    this.title.icon = plotIcon;
    this.title.dataset = { ...this.title.dataset, type: DashboardPane.TYPE };
    this._retitle();
  }

  /** The name of the cluster that is shown. */
  get cluster(): string {
    return this._cluster;
  }

  get plot(): Pick<Plot, 'path' | 'title'> {
    return this._options.plot;
  }

  /** Emitted when another cluster is shown. */
  get bound(): ISignal<this, string> {
    return this._bound;
  }

  dispose(): void {
    if (!this.isDisposed) {
      super.dispose();
      Signal.clearData(this);
    }
  }

  /** Show the same plot of another cluster. */
  rebind(cluster: string): void {
    if (this._inside !== null) {
      this._inside.rebind(cluster);
    } else {
      this._onBound(cluster);
    }
  }

  protected async fill(): Promise<void> {
    const fill = await this._options.loadFill();
    if (!this.isDisposed) {
      this._inside = fill(this);
      this._inside.bound.connect((_, cluster) => this._onBound(cluster));
    }
  }

  private _onBound(cluster: string): void {
    if (cluster !== this._cluster) {
      this._cluster = cluster;
      this._retitle();
      this._bound.emit(cluster);
    }
  }

  private _retitle(): void {
    this.title.label = `${this.plot.title} · ${this.cluster}`;
    this.title.caption = this.trans.__(
      '%1 of the Dask cluster %2',
      this.plot.title,
      this.cluster
    );
  }

  private readonly _bound = new Signal<this, string>(this);
  private _cluster: string;
  private _inside: PaneContent | null = null;
}

/** Hands the focus on to what it holds. */
class Inside extends Panel {
  protected onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    this.widgets[0]?.activate();
  }
}

/**
 * Options of `DashboardPane`.
 */
export namespace DashboardPane {
  /** Marks the tabs of panes: `data-type` of the tab, for context menus. */
  export const TYPE = 'dask-k8s-pane';

  /** Puts into a pane what it shows. */
  export type Fill = (pane: DashboardPane) => PaneContent;

  export interface IOptions {
    id: string;
    cluster: string;
    plot: Pick<Plot, 'path' | 'title'>;
    translator: ITranslator;
    /** Resolves when the application has started. */
    started: Promise<unknown>;
    loadFill: () => Promise<Fill>;
  }
}
