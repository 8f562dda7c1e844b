// Generated from jupyter_dask_k8s/models.py by scripts/schema.sh. Do not edit.

/**
 * Every type of the contract, by name.
 */
export interface Contract {
  Adapt?: Adapt;
  LifetimeRequest?: LifetimeRequest;
  Resources?: Resources;
  Toleration?: Toleration;
  WorkerOptions?: WorkerOptions;
  GroupCreate?: GroupCreate;
  GroupPatch?: GroupPatch;
  ClusterCreate?: ClusterCreate;
  JobCreate?: JobCreate;
  ClusterPatch?: ClusterPatch;
  Lifetime?: Lifetime;
  WorkerGroup?: WorkerGroup;
  Decision?: Decision;
  WorkerBounds?: WorkerBounds;
  Cluster?: Cluster;
  DashboardPlace?: DashboardPlace;
  ClusterList?: ClusterList;
  Room?: Room;
  Limits?: Limits;
  Status?: Status;
  Pod?: Pod;
  PodList?: PodList;
  Occurrence?: Occurrence;
  OccurrenceList?: OccurrenceList;
  Check?: Check;
  Doctor?: Doctor;
  GPUMetrics?: GPUMetrics;
  Metrics?: Metrics;
  MetricsFrame?: MetricsFrame;
  MonitorWorker?: MonitorWorker;
  MonitorColumns?: MonitorColumns;
  MonitorPrefix?: MonitorPrefix;
  MonitorSample?: MonitorSample;
  MonitorFrame?: MonitorFrame;
  MetricsWatch?: MetricsWatch;
  Plot?: Plot;
  PlotList?: PlotList;
  Export?: Export;
  KernelCode?: KernelCode;
  Bounds?: Bounds;
  Profile?: Profile;
  Profiles?: Profiles;
  Job?: Job;
  JobList?: JobList;
  JobLogs?: JobLogs;
  ClusterEvent?: ClusterEvent;
  ErrorBody?: ErrorBody;
}
/**
 * The autoscaler: bounds on the number of workers of the default group.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Adapt".
 */
export interface Adapt {
  maximum: number;
  minimum?: number;
}
/**
 * How a cluster ends; ``seconds`` belongs to ``idle`` only.
 *
 *     ``no_client_seconds`` is a second clock beside it: the cluster also ends when nobody
 *     was connected for so long. ``keep`` has no clocks.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "LifetimeRequest".
 */
export interface LifetimeRequest {
  kind: 'idle' | 'keep' | 'notebook';
  seconds?: number | null;
  no_client_seconds?: number | null;
}
/**
 * What each worker gets.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Resources".
 */
export interface Resources {
  threads?: number | null;
  memory?: string | null;
  cpu?: string | null;
  gpus?: number | null;
}
/**
 * A taint of nodes that workers put up with, as Kubernetes names its parts.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Toleration".
 */
export interface Toleration {
  key?: string | null;
  operator?: 'Equal' | 'Exists';
  value?: string | null;
  effect?: ('NoExecute' | 'NoSchedule' | 'PreferNoSchedule') | null;
}
/**
 * What the workers of a group are like. What is missing the profile or we choose.
 *
 *     All but ``resources`` and ``env`` have a meaning on Kubernetes only.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "WorkerOptions".
 */
export interface WorkerOptions {
  image?: string | null;
  resources?: Resources | null;
  env?: {
    [k: string]: string;
  } | null;
  worker_command?: string[] | null;
  node_selector?: {
    [k: string]: string;
  } | null;
  tolerations?: Toleration[] | null;
}
/**
 * Body of ``POST api/clusters/{name}/groups``: one more group of workers.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "GroupCreate".
 */
export interface GroupCreate {
  image?: string | null;
  resources?: Resources | null;
  env?: {
    [k: string]: string;
  } | null;
  worker_command?: string[] | null;
  node_selector?: {
    [k: string]: string;
  } | null;
  tolerations?: Toleration[] | null;
  name: string;
  workers?: number;
}
/**
 * Body of ``PATCH api/clusters/{name}/groups/{group}``.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "GroupPatch".
 */
export interface GroupPatch {
  workers: number;
}
/**
 * Body of ``POST api/clusters``. Give ``workers`` or ``adapt`` or neither.
 *
 *     The options of workers are those of the group ``default``.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ClusterCreate".
 */
