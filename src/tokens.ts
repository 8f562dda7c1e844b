import { Token } from '@lumino/coreutils';
import { IDisposable } from '@lumino/disposable';
import { ISignal } from '@lumino/signaling';

import type { IHints } from './hints';
import type {
  Cluster,
  ClusterCreate,
  ClusterPatch,
  Export,
  GroupCreate,
  Job,
  JobCreate,
  JobLogs,
  KernelCode,
  Metrics,
  MetricsFrame,
  MonitorFrame,
  Plot,
  Pod,
  Profiles,
  Status
} from './schema';
import type { IByteReader } from './textstream';

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
  /** A local cluster that went while there was no connection to the server. */
  readonly lost?: boolean;
}

/**
 * Which log is meant, and how much of it.
 */
export interface ILogChoice {
  readonly pod: string;
  /** Empty: the one of Dask. */
  readonly container: string;
  /** So many of the last lines; without it all of them. */
  readonly tail?: number;
  /** Whether to go on with what is printed from now on. */
  readonly follow?: boolean;
  /** Whether the container before the last restart is meant. */
  readonly previous?: boolean;
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

  /**
   * Ask for what the monitor of a cluster shows until the returned object is disposed.
   * The last ten minutes come first, once for all who watch: see `MonitorFeed`.
   */
  watchMonitor(name: string): IDisposable;

  /** Emitted with each message about a cluster whose monitor is watched. */
  readonly monitored: ISignal<IMetricsFeed, MonitorFrame>;
}

export const IMetricsFeed = new Token<IMetricsFeed>(
  'jupyter-dask-k8s:IMetricsFeed',
  'Live readings of Dask schedulers; made when somebody first asks for it.'
);

/**
 * The state of all clusters as this browser knows it. No DOM in here.
 */
export interface IClusterManager extends IDisposable {
  /** Resolves after the first attempt to read the list, whatever came of it. */
  readonly ready: Promise<void>;

  /** Hints of the server; without them only the slow poll brings changes. */
  readonly hints?: IHints;

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
  /** With a `uid` only that cluster, and no later one of the same name. */
  shutdown(name: string, uid?: string): Promise<void>;
  addGroup(name: string, group: GroupCreate): Promise<Cluster>;
  scaleGroup(name: string, group: string, workers: number): Promise<Cluster>;
  removeGroup(name: string, group: string): Promise<Cluster>;
  plots(name: string): Promise<ReadonlyArray<Plot>>;
  pods(name: string): Promise<ReadonlyArray<Pod>>;
  /** What happens to a cluster, as it happens: an `Occurrence` as JSON a line. */
  events(name: string, signal: AbortSignal): Promise<IByteReader>;
  /** What a pod prints, as text. */
  logs(
    name: string,
    choice: ILogChoice,
    signal: AbortSignal
  ): Promise<IByteReader>;
  /** `group`: client code whose tasks go to the workers of that group. */
  export(name: string, kind: Export['kind'], group?: string): Promise<Export>;
  /** What `create` would make, as text; nothing is made. */
  preview(options: ClusterCreate): Promise<Export>;
  /** Python that runs in a notebook's kernel; see kernelcode/ on the server. */
  kernelCode(): Promise<KernelCode>;
  profiles(): Promise<Profiles>;

  /** The URL of a dashboard page of a cluster, without its origin. */
  dashboardURL(name: string, path: string): string;

  /**
   * Where the dashboard of a cluster begins that is kept apart from Jupyter, without the
   * origin; new each time. Rejects with an `Error` whose message is one sentence.
   */
  dashboardPlace(name: string): Promise<string>;

  /** The URL where a browser finds all that a pod printed. */
  logsURL(name: string, choice: ILogChoice): string;
}

export const IClusterManager = new Token<IClusterManager>(
  'jupyter-dask-k8s:IClusterManager',
  'The Dask clusters of this server: list, create, scale, shut down.'
);

/**
 * A change of a job's phase that a user may want to hear of.
 */
export interface IJobTransition {
  /** The job's name. */
  readonly name: string;
  /** The phase before; `null` when the job is new to us. */
  readonly from: Job['phase'] | null;
  /** The phase now; `null` when the job is gone. */
  readonly to: Job['phase'] | null;
  /** The server's sentence. */
  readonly reason: string;
}

/**
 * The state of all jobs as this browser knows it. No DOM in here.
 */
export interface IJobManager extends IDisposable {
  /** Whether notebooks and scripts can be run as jobs here; `false` until known. */
  readonly available: boolean;

  /** Jobs in the order in which the server lists them. */
  readonly jobs: ReadonlyArray<Job>;

  /** Why the last read failed, as a sentence; empty when it did not. */
  readonly error: string;

  /** Emitted when the list, the error or the availability really changed. */
  readonly changed: ISignal<IJobManager, void>;

  /** Emitted when a job changes its phase, comes or goes. */
  readonly transitioned: ISignal<IJobManager, IJobTransition>;

  /**
   * Say that a view is visible, until the returned object is disposed. Only
   * while somebody looks does the manager read without being told of a change.
   */
  look(): IDisposable;

  /** The job of this name, if listed. */
  get(name: string): Job | undefined;

  /** Read the list now. Never rejects; see `error`. */
  refresh(): Promise<void>;

