import type { ILabShell } from '@jupyterlab/application';
import type { IThemeManager, WidgetTracker } from '@jupyterlab/apputils';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { ITranslator } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import { UUID } from '@lumino/coreutils';
import type { Widget } from '@lumino/widgets';

import { once } from './once';
import { defaultLayout, fitLayout, PaneMode, parseLayout } from './panelayout';
import type { Plot } from './schema';
import { IClusterManager, TRANSLATION_DOMAIN } from './tokens';
import { DashboardPane } from './widgets/pane';

type PlotName = Pick<Plot, 'path' | 'title'>;

/** Where a new pane goes; `ref` is the id of another widget. */
interface IPlace {
  mode?: PaneMode;
  ref?: string;
}

/**
 * Opens plots in the main area.
 */
export class DashboardPanes {
  constructor(private readonly _options: DashboardPanes.IOptions) {}

  async open(
    cluster: string,
    plot: PlotName,
    place: IPlace = {}
  ): Promise<string> {
    const { manager, shell } = this._options;
    if (shell === null) {
      // A shell without a dock, as in Notebook 7, has room for one document.
      const url = manager.dashboardURL(cluster, plot.path);
      window.open(url, '_blank', 'noopener');
      return '';
    }
    const where = place.mode === undefined ? this._place(shell) : place;
    const pane = this._reveal(cluster, plot, where);
    shell.activateById(pane.id);
    return pane.id;
  }

  async openLayout(cluster: string): Promise<void> {
    const { settings, shell, translator } = this._options;
    if (shell === null) {
      await this.open(cluster, { path: 'status', title: '' });
      return;
    }
    const plots = await this._plots(cluster);
    const chosen = settings?.get('layout').composite;
    const wanted =
      chosen === undefined
        ? defaultLayout(translator.load(TRANSLATION_DOMAIN))
        : parseLayout(chosen);
    const items = fitLayout(wanted, plots);
    const opened = new Map<string, DashboardPane>();
    const beside = this._neighbour(shell)?.id;
    let last: DashboardPane | undefined;
    for (const { path, title, mode, ref } of items) {
      const other = opened.get(ref ?? '') ?? last;
      const id = last === undefined || ref === undefined ? beside : other?.id;
      last = this._reveal(cluster, { path, title }, { mode, ref: id });
      opened.set(path, last);
      shell.activateById(last.id);
    }
    // The user goes on in the notebook, not in a plot.
    if (beside !== undefined) {
      shell.activateById(beside);
    }
  }

  widgetFactory(cluster: string, plot: PlotName): () => Widget {
    // The shell must know the pane; the dock then moves it where it is dropped.
    return () => this._reveal(cluster, plot);
  }

  /**
   * Make a pane with a given id, as the layout restorer asks for it.
   */
  restore(cluster: string, plot: PlotName, id: string): DashboardPane {
    return (
      this._tracker.find(pane => pane.id === id) ??
      this._add(cluster, plot, id, {})
    );
  }

  private _reveal(
    cluster: string,
    plot: PlotName,
    place: IPlace = {}
  ): DashboardPane {
    const open = this._tracker.find(
      pane => pane.cluster === cluster && pane.plot.path === plot.path
    );
    const id = `jp-Dask-Pane-${UUID.uuid4()}`;
    return open ?? this._add(cluster, plot, id, place);
  }

  private _add(
    cluster: string,
    plot: PlotName,
    id: string,
    place: IPlace
  ): DashboardPane {
    const { shell, started, translator } = this._options;
    const loadFill = this._loadFill;
    const pane = new DashboardPane({
      id,
      cluster,
      loadFill,
      plot,
      started,
      translator
    });
    pane.bound.connect(() => void this._tracker.save(pane));
    void this._tracker.add(pane);
    shell?.add(pane, 'main', { ...place, activate: false });
    return pane;
  }

  /** Beside the plots that are open; the first one beside the notebook. */
  private _place(shell: ILabShell): IPlace {
    const last = this._tracker.currentWidget;
    if (last !== null && last.isVisible) {
      return { mode: 'tab-after', ref: last.id };
    }
    return { mode: 'split-right', ref: this._neighbour(shell)?.id };
  }

  /** What the user works in: the layout opens beside it. */
  private _neighbour(shell: ILabShell): Widget | null {
    const current = shell.currentWidget;
    if (current && !this._tracker.has(current)) {
      return current;
    }
    for (const widget of shell.widgets('main')) {
      if (!this._tracker.has(widget) && widget.isVisible) {
        return widget;
      }
    }
    return null;
  }

  private async _plots(cluster: string): Promise<ReadonlyArray<Plot> | null> {
    const { manager } = this._options;
    if (manager.get(cluster)?.phase !== 'Running') {
      return null;
    }
    try {
      return await manager.plots(cluster);
    } catch {
      // The panes wait for the scheduler, and say so.
      return null;
    }
  }

  private get _tracker(): WidgetTracker<DashboardPane> {
    return this._options.tracker;
  }

  /** What panes show comes with the first that is seen. */
  private readonly _loadFill = once(async () => {
    const { translator } = this._options;
    const { makeFill } = await import('./widgets/panefill');
    const trans = translator.load(TRANSLATION_DOMAIN);
    return makeFill({ ...this._options, trans });
  });
}

/**
 * Options of `DashboardPanes`.
 */
export namespace DashboardPanes {
  export interface IOptions {
    commands: CommandRegistry;
    manager: IClusterManager;
    translator: ITranslator;
    /** Resolves when the application has started. */
    started: Promise<unknown>;
    /** The shell with a dock; `null` where there is none. */
    shell: ILabShell | null;
    /** Tells of other themes, where there are any. */
    themes: Pick<IThemeManager, 'themeChanged'> | null;
    /** The panes that are open. */
    tracker: WidgetTracker<DashboardPane>;
    /** They have the plots of the default layout, if they can be read. */
    settings?: ISettingRegistry.ISettings;
  }
}
