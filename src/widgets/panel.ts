import type { ITranslator } from '@jupyterlab/translation';
import {
  caretDownIcon,
  CommandToolbarButton,
  PanelWithToolbar,
  SidePanel,
  ToolbarButton
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { IDisposable } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';
import type { Widget } from '@lumino/widgets';

import type { Cluster } from '../schema';
import {
  CommandIDs,
  IClusterManager,
  IJobManager,
  INotebookConnector,
  TRANSLATION_DOMAIN
} from '../tokens';
import { ClusterList } from './clusterList';
import { ClusterFilter } from './filter';
import { clusterIcon } from './icons';
import { JobList } from './jobs';
import { PanelState } from './panelState';
import { ISection, Sections } from './sections';
import { Visibility } from './visibility';

/** The id of the panel in the shell, also in saved layouts. */
export const PANEL_ID = 'jupyter-dask-k8s-panel';

/**
 * The sidebar: the user's clusters, then what is shared, what others have, jobs, plots.
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
    this._sections = new Sections(this, this._allSections());
    _options.manager.changed.connect(this._onChanged, this);
    _options.jobs?.changed.connect(this._onChanged, this);
    this._visibility.changed.connect(this._onVisibleChanged, this);
    this._onChanged();
  }

  /** What the panel's parts share. */
  get state(): PanelState {
    return this._options.state;
  }

  /** The parts of the panel, and which of them are folded. */
  get sections(): Sections {
    return this._sections;
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._options.manager.changed.disconnect(this._onChanged, this);
    this._options.jobs?.changed.disconnect(this._onChanged, this);
    this._visibility.dispose();
    this._look?.dispose();
    super.dispose();
  }

  processMessage(msg: Message): void {
    super.processMessage(msg);
    // The first messages come from the constructor of `SidePanel`.
    this._visibility?.follow(this, msg);
  }

  private _fillToolbar(): void {
    const { commands, jobs, manager, state, translator } = this._options;
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
    toolbar.addItem('new-menu', this._profileButton());
    toolbar.addItem(
      'filter',
      new ClusterFilter(manager, jobs, state, translator)
    );
    toolbar.addItem(
      'refresh',
      new CommandToolbarButton({
        commands,
        id: CommandIDs.refresh,
        label: ''
      })
    );
  }

  /** Opens the menu of the profiles below itself. */
  private _profileButton(): ToolbarButton {
    const { commands } = this._options;
    const button = new ToolbarButton({
      icon: caretDownIcon,
      tooltip: this._trans.__('New cluster of a profile'),
      onClick: () => {
        const { bottom, left } = button.node.getBoundingClientRect();
        const place = { x: left, y: bottom };
        void commands.execute(CommandIDs.newMenu, place);
      }
    });
    button.addClass('jp-Dask-newMenu');
    return button;
  }

  /** Whose a cluster is: which section it belongs to. */
  private _place({ owner, shared }: Cluster): 'mine' | 'shared' | 'others' {
    const user = this._options.manager.status?.user ?? owner;
    return shared ? 'shared' : owner === user ? 'mine' : 'others';
  }

  private _allSections(): ISection[] {
    const { jobs, manager, plots } = this._options;
    const trans = this._trans;
    const clusters = (
      id: 'mine' | 'shared' | 'others',
      weight: number,
      title: string
    ): ISection => ({
      id,
      weight,
      wanted: () =>
        id === 'mine' ||
        manager.clusters.some(cluster => this._place(cluster) === id),
      make: () => this._section(title, this._list(id), 'jp-Dask-Clusters')
    });
    return [
      clusters('mine', 6, trans.__('Mine')),
      clusters('shared', 2, trans.__('Shared')),
      clusters('others', 3, trans.__('Others')),
      {
        id: 'jobs',
        weight: 3,
        wanted: () =>
          jobs !== null && (jobs.jobs.length > 0 || jobs.error !== ''),
        make: () => this._makeJobs()
      },
      {
        id: 'plots',
        weight: 4,
        wanted: () => plots !== null,
        make: () => this._makePlots()
      }
    ];
  }

  private _list(place: 'mine' | 'shared' | 'others'): ClusterList {
    const { commands, connector, manager, state, translator } = this._options;
    return new ClusterList({
      commands,
      connector,
      filter: cluster => this._place(cluster) === place,
      main: place === 'mine',
      manager,
      state,
      translator
    });
  }

  private _makeJobs(): PanelWithToolbar {
    const { commands, jobs, manager, state, translator } = this._options;
    if (jobs === null) {
      throw new Error('There are no jobs here.');
    }
    const section = this._section(
      this._trans.__('Jobs'),
      new JobList({ commands, jobs, manager, state, translator }),
      'jp-Dask-JobsSection'
    );
    section.toolbar.addItem(
      'run',
      new CommandToolbarButton({
        commands,
        id: CommandIDs.runAsJob,
        args: { isToolbar: true },
        label: ''
      })
    );
    return section;
  }

  /** The section of plots says which cluster they belong to. */
  private _makePlots(): PanelWithToolbar {
    const { plots } = this._options;
    if (plots === null) {
      throw new Error('There are no plots here.');
    }
    const section = this._section(
      plots.title.label,
      plots,
      'jp-Dask-PlotsSection'
    );
    plots.title.changed.connect(title => {
      section.title.label = title.label;
    });
    return section;
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
    this._sections.update();
  }

  private _onVisibleChanged(_: Visibility, visible: boolean): void {
    this._look?.dispose();
    this._look = visible ? this._options.manager.look() : null;
    if (visible && !this._sized) {
      this._sized = true;
      this._sections.size();
    }
  }

  private readonly _sections: Sections;
  private readonly _visibility = new Visibility();
  private _look: IDisposable | null = null;
  private _sized = false;
}

/**
 * Options of `DaskPanel`.
 */
export namespace DaskPanel {
  export interface IOptions {
    commands: CommandRegistry;
    connector: INotebookConnector | null;
    /** `null` where there are no jobs. */
    jobs: IJobManager | null;
    manager: IClusterManager;
    /** The content of the Plots section; the panel disposes it. */
    plots: Widget | null;
    state: PanelState;
    translator: ITranslator;
  }
}