  /** Each of these rejects with an `Error` whose message is one sentence. */
  create(options: JobCreate): Promise<Job>;
  /** What `create` would make, as YAML; nothing is made. */
  preview(options: JobCreate): Promise<Export>;
  /** With a `uid` only that job, and no later one of the same name. */
  remove(name: string, uid?: string): Promise<void>;
  /** What a pod printed; without a name, the runner. The last `tail` lines. */
  logs(name: string, pod?: string, tail?: number): Promise<JobLogs>;
}

export const IJobManager = new Token<IJobManager>(
  'jupyter-dask-k8s:IJobManager',
  'The Dask jobs of this server: list, run, read logs, delete.'
);

/**
 * The profiles that one can choose from: the server's, then the user's own.
 */
export interface IProfileCatalog {
  /**
   * Read the server's profiles and put the user's own behind them; of the same
   * name, the user's wins. Rejects with an `Error` whose message is one sentence.
   */
  read(): Promise<Profiles>;

  /** Keep a profile among the user's own; one of the same name is replaced. */
  save: ((profile: IUserProfile) => Promise<void>) | null;

  /** The profile that was used last for clusters of any kind; empty if none was. */
  last(): Promise<string>;

  /** Remember which profile was used. */
  remember(profile: string): Promise<void>;
}

/**
 * A profile as users write it into their settings.
 */
export interface IUserProfile {
  name: string;
  label?: string;
  description?: string;
  icon?: string;
  /** Where its clusters live, if a name does not say it: two backends may have it. */
  backend?: Cluster['backend'];
  /** The server's profile that this one builds on. */
  extends?: string;
  /** What differs from that one. */
  defaults?: ClusterCreate;
  /** Merged into the DaskCluster's `spec`, where the server's profile permits it. */
  overlay?: { [key: string]: unknown };
}

export const IProfileCatalog = new Token<IProfileCatalog>(
  'jupyter-dask-k8s:IProfileCatalog',
  'The profiles for new Dask clusters: those of the server and of the user.'
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
  widgetFactory(
    cluster: string,
    plot: Pick<Plot, 'path' | 'title'>
  ): Promise<unknown>;
}

export const IDashboardPanes = new Token<IDashboardPanes>(
  'jupyter-dask-k8s:IDashboardPanes',
  'Opens Dask plots as panes.'
);

/**
 * Opens monitors of clusters in the main area.
 */
export interface IClusterMonitors {
  /** How many are open. */
  readonly count: number;

  /** Open the monitor of a cluster, or reveal the one that is open. */
  open(cluster: string): Promise<void>;

  /** Show a cluster in all monitors. */
  rebind(cluster: string): void;

  /** Make the drag data for a monitor, as `IDashboardPanes.widgetFactory` does. */
  widgetFactory(cluster: string): Promise<unknown>;
}

export const IClusterMonitors = new Token<IClusterMonitors>(
  'jupyter-dask-k8s:IClusterMonitors',
  'Opens monitors of Dask clusters as panes.'
);

/**
 * Puts Client code into notebooks.
 */
export interface INotebookConnector {
  /**
   * Put Client code into the active notebook, as a cell, or into the prompt of the
   * console in front. With a `group`, the code also says how tasks choose the workers of that group.
   */
  connect(cluster: string, group?: string): Promise<void>;

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
export const CommandIDs = {
  create: 'dask-k8s:new-cluster',
  refresh: 'dask-k8s:refresh',
  focus: 'dask-k8s:show-panel',
  /** With a `tab`, and with a `pod` whose logs are wanted. */
  details: 'dask-k8s:details',
  monitor: 'dask-k8s:open-monitor',
  scale: 'dask-k8s:scale',
  shutdown: 'dask-k8s:shutdown',
  copyAddress: 'dask-k8s:copy-address',
  copyPython: 'dask-k8s:copy-python',
  copyYAML: 'dask-k8s:copy-yaml',
  exportAs: 'dask-k8s:export',
  promote: 'dask-k8s:promote',
  newMenu: 'dask-k8s:new-from-profile',
  runAsJob: 'dask-k8s:run-as-job',
  /** With a `group`: for the workers of that group. */
  connect: 'dask-k8s:connect',
  packages: 'dask-k8s:packages',
  /** Argument `path` beside `cluster`; without it the file browser's selection. */
  sendFolder: 'dask-k8s:send-folder',
  openDashboard: 'dask-k8s:open-dashboard',
  openPlot: 'dask-k8s:open-plot',
  openLayout: 'dask-k8s:open-layout',
  rebind: 'dask-k8s:rebind-panes',
  lifetime: 'dask-k8s:lifetime',
  extend: 'dask-k8s:extend',
  addGroup: 'dask-k8s:add-group',
  /** Arguments of the jobs' commands: `{ job: string }`. */
  jobLogs: 'dask-k8s:job-logs',
  jobResult: 'dask-k8s:job-result',
  jobDelete: 'dask-k8s:job-delete',
  /** Checks the installation, and says how to mend it. */
  doctor: 'dask:doctor',
  /** Dask's own HTML for a Client calls this one, with `{ url }`. */
  populateAndLaunch: 'dask:populate-and-launch-layout'
} as const;
