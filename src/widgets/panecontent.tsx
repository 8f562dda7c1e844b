import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';
import { ISignal, Signal } from '@lumino/signaling';
import { PanelLayout, Widget } from '@lumino/widgets';
import * as React from 'react';

import type { ContainedPage } from '../containedpage';
import { EmptyPlot } from '../emptyplot';
import { IPaneView, viewOf } from '../panestate';
import type { Plot } from '../schema';
import type { IClusterManager } from '../tokens';
import { DashboardFrame } from './frame';
import { PaneMessage } from './panemessage';

/**
 * The inside of a pane: a frame with the plot, and over it a message that says
 * why there is no plot to see.
 */
export class PaneContent extends Widget {
  constructor(options: PaneContent.IOptions) {
    super();
    this._manager = options.manager;
    this._openMonitor = options.openMonitor;
    this._cluster = options.cluster;
    this._trans = options.trans;
    this.plot = options.plot;
    this.addClass('jp-Dask-PaneContent');
    this.node.tabIndex = -1;
    this._empty = new EmptyPlot(this._manager, this.plot.path);
    this._empty.changed.connect(this._follow, this);
    this._view = viewOf(this._facts(), this._trans);
    const layout = (this.layout = new PanelLayout());
    layout.addWidget(this.frame);
    layout.addWidget(new MessageLayer(this, this._manager, this._trans));
    this.frame.stateChanged.connect(this._follow, this);
    this._manager.changed.connect(this._follow, this);
    void this._manager.ready.then(() => {
      this._known = true;
      this._follow();
    });
    this._name();
  }

  /** The frame with the plot. */
  readonly frame = new DashboardFrame();

  readonly plot: Pick<Plot, 'path' | 'title'>;

  /** The name of the cluster that is shown. */
  get cluster(): string {
    return this._cluster;
  }

  /** Where the plot is, without the origin. */
  get url(): string {
    return this._manager.dashboardURL(this._cluster, this.plot.path);
  }

  /** What is shown now. */
  get view(): IPaneView {
    return this._view;
  }

  /** When it was seen last, in ms since the epoch; `Infinity` while it is to be seen. */
  get seen(): number {
    return this._seen;
  }

  /** Emitted when the pane comes to be seen, and has its page. */
  get shown(): ISignal<this, void> {
    return this._shown;
  }

  /** Emitted when another cluster is shown. */
  get bound(): ISignal<this, string> {
    return this._bound;
  }

  /** Emitted when what is shown changes. */
  get viewChanged(): ISignal<this, void> {
    return this._viewChanged;
  }

  /** Emitted when the user wants the pane closed. */
  get closeRequested(): ISignal<this, void> {
    return this._closeRequested;
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._manager.changed.disconnect(this._follow, this);
    this._empty.dispose();
    this._look?.dispose();
    Signal.clearData(this);
    super.dispose();
  }

  rebind(cluster: string): void {
    if (cluster === this._cluster) {
      return;
    }
    this._cluster = cluster;
    this._loaded = '';
    this._name();
    this._bound.emit(cluster);
    this._follow();
  }

  /** Load the plot again, now. */
  reload(): void {
    this._loaded = '';
    this._empty.forget();
    this._follow();
  }

  /** Use nothing until somebody looks again. */
  unload(): void {
    this.frame.blank();
  }

  openMonitor(): void {
    this._openMonitor(this._cluster);
  }

  requestClose(): void {
    this._closeRequested.emit();
  }

