import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { IPaneView, schedulerOf, viewOf } from '../panestate';
import type { IClusterManager } from '../tokens';
import type { MonitorData } from './data';
import type { MonitorFeed, MonitorSource } from './feed';
import type { HeatKind } from './heat';

/** The windows that one can choose, in seconds. */
export const WINDOWS: ReadonlyArray<number> = [30, 60, 120, 300, 600];

/** What of a monitor is the same after a reload. */
export interface IMonitorSettings {
  readonly cluster: string;
  readonly seconds: number;
  readonly heat: HeatKind;
}

/**
 * What one monitor shows: which cluster, how much of the past, and whether it goes on.
 */
export class MonitorModel implements IDisposable {
  constructor(private readonly _options: MonitorModel.IOptions) {
    const { feed, manager, settings } = _options;
    this._cluster = settings.cluster;
    this._seconds = settings.seconds;
    this._heat = settings.heat;
    this._source = feed.open(this._cluster);
    this._source.changed.connect(this._onData, this);
    this._state = this._decide();
    manager.changed.connect(this._follow, this);
    void manager.ready.then(() => {
      this._known = true;
      this._follow();
    });
  }

  /** Emitted when what is chosen, or the state, has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Emitted when there is something new to draw. */
  get updated(): ISignal<this, void> {
    return this._updated;
  }

  get settings(): IMonitorSettings {
    const { cluster, heat, seconds } = this;
    return { cluster, heat, seconds };
  }

  get cluster(): string {
    return this._cluster;
  }

  set cluster(name: string) {
    if (name !== this._cluster && !this._isDisposed) {
      const { live } = this;
      this._source.changed.disconnect(this._onData, this);
      this._source.dispose();
      this._cluster = name;
      this._frozen = null;
      this._source = this._options.feed.open(name);
      this._source.changed.connect(this._onData, this);
      this.live = live;
      this._change();
    }
  }

  /** How much of the past is shown. */
  get seconds(): number {
    return this._seconds;
  }

  set seconds(seconds: number) {
    if (seconds !== this._seconds) {
      this._seconds = seconds;
      this._change();
    }
  }

  /** What the colours of workers mean. */
  get heat(): HeatKind {
    return this._heat;
  }

  set heat(heat: HeatKind) {
    if (heat !== this._heat) {
      this._heat = heat;
      this._change();
    }
  }

  /** Whether the plots stand still. What comes meanwhile is there when they go on. */
  get paused(): boolean {
    return this._frozen !== null;
  }

  set paused(paused: boolean) {
    if (paused !== this.paused) {
      this._frozen = paused ? this._source.data.copy() : null;
      this._change();
    }
  }

  /** Whether somebody can see it; nothing is asked for otherwise. */
  get live(): boolean {
    return this._source.live;
  }

  set live(live: boolean) {
    this._source.live = live;
    if (live) {
      this._look ??= this._options.manager.look();
      this._expect();
    } else {
      this._look?.dispose();
      this._look = null;
      window.clearTimeout(this._timer);
    }
  }

  /** What is to be drawn. */
  get data(): MonitorData {
    return this._frozen ?? this._source.data;
  }

  /** Why there is nothing to draw, or nothing new; of kind `none` when all is well. */
  get state(): IPaneView {
    return this._state;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this.live = false;
      this._isDisposed = true;
      this._options.manager.changed.disconnect(this._follow, this);
      this._source.changed.disconnect(this._onData, this);
      this._source.dispose();
      Signal.clearData(this);
    }
  }

  private _onData(): void {
    this._late = false;
    this._expect();
    this._follow();
    if (!this.paused) {
      this._updated.emit();
    }
  }

  /** A message that does not come means that the connection is cut. */
  private _expect(): void {
    window.clearTimeout(this._timer);
    const seconds = 5 + 3 * this._source.data.interval;
    this._timer = window.setTimeout(() => {
      this._late = true;
      this._follow();
    }, seconds * 1000);
  }

  private _change(): void {
    this._state = this._decide();
    this._changed.emit();
    this._updated.emit();
  }

  private _follow(): void {
    const state = this._decide();
    const old = this._state;
    if (
      !this._isDisposed &&
      (state.kind !== old.kind ||
        state.title !== old.title ||
        state.reason !== old.reason)
    ) {
      this._state = state;
      this._changed.emit();
    }
  }

  private _decide(): IPaneView {
    const { manager, trans } = this._options;
    const { data } = this._source;
    const cluster = manager.get(this._cluster);
    const filled = data.length > 0;
    const reading = filled ? 'live' : 'loading';
    const view = viewOf(
      {
        name: this._cluster,
        plot: trans.__('Cluster monitor'),
        cluster,
        known: this._known,
        error: manager.error || manager.waiting,
        frame: this._late ? 'lost' : reading,
        loaded: filled ? (cluster ? schedulerOf(cluster) : this._cluster) : '',
        empty: ''
      },
      trans
    );
    const running = view.kind === 'none' || view.kind === 'loading';
    if (running && data.reason !== '') {
      const title = trans.__('No readings of %1', this._cluster);
      return { kind: 'waiting', title, reason: data.reason, wanted: '' };
    }
    return view;
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _updated = new Signal<this, void>(this);
  private _cluster: string;
  private _seconds: number;
  private _heat: HeatKind;
  private _source: MonitorSource;
  private _frozen: MonitorData | null = null;
  private _state: IPaneView;
  private _look: IDisposable | null = null;
  private _known = false;
  private _late = false;
  private _timer = 0;
  private _isDisposed = false;
}

/**
 * Options of `MonitorModel`.
 */
export namespace MonitorModel {
  export interface IOptions {
    feed: MonitorFeed;
    manager: IClusterManager;
    settings: IMonitorSettings;
    trans: TranslationBundle;
  }
}
