import type { ILabShell } from '@jupyterlab/application';
import type { WidgetTracker } from '@jupyterlab/apputils';
import type { ITranslator } from '@jupyterlab/translation';
import { PartialJSONObject, UUID } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';

import type { IMonitorSettings } from './monitor/model';
import type { IClusterManager, IMetricsFeed } from './tokens';
import { MonitorPane } from './widgets/monitorPane';

/** What a new monitor shows: two minutes, and how busy workers are. */
const FIRST = { seconds: 120, heat: 'cpu' } as const;

const HEATS: ReadonlyArray<string> = ['cpu', 'memory', 'gpuUse', 'gpuMemory'];

/**
 * Opens monitors in the main area.
 */
export class MonitorPanes {
  constructor(private readonly _options: MonitorPanes.IOptions) {}

  open(cluster: string): void {
    const { shell } = this._options;
    shell.activateById(this._reveal(cluster).id);
  }

  widgetFactory(cluster: string): () => Widget {
    // The shell must know the pane; the dock then moves it where it is dropped.
    return () => this._reveal(cluster);
  }

  /** Make a monitor with a given id, as the layout restorer asks for it. */
  restore(args: PartialJSONObject): MonitorPane {
    const { cluster, heat, id, seconds } = args;
    return (
      this._options.tracker.find(pane => pane.id === id) ??
      this._add(String(id), {
        cluster: String(cluster),
        seconds: typeof seconds === 'number' ? seconds : FIRST.seconds,
        heat: HEATS.includes(String(heat))
          ? (heat as IMonitorSettings['heat'])
          : FIRST.heat
      })
    );
  }

  private _reveal(cluster: string): MonitorPane {
    return (
      this._options.tracker.find(pane => pane.cluster === cluster) ??
      this._add(`jp-Dask-Monitor-${UUID.uuid4()}`, { cluster, ...FIRST })
    );
  }

  private _add(id: string, settings: IMonitorSettings): MonitorPane {
    const { shell, tracker } = this._options;
    const pane = new MonitorPane({ ...this._options, id, settings });
    pane.settingsChanged.connect(() => void tracker.save(pane));
    void tracker.add(pane);
    shell.add(pane, 'main', { activate: false });
    return pane;
  }
}

/**
 * Options of `MonitorPanes`.
 */
export namespace MonitorPanes {
  export interface IOptions {
    feed: IMetricsFeed;
    manager: IClusterManager;
    shell: Pick<ILabShell, 'activateById' | 'add'>;
    /** Resolves when the application has started. */
    started: Promise<unknown>;
    /** Emitted when the theme has changed. */
    theme: ISignal<unknown, unknown> | null;
    /** The monitors that are open. */
    tracker: WidgetTracker<MonitorPane>;
    translator: ITranslator;
  }
}
