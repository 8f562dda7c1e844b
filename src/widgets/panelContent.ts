import type { IStateDB } from '@jupyterlab/statedb';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import {
  caretDownIcon,
  CommandToolbarButton,
  PanelWithToolbar,
  type ToolbarButton
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { IDisposable } from '@lumino/disposable';
import type { Widget } from '@lumino/widgets';

import '../../style/base.css';
import '../../style/panel.css';
import '../../style/plots.css';
import '../../style/groups.css';
import '../../style/jobs.css';
import type { Cluster } from '../schema';
import {
  CommandIDs,
  IClusterManager,
  IClusterMonitors,
  IDashboardPanes,
  IJobManager,
  IMetricsFeed,
  INotebookConnector,
  TRANSLATION_DOMAIN
} from '../tokens';
import { actionButton } from './actionButton';
import { ClusterList } from './clusterList';
import { ClusterFilter } from './filter';
import { JobList } from './jobs';
import type { DaskPanel } from './panel';
import type { PanelState } from './panelState';
import { PlotsSection } from './plots';
import { ISection, Sections } from './sections';

/** Where the state of the sections is kept. */
const FOLDS = 'jupyter-dask-k8s:folded';

/**
 * Put into the panel the user's clusters, then what is shared, what others have, jobs,
 * plots. Sections stay folded, also in the next session: ours go by name, as the shell
 * restores by position, and sections come and go.
 */
export async function fillPanel(
  panel: DaskPanel,
  stateDB: IStateDB | null,
  options: IPanelOptions
): Promise<void> {
  const saved = await stateDB?.fetch(FOLDS).catch(() => undefined);
  if (panel.isDisposed) {
    return;
  }
  const { sections } = new PanelContent(panel, options);
  if (Array.isArray(saved)) {
    sections.folded = saved.filter(
      (id): id is string => typeof id === 'string'
    );
  }
  sections.changed.connect(() => {
    void stateDB?.save(FOLDS, [...sections.folded]);
  });
}

/** What the panel shows is made of. */
export interface IPanelOptions {
  commands: CommandRegistry;
  connector: INotebookConnector | null;
  feed: IMetricsFeed;
  /** `null` where there are no jobs. */
  jobs: IJobManager | null;
  manager: IClusterManager;
  monitors: IClusterMonitors | null;
  panes: IDashboardPanes | null;
  state: PanelState;
  translator: ITranslator;
}

/**
 * The toolbar and the sections of the panel.
 */
class PanelContent {
  constructor(
    private readonly _panel: DaskPanel,
    private readonly _options: IPanelOptions
  ) {
    const { jobs, manager, translator } = _options;
    this._trans = translator.load(TRANSLATION_DOMAIN);
    this._fillToolbar();
    this.sections = new Sections(_panel, this._allSections());
    manager.changed.connect(this._onChanged, this);
    jobs?.changed.connect(this._onChanged, this);
    _panel.visibility.changed.connect(this._onVisibleChanged, this);
    _panel.disposed.connect(() => {
      manager.changed.disconnect(this._onChanged, this);
      jobs?.changed.disconnect(this._onChanged, this);
      this._look?.dispose();
    });
    this._onChanged();
    this._onVisibleChanged();
  }

  /** The parts of the panel, and which of them are folded. */
  readonly sections: Sections;

  private _fillToolbar(): void {
    const { commands, jobs, manager, state, translator } = this._options;
    const { toolbar } = this._panel;
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
    const button = actionButton({
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
    const { jobs, manager } = this._options;
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
        wanted: () => true,
        make: () => this._makePlots()
      }
    ];
  }

  private _list(place: 'mine' | 'shared' | 'others'): ClusterList {
    const { commands, connector, feed, manager, state, translator } =
      this._options;
    return new ClusterList({
      commands,
      connector,
      feed,
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
    const plots = new PlotsSection(this._options);
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
    this.sections.update();
  }

  private _onVisibleChanged(): void {
    const { visible } = this._panel.visibility;
    this._look?.dispose();
    this._look = visible ? this._options.manager.look() : null;
    if (visible && !this._sized) {
      this._sized = true;
      this.sections.size();
    }
  }

  private readonly _trans: TranslationBundle;
  private _look: IDisposable | null = null;
  private _sized = false;
}
