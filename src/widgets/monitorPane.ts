import type { ITranslator } from '@jupyterlab/translation';
import { ISignal, Signal } from '@lumino/signaling';

import type { IMonitorSettings, MonitorModel } from '../monitor/model';
import { IClusterManager, IMetricsFeed } from '../tokens';
import { LazyPane } from './lazyPane';
import { monitorIcon } from './icons';

/**
 * The monitor of a cluster in the main area.
 */
export class MonitorPane extends LazyPane {
  constructor(private readonly _options: MonitorPane.IOptions) {
    super(_options.id, _options.translator, _options.started);
    this._settings = _options.settings;
    this.title.icon = monitorIcon;
    this._retitle();
  }

  /** The name of the cluster that is shown. */
  get cluster(): string {
    return this.settings.cluster;
  }

  /** What is the same after a reload. */
  get settings(): IMonitorSettings {
    return this._model?.settings ?? this._settings;
  }

  /** Emitted when the settings changed. */
  get settingsChanged(): ISignal<this, void> {
    return this._settingsChanged;
  }

  dispose(): void {
    if (!this.isDisposed) {
      super.dispose();
      this._model?.dispose();
      Signal.clearData(this);
    }
  }

  /** Show another cluster. */
  rebind(cluster: string): void {
    if (this._model !== null) {
      this._model.cluster = cluster;
    } else {
      this._settings = { ...this._settings, cluster };
      this._retitle();
      this._settingsChanged.emit();
    }
  }

  protected async fill(): Promise<void> {
    const { fillMonitor } = await import('./monitor/fill');
    if (this.isDisposed) {
      return;
    }
    const { feed, manager, theme } = this._options;
    const { _settings: settings, trans } = this;
    this._model = fillMonitor(this, { feed, manager, settings, theme, trans });
    this._model.changed.connect(() => {
      this._retitle();
      this._settingsChanged.emit();
    });
  }

  private _retitle(): void {
    const { cluster } = this;
    this.title.label = this.trans.__('Monitor · %1', cluster);
    this.title.caption = this.trans.__(
      'Monitor of the Dask cluster %1',
      cluster
    );
  }

  private readonly _settingsChanged = new Signal<this, void>(this);
  private _settings: IMonitorSettings;
  private _model: MonitorModel | null = null;
}

/**
 * Options of `MonitorPane`.
 */
export namespace MonitorPane {
  export interface IOptions {
    feed: IMetricsFeed;
    id: string;
    manager: IClusterManager;
    settings: IMonitorSettings;
    /** Resolves when the application has started. */
    started: Promise<unknown>;
    /** Emitted when the theme has changed. */
    theme: ISignal<unknown, unknown> | null;
    translator: ITranslator;
  }
}
