import { nullTranslator } from '@jupyterlab/translation';
import { ServerConnection } from '@jupyterlab/services';

import type {
  Cluster,
  Job,
  Lifetime,
  Limits,
  Metrics,
  Pod,
  Status,
  WorkerGroup
} from '../schema';
import type { IByteReader } from '../textstream';

export const trans = nullTranslator.load('jupyter_dask_k8s');

/** A running cluster with two of two workers, or what `part` says. */
export function makeCluster(part: Partial<Cluster> = {}): Cluster {
  return {
    name: 'demo',
    namespace: null,
    backend: 'local',
    owner: 'alice',
    shared: false,
    phase: 'Running',
    reason: '',
    scheduler_address: 'tcp://127.0.0.1:8786',
    dashboard_path: 'dask-k8s/clusters/demo/dashboard/status',
    dashboard_link: null,
    groups: [makeGroup()],
    adapt: null,
    lifetime: makeLifetime(),
    created: '2026-11-21T10:00:00Z',
    profile: '',
    bounds: null,
    decisions: [],
    warnings: [],
    since: null,
    contained: false,
    uid: 'uid-demo',
    ...part
  };
}

/** A lifetime without an end, or what `part` says. */
export function makeLifetime(part: Partial<Lifetime> = {}): Lifetime {
  return {
    kind: 'keep',
    seconds: null,
    idle_since: null,
    no_client_seconds: null,
    ends: null,
    notebook: null,
    ...part
  };
}

export const limits: Limits = {
  max_workers: 8,
  max_threads: 4,
  memory: 16 * 2 ** 30,
  default_workers: 2,
  default_threads: 1,
  default_memory: 2 ** 30,
  max_clusters: 10,
  owner_clusters: null,
  owner_workers: null,
  owner_gpus: null,
  room: null
};

export const status: Status = {
  state: 'ready',
  backend: 'local',
  reason: '',
  trouble: '',
  namespace: null,
  user: 'alice',
  versions: {},
  operator: null,
  limits,
  backends: ['local'],
  jobs: false,
  stale_since: null,
  missing: []
};

/** A worker group with two of two workers, or what `part` says. */
export function makeGroup(part: Partial<WorkerGroup> = {}): WorkerGroup {
  return {
    name: 'default',
    desired: 2,
    ready: 2,
    threads: 2,
    memory: '3 GiB',
    cpu: null,
    gpus: 0,
    image: null,
    worker_resources: {},
    ...part
  };
}

/** A worker's pod that is well, or what `part` says. */
export function makePod(part: Partial<Pod> = {}): Pod {
  return {
    name: 'demo-default-worker-1',
    component: 'worker',
    group: 'default',
    phase: 'Running',
    reason: '',
    ready: true,
    node: 'node-1',
    restarts: 0,
    created: '2026-11-21T10:00:00Z',
    image: 'ghcr.io/dask/dask:latest',
    containers: ['worker'],
    previous: false,
    cpu: 0.5,
    cpu_limit: 2,
    memory: 2 ** 30,
    memory_limit: 4 * 2 ** 30,
    ...part
  };
}

/** A job that has run for a minute and is not done, or what `part` says. */
export function makeJob(part: Partial<Job> = {}): Job {
  return {
    name: 'nightly-etl',
    namespace: 'team-a',
    owner: 'alice',
    phase: 'Running',
    reason: '',
    cluster: 'nightly-etl',
    source: 'work/etl.ipynb',
    result: null,
    image: 'ghcr.io/dask/dask:latest',
    command: ['jupyter', 'execute', 'work/etl.ipynb'],
    profile: 'small',
    created: '2026-11-21T10:00:00Z',
    started: '2026-11-21T10:01:00Z',
    ended: null,
    logs: ['nightly-etl-runner'],
    uid: 'uid-nightly-etl',
    ...part
  };
}

export function makeMetrics(part: Partial<Metrics> = {}): Metrics {
  return {
    name: 'demo',
    time: 0,
    workers: 2,
    threads: 4,
    cpu: 62.4,
    memory: 1.5 * 2 ** 30,
    memory_limit: 6 * 2 ** 30,
    tasks: { processing: 4, waiting: 6, memory: 3, erred: 0 },
    finished: 0,
    gpu: null,
    clients: null,
    ends: null,
    ...part
  };
}

/** An answer to a request. */
export interface IAnswer {
  status?: number;
  body?: unknown;
  /** Sent as it is, instead of `body` as JSON. */
  text?: string;
}

/** A server that answers `GET clusters` and so on by a function, and its log. */
export class FakeServer {
  constructor(
    private _answer: (method: string, path: string) => IAnswer | Error
  ) {}

  /** How long an answer is under way, in ms. */
  latency = 0;

  /** Every request so far, as `GET clusters`. */
  readonly log: string[] = [];

  /** The bodies of the requests that had one. */
  readonly bodies: unknown[] = [];

  readonly settings = ServerConnection.makeSettings({
    baseUrl: 'http://localhost/base/',
    wsUrl: 'ws://localhost/base/',
    token: '',
    appendToken: false,
    WebSocket: undefined,
    fetch: async (input, init) => {
      const request =
        input instanceof Request ? input : new Request(String(input), init);
      const path = request.url
        .replace(/^.*\/dask-k8s\/api\//, '')
        .replace(/[?&]\d+$/, '');
      this.log.push(`${request.method} ${path}`);
      const sent = await request.clone().text();
      if (sent !== '') {
        this.bodies.push(JSON.parse(sent));
      }
      const answer = this._answer(request.method, path);
      if (answer instanceof Error) {
        throw answer;
      }
      if (this.latency > 0) {
        await new Promise(resolve => setTimeout(resolve, this.latency));
      }
      const code = answer.status ?? 200;
      const text = answer.text ?? JSON.stringify(answer.body ?? {});
      return new Response(code === 204 ? null : text, { status: code });
    }
  });
}

/** A body that a test fills, and how often it was read. */
export class FakeBody implements IByteReader {
  reads = 0;
  cancelled = false;

  send(text: string): void {
    this._give({ done: false, value: new TextEncoder().encode(text) });
  }

  end(): void {
    this._give({ done: true });
  }

  read(): Promise<IPart> {
    this.reads += 1;
    const ready = this._parts.shift();
    return ready === undefined
      ? new Promise(resolve => (this._waits = resolve))
      : Promise.resolve(ready);
  }

  async cancel(): Promise<void> {
    this.cancelled = true;
    this.end();
  }

  private _give(part: IPart): void {
    if (this._waits !== null) {
      this._waits(part);
      this._waits = null;
    } else {
      this._parts.push(part);
    }
  }

  private _parts: IPart[] = [];
  private _waits: ((part: IPart) => void) | null = null;
}

interface IPart {
  done: boolean;
  value?: Uint8Array;
}

/** Let promises and microtasks that are ready run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await Promise.resolve();
  }
}

/** A websocket that a test opens, closes and speaks through. */
export class FakeSocket {
  static readonly all: FakeSocket[] = [];

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  readyState = 0;
  sent: string[] = [];
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;

  send(text: string): void {
    this.sent.push(text);
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  close(): void {
    if (this.readyState < 2) {
      this.readyState = 3;
      this.onclose?.();
    }
  }

  receive(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}
