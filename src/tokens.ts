import { Token } from '@lumino/coreutils';
import { IDisposable } from '@lumino/disposable';
import { ISignal } from '@lumino/signaling';

import type {
  Cluster,
  ClusterCreate,
  ClusterPatch,
  Export,
  Metrics,
  MetricsFrame,
  Plot,
  Profiles,
  Status
} from './schema';

/**
 * The name of the translation domain of every text in this package.
 */
export const TRANSLATION_DOMAIN = 'jupyter_dask_k8s';

/**
 * A change of phase that a user may want to hear of.
 */
export interface ITransition {
  /** The cluster's name. */
  readonly name: string;
  /** The phase before; `null` when the cluster is new to us. */
  readonly from: Cluster['phase'] | null;
  /** The phase now; `null` when the cluster is gone. */
  readonly to: Cluster['phase'] | null;
  /** The server's sentence; why it ended by itself, where it did. */
  readonly reason: string;
}

/**
 * Live readings of schedulers, pushed by the server while somebody looks.
 */
export interface IMetricsFeed {
  /**
   * Ask for the readings of a cluster until the returned object is disposed.
   * All who watch share one websocket; it closes with the last of them.
   */
  watch(name: string): IDisposable;

  /** The newest frame of a watched cluster. */
  latest(name: string): MetricsFrame | undefined;

  /** The last readings of a watched cluster, oldest first (about two minutes). */
  history(name: string): ReadonlyArray<Metrics>;

  /** Emitted with each new frame. */
  readonly changed: ISignal<IMetricsFeed, MetricsFrame>;
}

/**
 * The state of all clusters as this browser knows it. No DOM in here.
 */
export interface IClusterManager extends IDisposable {
  /** Resolves after the first attempt to read the list, whatever came of it. */
  readonly ready: Promise<void>;

  /** Clusters in the order in which the server lists them. */
  readonly clusters: ReadonlyArray<Cluster>;

  /** Backend, user and limits; `null` until first read. */
  readonly status: Status | null;

  /** Why the last read failed, as a sentence; empty when it did not. */
  readonly error: string;

  /**
   * Why there is no list yet, as a sentence, while the server looks for clusters;
   * empty otherwise. This is no error: the list comes by itself.
   */
  readonly waiting: string;

  /** The cluster that plots and commands refer to. */
  selected: string | null;

  /** Live readings. */
  readonly metrics: IMetricsFeed;

  /** Emitted when the list, the status, the error or the wait really changed. */
  readonly changed: ISignal<IClusterManager, void>;

  /** Emitted when another cluster is selected. */
  readonly selectedChanged: ISignal<IClusterManager, string | null>;

  /** Emitted when a cluster changes its phase, comes or goes. */
  readonly transitioned: ISignal<IClusterManager, ITransition>;

  /**
   * Say that a view is visible, until the returned object is disposed. Only
   * while somebody looks does the manager read without being told of a change.
   */
  look(): IDisposable;

  /** The cluster of this name, if listed. */
  get(name: string): Cluster | undefined;

  /** Read the list and the status now. Never rejects; see `error`. */
  refresh(): Promise<void>;

  /** Each of these rejects with an `Error` whose message is one sentence. */
  create(options: ClusterCreate): Promise<Cluster>;
  update(name: string, patch: ClusterPatch): Promise<Cluster>;
  shutdown(name: string): Promise<void>;
  plots(name: string): Promise<ReadonlyArray<Plot>>;
  export(name: string, kind: Export['kind']): Promise<Export>;
  profiles(): Promise<Profiles>;

  /** The URL of a dashboard page of a cluster, without its origin. */
  dashboardURL(name: string, path: string): string;
}

export const IClusterManager = new Token<IClusterManager>(
  'jupyter-dask-k8s:IClusterManager',
  'The Dask clusters of this server: list, create, scale, shut down.'
);

/**
 * Opens plots as panes in the main area.
 */
export interface IDashboardPanes {
  /**
   * Open a plot of a cluster as a pane, or reveal the pane that shows it.
   * `path` and `title` as in `Plot`.
   */
  open(
    cluster: string,
    plot: Pick<Plot, 'path' | 'title'>,
    options?: {
      mode?: 'split-right' | 'split-bottom' | 'tab-after';
      ref?: string;
    }
  ): Promise<string>;

  /** Open the default layout (a setting) for a cluster. */
  openLayout(cluster: string): Promise<void>;

  /**
   * Make the drag data for a plot: give it to Lumino's `Drag` under the MIME
   * type `application/vnd.lumino.widget-factory`.
   */
  widgetFactory(cluster: string, plot: Pick<Plot, 'path' | 'title'>): unknown;
}

export const IDashboardPanes = new Token<IDashboardPanes>(
  'jupyter-dask-k8s:IDashboardPanes',
  'Opens Dask plots as panes.'
);

/**
 * Puts Client code into notebooks.
 */
export interface INotebookConnector {
  /** Put a cell with Client code into the active notebook. */
  connect(cluster: string): Promise<void>;

  /**
   * The cells for a cluster, for Lumino's `Drag` under the MIME type
   * `application/vnd.jupyter.cells`; `null` while the cluster has no address.
   */
  dragCells(cluster: string): Promise<unknown | null>;
}

export const INotebookConnector = new Token<INotebookConnector>(
  'jupyter-dask-k8s:INotebookConnector',
  'Connects notebooks to Dask clusters.'
);

/**
 * The ids of our commands. Arguments: `{ cluster?: string }` everywhere; where it
 * is missing the selected cluster is meant.
 */
export namespace CommandIDs {
  export const create = 'dask-k8s:new-cluster';
  export const refresh = 'dask-k8s:refresh';
  export const focus = 'dask-k8s:show-panel';
  export const scale = 'dask-k8s:scale';
  export const shutdown = 'dask-k8s:shutdown';
  export const copyAddress = 'dask-k8s:copy-address';
  export const copyPython = 'dask-k8s:copy-python';
  export const copyYAML = 'dask-k8s:copy-yaml';
  export const connect = 'dask-k8s:connect';
  export const openDashboard = 'dask-k8s:open-dashboard';
  export const openPlot = 'dask-k8s:open-plot';
  export const openLayout = 'dask-k8s:open-layout';
  export const rebind = 'dask-k8s:rebind-panes';
  /** Dask's own HTML for a Client calls this one, with `{ url }`. */
  export const populateAndLaunch = 'dask:populate-and-launch-layout';
}