export interface ClusterCreate {
  image?: string | null;
  resources?: Resources | null;
  env?: {
    [k: string]: string;
  } | null;
  worker_command?: string[] | null;
  node_selector?: {
    [k: string]: string;
  } | null;
  tolerations?: Toleration[] | null;
  name?: string | null;
  backend?: ('kubernetes' | 'local') | null;
  profile?: string | null;
  workers?: number | null;
  adapt?: Adapt | null;
  lifetime?: LifetimeRequest | null;
  groups?: GroupCreate[] | null;
  packages?: string[] | null;
  overlay?: {} | null;
}
/**
 * Body of ``POST api/jobs``: run a notebook, a script or a command beside a cluster.
 *
 *     Give ``path`` (of a notebook or a Python script, below Jupyter's root) or ``command``.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "JobCreate".
 */
export interface JobCreate {
  name?: string | null;
  path?: string | null;
  command?: string[] | null;
  parameters?: {
    [k: string]: string;
  } | null;
  image?: string | null;
  cluster?: ClusterCreate1;
}
/**
 * Body of ``POST api/clusters``. Give ``workers`` or ``adapt`` or neither.
 *
 *     The options of workers are those of the group ``default``.
 */
export interface ClusterCreate1 {
  image?: string | null;
  resources?: Resources | null;
  env?: {
    [k: string]: string;
  } | null;
  worker_command?: string[] | null;
  node_selector?: {
    [k: string]: string;
  } | null;
  tolerations?: Toleration[] | null;
  name?: string | null;
  backend?: ('kubernetes' | 'local') | null;
  profile?: string | null;
  workers?: number | null;
  adapt?: Adapt | null;
  lifetime?: LifetimeRequest | null;
  groups?: GroupCreate[] | null;
  packages?: string[] | null;
  overlay?: {} | null;
}
/**
 * Body of ``PATCH api/clusters/{name}``: one change or more, at least one.
 *
 *     ``adapt`` of ``null`` ends adaptive scaling and keeps the workers there are.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ClusterPatch".
 */
export interface ClusterPatch {
  workers?: number;
  adapt?: Adapt | null;
  lifetime?: LifetimeRequest;
  group?: string;
  extend?: boolean;
}
/**
 * How a cluster ends, and since when it has had no work (``idle`` only).
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Lifetime".
 */
export interface Lifetime {
  kind: 'idle' | 'keep' | 'notebook';
  seconds: number | null;
  idle_since: string | null;
  no_client_seconds: number | null;
  ends: string | null;
  notebook: string | null;
}
/**
 * Like workers of one cluster. ``memory`` is the limit of one worker.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "WorkerGroup".
 */
export interface WorkerGroup {
  name: string;
  desired: number;
  ready: number;
  threads: number | null;
  memory: string | null;
  cpu: string | null;
  gpus: number;
  image: string | null;
  worker_resources: {
    [k: string]: number;
  };
}
/**
 * What the autoscaler wanted, and how many workers there were in the end.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Decision".
 */
export interface Decision {
  time: string;
  before: number;
  wanted: number;
  got: number | null;
}
/**
 * Between which numbers of workers a cluster may be scaled (the default group).
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "WorkerBounds".
 */
export interface WorkerBounds {
  minimum: number;
  maximum: number;
}
/**
 * One cluster as every list entry shows it.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Cluster".
 */
export interface Cluster {
  name: string;
  namespace: string | null;
  backend: 'kubernetes' | 'local';
  owner: string;
  shared: boolean;
  phase: 'Failed' | 'Pending' | 'Running' | 'Stopping';
  reason: string;
  scheduler_address: string | null;
  dashboard_path: string;
  dashboard_link: string | null;
  groups: WorkerGroup[];
  adapt: Adapt | null;
  lifetime: Lifetime;
  created: string;
  profile: string;
  bounds: WorkerBounds | null;
  decisions: Decision[];
  warnings: string[];
  since: string | null;
  contained: boolean;
  uid: string;
}
/**
 * Answer of ``GET api/clusters/{name}/dashboard``.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "DashboardPlace".
 */
export interface DashboardPlace {
  path: string;
  contained: boolean;
}
/**
 * Answer of ``GET api/clusters``.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ClusterList".
 */
export interface ClusterList {
  clusters: Cluster[];
}
/**
 * What the quotas of the namespace leave for new pods; ``null``: no quota counts it.
 *
 *     CPU in cores, memory in bytes. ``pods`` is also bounded by the room for their CPU and
 *     memory only where a quota counts these.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Room".
 */
export interface Room {
  cpu: number | null;
  memory: number | null;
  gpus: number | null;
  pods: number | null;
  sentence: string;
}
/**
 * What one cluster may have at most; ``null`` where the backend sets no limit.
 *
 *     Memory in bytes: ``memory`` of the machine, ``default_memory`` of one worker.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Limits".
 */
