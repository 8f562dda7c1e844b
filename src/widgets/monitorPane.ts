import { MainAreaWidget } from '@jupyterlab/apputils';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { PromiseDelegate } from '@lumino/coreutils';
import { ISignal, Signal } from '@lumino/signaling';
import { Panel } from '@lumino/widgets';

import type { IMonitorSettings, MonitorModel } from '../monitor/model';
import { IClusterManager, TRANSLATION_DOMAIN } from '../tokens';
import { monitorIcon } from './icons';

/**
 * The monitor of a cluster in the main area. It takes its place in the dock at once; what
 * it shows is loaded with the first one.
 */
export class MonitorPane extends MainAreaWidget<Panel> {
  constructor(private readonly _options: MonitorPane.IOptions) {
    super({ content: new Panel(), reveal: _options.loaded.promise });
    this._trans = _options.translator.load(TRANSLATION_DOMAIN);
    this._settings = _options.settings;
    this.id = _options.id;
    this.addClass('jp-Dask-MonitorPane');
    this.content.addClass('jp-Dask-Monitor');
    this.title.icon = monitorIcon;
    this.title.closable = true;
    this._retitle();
    this._load().then(
      () => _options.loaded.resolve(),
      error => _options.loaded.reject(error)
    );
  }

  static make(options: Omit<MonitorPane.IOptions, 'loaded'>): MonitorPane {
    return new MonitorPane({ ...options, loaded: new PromiseDelegate() });
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
    }
  }

  private async _load(): Promise<void> {
    const { fillMonitor } = await import('./monitor/fill');
    if (this.isDisposed) {
      return;
    }
    const { manager, theme } = this._options;
    const { _settings: settings, _trans: trans } = this;
    this._model = fillMonitor(this, { manager, settings, theme, trans });
    this._model.changed.connect(() => {
      this._retitle();
      this._settingsChanged.emit();
    });
  }

  private _retitle(): void {
    const { cluster } = this;
    this.title.label = this._trans.__('Monitor · %1', cluster);
    this.title.caption = this._trans.__(
      'Monitor of the Dask cluster %1',
      cluster
    );
  }

  private readonly _trans: TranslationBundle;
  private readonly _settingsChanged = new Signal<this, void>(this);
  private _settings: IMonitorSettings;
  private _model: MonitorModel | null = null;
}

/**
 * Options of `MonitorPane`.
 */
export namespace MonitorPane {
  export interface IOptions {
    id: string;
    loaded: PromiseDelegate<void>;
    manager: IClusterManager;
    settings: IMonitorSettings;
    /** Emitted when the theme has changed. */
    theme: ISignal<unknown, unknown> | null;
    translator: ITranslator;
  }
}
