// Generated from jupyter_dask_k8s/models.py by scripts/schema.sh. Do not edit.

/**
 * Every type of the contract, by name.
 */
export interface Contract {
  Adapt?: Adapt;
  LifetimeRequest?: LifetimeRequest;
  Resources?: Resources;
  ClusterCreate?: ClusterCreate;
  ClusterPatch?: ClusterPatch;
  Lifetime?: Lifetime;
  WorkerGroup?: WorkerGroup;
  Cluster?: Cluster;
  ClusterList?: ClusterList;
  Limits?: Limits;
  Status?: Status;
  GPUMetrics?: GPUMetrics;
  Metrics?: Metrics;
  MetricsFrame?: MetricsFrame;
  MetricsWatch?: MetricsWatch;
  Plot?: Plot;
  PlotList?: PlotList;
  Export?: Export;
  Profile?: Profile;
  Profiles?: Profiles;
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
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "LifetimeRequest".
 */
export interface LifetimeRequest {
  kind: 'idle' | 'keep' | 'notebook';
  seconds?: number | null;
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
 * Body of ``POST api/clusters``. Give ``workers`` or ``adapt`` or neither.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ClusterCreate".
 */
export interface ClusterCreate {
  name?: string | null;
  profile?: string | null;
  workers?: number | null;
  adapt?: Adapt | null;
  image?: string | null;
  resources?: Resources | null;
  env?: {
    [k: string]: string;
  } | null;
  worker_command?: string[] | null;
  lifetime?: LifetimeRequest | null;
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
  utilization: number;
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
}
/**
 * What a client sends on the websocket ``api/metrics``: the clusters it looks at.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "MetricsWatch".
 */
export interface MetricsWatch {
  watch: string[];
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
  kind: 'client' | 'kubecluster' | 'python' | 'yaml';
  mimetype: string;
  content: string;
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
}
/**
 * Answer of ``GET api/profiles``; ``form`` is the JSON Schema of the create form.
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Profiles".
 */
export interface Profiles {
  profiles: Profile[];
  form: {};
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
