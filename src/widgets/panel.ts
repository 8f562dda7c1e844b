import type { ITranslator } from '@jupyterlab/translation';
import {
  CommandToolbarButton,
  PanelWithToolbar,
  SidePanel
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { IDisposable } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';
import { AccordionPanel, Widget } from '@lumino/widgets';

import {
  CommandIDs,
  IClusterManager,
  INotebookConnector,
  TRANSLATION_DOMAIN
} from '../tokens';
import { ClusterList } from './clusterList';
import { ClusterFilter } from './filter';
import { clusterIcon } from './icons';
import { PanelState } from './panelState';
import { Visibility } from './visibility';

/** The id of the panel in the shell, also in saved layouts. */
export const PANEL_ID = 'jupyter-dask-k8s-panel';

/**
 * The sidebar: clusters, shared clusters while there are some, plots.
 */
export class DaskPanel extends SidePanel {
  constructor(private readonly _options: DaskPanel.IOptions) {
    super({ translator: _options.translator });
    this._trans = _options.translator.load(TRANSLATION_DOMAIN);
    this.id = PANEL_ID;
    this.addClass('jp-Dask-Panel');
    this.title.icon = clusterIcon;
    this.title.caption = this._trans.__('Dask clusters');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', this._trans.__('Dask clusters'));
    this._fillToolbar();
    this.addWidget(
      this._section(
        this._trans.__('Clusters'),
        this._list(false),
        'jp-Dask-Clusters'
      )
    );
    if (_options.plots) {
      this._addPlots(_options.plots);
    }
    _options.manager.changed.connect(this._onChanged, this);
    this._visibility.changed.connect(this._onVisibleChanged, this);
    this._onChanged();
  }

  /** What the panel's parts share. */
  get state(): PanelState {
    return this._options.state;
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._options.manager.changed.disconnect(this._onChanged, this);
    this._visibility.dispose();
    this._look?.dispose();
    super.dispose();
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._visibility.shown = this.isVisible;
  }

  protected onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._visibility.shown = true;
  }

  protected onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this._visibility.shown = false;
  }

  protected onBeforeDetach(msg: Message): void {
    this._visibility.shown = false;
    super.onBeforeDetach(msg);
  }

  private _fillToolbar(): void {
    const { commands, manager, state, translator } = this._options;
    const { toolbar } = this;
    toolbar.node.setAttribute('aria-label', this._trans.__('Dask clusters'));
    toolbar.addItem(
      'new',
      new CommandToolbarButton({
        commands,
        id: CommandIDs.create,
        label: this._trans.__('New cluster')
      })
    );
    toolbar.addItem('filter', new ClusterFilter(manager, state, translator));
    toolbar.addItem(
      'refresh',
      new CommandToolbarButton({
        commands,
        id: CommandIDs.refresh,
        label: ''
      })
    );
  }

  private _list(shared: boolean): ClusterList {
    const { commands, connector, manager, state, translator } = this._options;
    return new ClusterList({
      commands,
      connector,
      filter: cluster => cluster.shared === shared,
      manager,
      shared,
      state,
      translator
    });
  }

  /** The section of plots says which cluster they belong to. */
  private _addPlots(plots: Widget): void {
    const section = this._section(
      plots.title.label,
      plots,
      'jp-Dask-PlotsSection'
    );
    plots.title.changed.connect(title => {
      section.title.label = title.label;
    });
    this.addWidget(section);
  }

  private _section(
    title: string,
    content: Widget,
    className: string
  ): PanelWithToolbar {
    const section = new PanelWithToolbar();
    section.addClass('jp-Dask-Section');
    section.addClass(className);
    section.title.label = title;
    section.addWidget(content);
    return section;
  }

  private _onChanged(): void {
    const wanted = this._options.manager.clusters.some(({ shared }) => shared);
    if (wanted && !this._shared) {
      this._shared = this._section(
        this._trans.__('Shared'),
        this._list(true),
        'jp-Dask-Clusters'
      );
      this.insertWidget(1, this._shared);
      this._size();
    } else if (!wanted && this._shared) {
      this._shared.dispose();
      this._shared = null;
    }
  }

  private _onVisibleChanged(_: Visibility, visible: boolean): void {
    this._look?.dispose();
    this._look = visible ? this._options.manager.look() : null;
    if (visible && !this._sized) {
      this._sized = true;
      this._size();
    }
  }

  /** Share the height: most for the cards. Once only; then it is the user's. */
  private _size(): void {
    // The sections have a size only after the layout has been fitted.
    requestAnimationFrame(() => {
      const { content } = this;
      if (content instanceof AccordionPanel && !this.isDisposed) {
        content.setRelativeSizes(this._shared ? [5, 2, 4] : [3, 2]);
      }
    });
  }

  private readonly _visibility = new Visibility();
  private _look: IDisposable | null = null;
  private _shared: PanelWithToolbar | null = null;
  private _sized = false;
}

/**
 * Options of `DaskPanel`.
 */
export namespace DaskPanel {
  export interface IOptions {
    commands: CommandRegistry;
    connector: INotebookConnector | null;
    manager: IClusterManager;
    /** The content of the Plots section; the panel disposes it. */
    plots: Widget | null;
    state: PanelState;
    translator: ITranslator;
  }
}