export interface Limits {
  max_workers: number;
  max_threads: number | null;
  memory: number | null;
  default_workers: number;
  default_threads: number;
  default_memory: number;
  max_clusters: number | null;
  owner_clusters: number | null;
  owner_workers: number | null;
  owner_gpus: number | null;
  room: Room | null;
}
/**
 * Answer of ``GET api/status``.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Status".
 */
export interface Status {
  state: 'failed' | 'ready' | 'starting';
  backend: ('kubernetes' | 'local') | null;
  reason: string;
  trouble: string;
  namespace: string | null;
  user: string;
  versions: {
    [k: string]: string;
  };
  operator: boolean | null;
  limits: Limits | null;
  backends: ('kubernetes' | 'local')[];
  jobs: boolean;
  stale_since: string | null;
  missing: string[];
}
/**
 * One pod of a cluster; of a local cluster, one process.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Pod".
 */
export interface Pod {
  name: string;
  component: 'scheduler' | 'worker';
  group: string;
  phase: string;
  reason: string;
  ready: boolean;
  node: string | null;
  restarts: number;
  created: string | null;
  image: string | null;
  containers: string[];
  previous: boolean;
  cpu: number | null;
  cpu_limit: number | null;
  memory: number | null;
  memory_limit: number | null;
}
/**
 * Answer of ``GET api/clusters/{name}/pods``: the scheduler first.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "PodList".
 */
export interface PodList {
  pods: Pod[];
}
/**
 * One event of Kubernetes that concerns a cluster.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Occurrence".
 */
export interface Occurrence {
  id: string;
  time: string;
  warning: boolean;
  reason: string;
  message: string;
  object: string;
  count: number;
}
/**
 * Answer of ``GET api/clusters/{name}/events``: newest first.
 *
 *     With ``follow=1`` the answer is a stream: one `Occurrence` a line, oldest first.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "OccurrenceList".
 */
export interface OccurrenceList {
  events: Occurrence[];
}
/**
 * One thing that the doctor looked at.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Check".
 */
export interface Check {
  id: string;
  title: string;
  verdict: 'failed' | 'ok' | 'skipped' | 'warning';
  message: string;
  remedy: string;
  remedy_kind: '' | 'command' | 'config' | 'yaml';
}
/**
 * Answer of ``GET api/doctor``.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Doctor".
 */
export interface Doctor {
  healthy: boolean;
  time: string;
  checks: Check[];
}
/**
 * Sums over the workers that report a GPU; memory in bytes, use in percent.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "GPUMetrics".
 */
export interface GPUMetrics {
  count: number;
  memory: number;
  memory_total: number;
  utilization: number | null;
}
/**
 * One reading of a scheduler; memory in bytes.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Metrics".
 */
export interface Metrics {
  name: string;
  time: number;
  workers: number;
  threads: number;
  cpu: number;
  memory: number;
  memory_limit: number;
  tasks: {
    [k: string]: number;
  };
  finished: number | null;
  gpu: GPUMetrics | null;
  clients: number | null;
  ends: number | null;
}
/**
 * One message of the websocket ``api/metrics``; ``reason`` says why none are there.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "MetricsFrame".
 */
export interface MetricsFrame {
  name: string;
  metrics: Metrics | null;
  reason: string;
  kind: 'metrics';
}
/**
 * What stays the same of one worker; memory in bytes.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "MonitorWorker".
 */
export interface MonitorWorker {
  id: number;
  name: string;
  threads: number;
  memory_limit: number;
  gpu: string | null;
  gpu_device: string | null;
  gpu_memory_total: number;
}
/**
 * Each worker at one moment: columns of whole numbers, all in the order of ``ids``.
 *
 *     Memory in MiB, network in KiB a second.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "MonitorColumns".
 */
export interface MonitorColumns {
  ids: number[];
  cpu: number[];
  tasks: number[];
  memory: number[];
  managed: number[];
  spilled: number[];
  read: number[];
  write: number[];
  gpu_memory: (number | null)[];
  gpu_use: (number | null)[];
}
/**
 * The tasks of one prefix (Dask's word for tasks with like names) at one moment.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "MonitorPrefix".
 */
export interface MonitorPrefix {
  name: string;
  color: string;
  waiting: number;
  processing: number;
  memory: number;
  erred: number;
  released: number;
  finished: number;
}
/**
 * A cluster at one moment; memory in bytes, network in bytes a second.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "MonitorSample".
 */
