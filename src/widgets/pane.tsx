import { MainAreaWidget } from '@jupyterlab/apputils';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import {
  launchIcon,
  refreshIcon,
  ToolbarButton
} from '@jupyterlab/ui-components';

import type { Plot } from '../schema';
import { IClusterManager, TRANSLATION_DOMAIN } from '../tokens';
import { ClusterSelect } from './clusterSelect';
import { PaneContent } from './panecontent';
import { plotIcon } from './ploticon';

/**
 * A plot of a cluster in the main area.
 */
export class DashboardPane extends MainAreaWidget<PaneContent> {
  constructor(options: DashboardPane.IOptions) {
    super({ content: new PaneContent(options) });
    const trans = (this._trans = options.translator.load(TRANSLATION_DOMAIN));
    this.id = options.id;
    this.addClass('jp-Dask-Pane');
    this.title.icon = plotIcon;
    this.title.closable = true;
    this.title.dataset = { ...this.title.dataset, type: DashboardPane.TYPE };
    this.toolbar.addItem(
      'cluster',
      new ClusterSelect(this.content, options.manager, trans)
    );
    this.toolbar.addItem(
      'reload',
      new ToolbarButton({
        icon: refreshIcon,
        onClick: () => this.content.reload(),
        tooltip: trans.__('Reload this plot')
      })
    );
    this.toolbar.addItem(
      'browser-tab',
      new ToolbarButton({
        icon: launchIcon,
        onClick: () => {
          window.open(this.content.url, '_blank', 'noopener');
        },
        tooltip: trans.__('Open this plot in a new browser tab')
      })
    );
    this.content.bound.connect(this._retitle, this);
    this.content.closeRequested.connect(this.close, this);
    this._retitle();
  }

  /** The name of the cluster that is shown. */
  get cluster(): string {
    return this.content.cluster;
  }

  get plot(): Pick<Plot, 'path' | 'title'> {
    return this.content.plot;
  }

  /** Show the same plot of another cluster. */
  rebind(cluster: string): void {
    this.content.rebind(cluster);
  }

  private _retitle(): void {
    this.title.label = `${this.plot.title} · ${this.cluster}`;
    this.title.caption = this._trans.__(
      '%1 of the Dask cluster %2',
      this.plot.title,
      this.cluster
    );
  }

  private readonly _trans: TranslationBundle;
}

/**
 * Options of `DashboardPane`.
 */
export namespace DashboardPane {
  /** Marks the tabs of panes: `data-type` of the tab, for context menus. */
  export const TYPE = 'dask-k8s-pane';

  export interface IOptions {
    id: string;
    cluster: string;
    plot: Pick<Plot, 'path' | 'title'>;
    manager: IClusterManager;
    translator: ITranslator;
    /** Shows the monitor of a cluster. */
    openMonitor: (cluster: string) => void;
  }
}