  protected onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    this.node.focus();
  }

  protected onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._look ??= this._manager.look();
    this._seen = Infinity;
    this._follow();
    this._shown.emit();
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    if (this.isVisible) {
      this.onAfterShow(msg);
    }
  }

  protected onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this._look?.dispose();
    this._look = null;
    this._seen = Date.now();
  }

  protected onBeforeDetach(msg: Message): void {
    super.onBeforeDetach(msg);
    this._look?.dispose();
    this._look = null;
    this._seen = Date.now();
    // A frame that moves in the page loads anew; do it when it is seen.
    this.frame.blank();
  }

  /** Bring frame and message in line with the cluster. */
  private _follow(): void {
    if (this.isDisposed || this._following) {
      return;
    }
    // What we do to the frame changes its state: look again until it is settled.
    this._following = true;
    try {
      this._direct(viewOf(this._facts(), this._trans).wanted);
      if (this.isVisible && !document.hidden) {
        const { plain, state } = this.frame;
        const suspect = plain || state === 'lost';
        this._empty.follow(this._manager.get(this._cluster), suspect);
      }
      this._show(viewOf(this._facts(), this._trans));
    } finally {
      this._following = false;
    }
  }

  private _direct(wanted: string): void {
    if (wanted === '') {
      this.frame.blank();
    } else if (
      this.isVisible &&
      (wanted !== this._loaded || this.frame.state === 'blank')
    ) {
      this._loaded = wanted;
      this.frame.load(this.url, this._containment());
    }
  }

  /** How the page is kept apart from Jupyter, if it is. */
  private _containment(): ContainedPage.IPage | null {
    const cluster = this._manager.get(this._cluster);
    if (cluster?.contained !== true) {
      return null;
    }
    const { name } = cluster;
    const place = () => this._manager.dashboardPlace(name);
    return { path: this.plot.path, place };
  }

  private _show(view: IPaneView): void {
    const old = this._view;
    if (
      view.kind !== old.kind ||
      view.title !== old.title ||
      view.reason !== old.reason
    ) {
      this._view = view;
      this._viewChanged.emit();
    }
  }

  private _facts(): Parameters<typeof viewOf>[0] {
    return {
      name: this._cluster,
      plot: this.plot.title,
      cluster: this._manager.get(this._cluster),
      known: this._known,
      error: this._manager.error || this._manager.waiting,
      frame: this.frame.state,
      loaded: this._loaded,
      empty: this._empty.reason
    };
  }

  private _name(): void {
    this.frame.label = `${this.plot.title} · ${this._cluster}`;
  }

  private readonly _manager: IClusterManager;
  private readonly _openMonitor: (cluster: string) => void;
  private readonly _trans: TranslationBundle;
  private readonly _empty: EmptyPlot;
  private readonly _bound = new Signal<this, string>(this);
  private readonly _shown = new Signal<this, void>(this);
  private readonly _viewChanged = new Signal<this, void>(this);
  private readonly _closeRequested = new Signal<this, void>(this);
  private _cluster: string;
  private _view: IPaneView;
  private _known = false;
  private _seen = Date.now();
  private _loaded = '';
  private _following = false;
  private _look: IDisposable | null = null;
}

/**
 * Options of `PaneContent`.
 */
export namespace PaneContent {
  export interface IOptions {
    cluster: string;
    plot: Pick<Plot, 'path' | 'title'>;
    manager: IClusterManager;
    trans: TranslationBundle;
    /** Shows the monitor of a cluster. */
    openMonitor: (cluster: string) => void;
  }
}

/**
 * The message over the frame, as long as there is one.
 */
class MessageLayer extends ReactWidget {
  constructor(
    private readonly _pane: PaneContent,
    private readonly _manager: IClusterManager,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Dask-PaneContent-layer');
  }

  protected render(): React.ReactElement {
    return (
      <UseSignal signal={this._pane.viewChanged}>
        {() => (
          <UseSignal signal={this._manager.changed}>
            {() => (
              <PaneMessage
                view={this._pane.view}
                others={this._manager.clusters
                  .map(({ name }) => name)
                  .filter(name => name !== this._pane.cluster)}
                trans={this._trans}
                onRebind={name => this._pane.rebind(name)}
                onClose={() => this._pane.requestClose()}
                onMonitor={() => this._pane.openMonitor()}
              />
            )}
          </UseSignal>
        )}
      </UseSignal>
    );
  }
}