export interface MonitorSample {
  time: number;
  workers: number;
  threads: number;
  cpu: number;
  memory: number;
  managed: number;
  unmanaged: number;
  spilled: number;
  memory_limit: number;
  read: number;
  write: number;
  tasks: {
    [k: string]: number;
  };
  finished: number | null;
  prefixes: MonitorPrefix[];
  gpu: GPUMetrics | null;
  columns: MonitorColumns | null;
  guessed: boolean;
  finished_only: boolean;
}
/**
 * One message of the websocket ``api/metrics`` to who watches a monitor.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "MonitorFrame".
 */
export interface MonitorFrame {
  kind: 'monitor';
  name: string;
  start: boolean;
  workers: MonitorWorker[];
  samples: MonitorSample[];
  interval: number;
  reason: string;
}
/**
 * What a client sends on the websocket ``api/metrics``: the clusters it looks at.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "MetricsWatch".
 */
export interface MetricsWatch {
  watch: string[];
  monitor?: string[];
}
/**
 * One page of a dashboard. ``path`` goes behind ``.../dashboard/``.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Plot".
 */
export interface Plot {
  path: string;
  title: string;
  useful: boolean;
  empty_reason: string;
}
/**
 * Answer of ``GET api/clusters/{name}/plots``.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "PlotList".
 */
export interface PlotList {
  plots: Plot[];
}
/**
 * Answer of ``GET api/clusters/{name}/export``: a cluster as text.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Export".
 */
export interface Export {
  kind: 'client' | 'job' | 'kfp' | 'kubecluster' | 'object' | 'python' | 'yaml';
  mimetype: string;
  content: string;
}
/**
 * Answer of ``GET api/kernelcode``: Python that a page runs in a notebook's kernel.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "KernelCode".
 */
export interface KernelCode {
  content: string;
  clients: string;
}
/**
 * What a profile permits for one field; ``null`` where it sets no bound.
 *
 *     Numbers for counts and seconds, quantities as text for CPU and memory.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Bounds".
 */
export interface Bounds {
  minimum: number | string | null;
  maximum: number | string | null;
  choices: string[] | null;
}
/**
 * A named recipe for new clusters.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Profile".
 */
export interface Profile {
  name: string;
  label: string;
  description: string;
  backend: 'kubernetes' | 'local';
  icon: string;
  source: 'package' | 'platform' | 'user';
  extends: string;
  defaults: ClusterCreate2;
  fields: string[] | null;
  bounds: {
    [k: string]: Bounds;
  };
  form: {};
}
/**
 * Body of ``POST api/clusters``. Give ``workers`` or ``adapt`` or neither.
 *
 *     The options of workers are those of the group ``default``.
 */
export interface ClusterCreate2 {
  image?: string | null;
  resources?: Resources | null;
  env?: {
    [k: string]: string;
  } | null;
  worker_command?: string[] | null;
  node_selector?: {
    [k: string]: string;
  } | null;
  tolerations?: Toleration[] | null;
  name?: string | null;
  backend?: ('kubernetes' | 'local') | null;
  profile?: string | null;
  workers?: number | null;
  adapt?: Adapt | null;
  lifetime?: LifetimeRequest | null;
  groups?: GroupCreate[] | null;
  packages?: string[] | null;
  overlay?: {} | null;
}
/**
 * Answer of ``GET api/profiles``; ``form`` is that of the profile ``default``.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Profiles".
 */
export interface Profiles {
  profiles: Profile[];
  default: string;
  form: {};
  troubles: string[];
}
/**
 * One DaskJob: a runner, and a cluster that ends with it.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Job".
 */
export interface Job {
  name: string;
  namespace: string | null;
  owner: string;
  phase: 'Failed' | 'Pending' | 'Running' | 'Stopping' | 'Succeeded';
  reason: string;
  cluster: string | null;
  source: string | null;
  result: string | null;
  image: string | null;
  command: string[];
  profile: string;
  created: string;
  started: string | null;
  ended: string | null;
  logs: string[];
  uid: string;
}
/**
 * Answer of ``GET api/jobs``.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "JobList".
 */
export interface JobList {
  jobs: Job[];
}
/**
 * Answer of ``GET api/jobs/{name}/logs?pod=&tail=``.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "JobLogs".
 */
export interface JobLogs {
  name: string;
  pod: string;
  text: string;
  complete: boolean;
}
/**
 * A hint on Jupyter's event bus: read this cluster (everything, without a name) again.
 *
 *     ``reason`` is set on ``removed`` when the cluster ended by itself (idle, say).
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ClusterEvent".
 */
export interface ClusterEvent {
  action: 'added' | 'changed' | 'removed';
  name: string;
  reason: string;
  kind: 'cluster' | 'job' | 'profiles';
}
/**
 * The body of every error.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ErrorBody".
 */
export interface ErrorBody {
  message: string;
  reason: string;
  details: {};
}
