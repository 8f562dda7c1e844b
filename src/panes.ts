import type { ILabShell } from '@jupyterlab/application';
import { IThemeManager, WidgetTracker } from '@jupyterlab/apputils';
import type { ITranslator } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import { UUID } from '@lumino/coreutils';
import type { Widget } from '@lumino/widgets';

import { once } from './once';
import type { PaneMode } from './panelayout';
import type { Plot } from './schema';
import { IClusterManager, IDashboardPanes, TRANSLATION_DOMAIN } from './tokens';
import { DashboardPane } from './widgets/pane';

type PlotName = Pick<Plot, 'path' | 'title'>;

/** Where a new pane goes; `ref` is the id of another widget. */
interface IPlace {
  mode?: PaneMode;
  ref?: string;
}

/**
 * Opens plots in the main area and knows those that are open.
 */
export class DashboardPanes implements IDashboardPanes {
  constructor(private readonly _options: DashboardPanes.IOptions) {}

  /** The panes that are open. */
  readonly tracker = new WidgetTracker<DashboardPane>({
    namespace: 'jupyter-dask-k8s-panes'
  });

  /** The plots of the default layout as the settings have them, if they can be read. */
  layout: unknown = undefined;

  async open(
    cluster: string,
    plot: PlotName,
    place: IPlace = {}
  ): Promise<string> {
    const { shell } = this._options;
    if (shell === null) {
      // A shell without a dock, as in Notebook 7, has room for one document.
      window.open(this.url(cluster, plot.path), '_blank', 'noopener');
      return '';
    }
    const where = place.mode === undefined ? this._place(shell) : place;
    const pane = this._reveal(cluster, plot, where);
    shell.activateById(pane.id);
    return pane.id;
  }

  async openLayout(cluster: string): Promise<void> {
    const { shell, translator } = this._options;
    if (shell === null) {
      await this.open(cluster, { path: 'status', title: '' });
      return;
    }
    const [plots, { defaultLayout, fitLayout, parseLayout }] =
      await Promise.all([this._plots(cluster), import('./panelayout')]);
    const layout =
      this.layout === undefined
        ? defaultLayout(translator.load(TRANSLATION_DOMAIN))
        : parseLayout(this.layout);
    const items = fitLayout(layout, plots);
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
      this.tracker.find(pane => pane.id === id) ??
      this._add(cluster, plot, id, {})
    );
  }

  /** Show a cluster in one pane, or in all of them. Returns how many changed. */
  rebind(cluster: string, id?: string): number {
    const panes = this.tracker.filter(
      pane => pane.cluster !== cluster && (id === undefined || pane.id === id)
    );
    panes.forEach(pane => pane.rebind(cluster));
    return panes.length;
  }

  /** Where a page of a dashboard is, without the origin. */
  url(cluster: string, path: string): string {
    return this._options.manager.dashboardURL(cluster, path);
  }

  private _reveal(
    cluster: string,
    plot: PlotName,
    place: IPlace = {}
  ): DashboardPane {
    const open = this.tracker.find(
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
    pane.bound.connect(() => void this.tracker.save(pane));
    void this.tracker.add(pane);
    shell?.add(pane, 'main', { ...place, activate: false });
    return pane;
  }

  /** Beside the plots that are open; the first one beside the notebook. */
  private _place(shell: ILabShell): IPlace {
    const last = this.tracker.currentWidget;
    if (last !== null && last.isVisible) {
      return { mode: 'tab-after', ref: last.id };
    }
    return { mode: 'split-right', ref: this._neighbour(shell)?.id };
  }

  /** What the user works in: the layout opens beside it. */
  private _neighbour(shell: ILabShell): Widget | null {
    const current = shell.currentWidget;
    if (current && !this.tracker.has(current)) {
      return current;
    }
    for (const widget of shell.widgets('main')) {
      if (!this.tracker.has(widget) && widget.isVisible) {
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
  }
}
