import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { withToken } from './lastingsocket';
import { isLogin } from './login';
import type {
  Cluster,
  ClusterCreate,
  ClusterList,
  ClusterPatch,
  DashboardPlace,
  Doctor,
  ErrorBody,
  Export,
  GroupCreate,
  GroupPatch,
  Job,
  JobCreate,
  JobList,
  JobLogs,
  KernelCode,
  PlotList,
  Pod,
  PodList,
  Profiles,
  Status
} from './schema';
import type { IByteReader } from './textstream';
import type { ILogChoice } from './tokens';

/** The server sends no more lines of a log at once (and without a number fewer). */
const ALL_LINES = 100_000;

/** So long an answer is waited for, in ms: longer than the server itself waits for anything. */
const PATIENCE = 30 * 1000;

/**
 * An error that the server answered: its message is one sentence for the user.
 */
export class ClusterError extends Error {
  constructor(
    message: string,
    /** The HTTP status; 0 when the server could not be reached. */
    readonly status: number,
    /** The error's class, as in errors.py. */
    readonly reason: string,
    readonly details: Readonly<Record<string, unknown>> = {}
  ) {
    super(message);
    this.name = 'ClusterError';
  }

  /** The field of the request that is wrong, if one is. */
  get field(): string | null {
    const field = this.details.field;
    return typeof field === 'string' ? field : null;
  }
}

/**
 * The REST contract: one typed method an endpoint, no state.
 */
export class ClusterClient {
  constructor(options: ClusterClient.IOptions = {}) {
    this.serverSettings =
      options.serverSettings ?? ServerConnection.makeSettings();
  }

  readonly serverSettings: ServerConnection.ISettings;

  status(): Promise<Status> {
    return this._get<Status>('status');
  }

  async list(): Promise<Cluster[]> {
    return (await this._get<ClusterList>('clusters')).clusters;
  }

  create(options: ClusterCreate): Promise<Cluster> {
    return this._request<Cluster>('POST', 'clusters', options);
  }

  update(name: string, patch: ClusterPatch): Promise<Cluster> {
    return this._request<Cluster>('PATCH', this._cluster(name), patch);
  }

  /** With a `uid` only the cluster that has it. */
  shutdown(name: string, uid = ''): Promise<void> {
    return this._request<void>('DELETE', this._cluster(name) + only(uid));
  }

  addGroup(name: string, group: GroupCreate): Promise<Cluster> {
    return this._request<Cluster>(
      'POST',
      `${this._cluster(name)}/groups`,
      group
    );
  }

  scaleGroup(name: string, group: string, patch: GroupPatch): Promise<Cluster> {
    return this._request<Cluster>('PATCH', this._group(name, group), patch);
  }

  removeGroup(name: string, group: string): Promise<Cluster> {
    return this._request<Cluster>('DELETE', this._group(name, group));
  }

  async plots(name: string): Promise<PlotList> {
    try {
      return await this._get<PlotList>(`${this._cluster(name)}/plots`);
    } catch (error) {
      // The scheduler is there, and does not know its own list of plots.
      if (error instanceof ClusterError && error.details.status === 404) {
        const { explainPlots } = await import('./noplots');
        const page = this.dashboardURL(name, 'status');
        throw await explainPlots(error, page, this.serverSettings);
      }
      throw error;
    }
  }

  async pods(name: string): Promise<Pod[]> {
    const path = `${this._cluster(name)}/pods`;
    return (await this._get<PodList>(path)).pods;
  }

  /** What happens to a cluster, as it happens: an `Occurrence` as JSON a line. */
  events(name: string, signal: AbortSignal): Promise<IByteReader> {
    return this._stream(`${this._cluster(name)}/events?follow=1`, signal);
  }

  /** What a pod prints, as text. */
  logs(
    name: string,
    choice: ILogChoice,
    signal: AbortSignal
  ): Promise<IByteReader> {
    return this._stream(this._logs(name, choice), signal);
  }

  /** Where a browser finds all that a pod printed. */
  logsURL(name: string, choice: ILogChoice): string {
    const { appendToken, baseUrl, token } = this.serverSettings;
    const url = URLExt.join(baseUrl, 'dask-k8s/api', this._logs(name, choice));
    return appendToken && token !== ''
      ? `${url}&token=${encodeURIComponent(token)}`
      : url;
  }

  /** `group`: client code whose tasks go to the workers of that group. */
  export(name: string, kind: Export['kind'], group?: string): Promise<Export> {
    const hint =
      group === undefined ? '' : `&group=${encodeURIComponent(group)}`;
    return this._get<Export>(`${this._cluster(name)}/export?as=${kind}${hint}`);
  }

  /** Python that runs in kernels; see kernelcode/. */
  kernelCode(): Promise<KernelCode> {
    return this._get<KernelCode>('kernelcode');
  }

  /** What `create` would make, as text; nothing is made. */
  preview(options: ClusterCreate): Promise<Export> {
    return this._request<Export>('POST', 'preview', options);
  }

  async jobs(): Promise<Job[]> {
    return (await this._get<JobList>('jobs')).jobs;
  }

  createJob(options: JobCreate): Promise<Job> {
    return this._request<Job>('POST', 'jobs', options);
  }

  /** What `createJob` would make, as YAML; nothing is made. */
  previewJob(options: JobCreate): Promise<Export> {
    return this._request<Export>('POST', 'jobs/preview', options);
  }

  /** With a `uid` only the job that has it. */
  deleteJob(name: string, uid = ''): Promise<void> {
    return this._request<void>('DELETE', this._job(name) + only(uid));
  }

  /** What a pod printed: the runner, without a name; the last `tail` lines. */
  jobLogs(name: string, pod?: string, tail?: number): Promise<JobLogs> {
    const query = new URLSearchParams();
    if (pod !== undefined) {
      query.set('pod', pod);
    }
    if (tail !== undefined) {
      query.set('tail', String(tail));
    }
    const text = query.toString();
    return this._get<JobLogs>(
      `${this._job(name)}/logs${text === '' ? '' : `?${text}`}`
    );
  }

  /** Every check of the installation, made now: this may take some seconds. */
  doctor(): Promise<Doctor> {
    return this._get<Doctor>('doctor');
  }

  profiles(): Promise<Profiles> {
    return this._get<Profiles>('profiles');
  }

  /** The URL of the websocket that pushes readings. */
  get metricsURL(): string {
    const { wsUrl } = this.serverSettings;
    const url = URLExt.join(wsUrl, 'dask-k8s', 'api', 'metrics');
    return withToken(this.serverSettings, url);
  }

  /** The URL of a dashboard page, without its origin. */
  dashboardURL(name: string, path: string): string {
    return this._below(`dask-k8s/${this._cluster(name)}/dashboard`, path);
  }

  /** Where the pages of a dashboard begin that is kept apart; new each time. */
  async dashboardPlace(name: string): Promise<string> {
    const { path } = await this._get<DashboardPlace>(
      `${this._cluster(name)}/dashboard`
    );
    return this._below(path);
  }

  private _below(...path: string[]): string {
    const { pathname } = URLExt.parse(this.serverSettings.baseUrl);
    return URLExt.join(pathname, ...path);
  }

  private _cluster(name: string): string {
    return `clusters/${encodeURIComponent(name)}`;
  }

  private _group(name: string, group: string): string {
    return `${this._cluster(name)}/groups/${encodeURIComponent(group)}`;
  }

  private _job(name: string): string {
    return `jobs/${encodeURIComponent(name)}`;
  }

  private _logs(name: string, choice: ILogChoice): string {
    const query = new URLSearchParams({ pod: choice.pod });
    if (choice.container !== '') {
      query.set('container', choice.container);
    }
    query.set('tail', String(choice.tail ?? ALL_LINES));
    for (const flag of ['follow', 'previous'] as const) {
      if (choice[flag] === true) {
        query.set(flag, '1');
      }
    }
    return `${this._cluster(name)}/logs?${query.toString()}`;
  }

  private _get<T>(path: string): Promise<T> {
    return this._request('GET', path);
  }

  private async _request<T>(
    method: string,
    path: string,
    body?: ClusterCreate | ClusterPatch | GroupCreate | GroupPatch | JobCreate
  ): Promise<T> {
    // Who only asks does not wait for ever, and may ask again.
    const patience = new AbortController();
    const timer =
      method === 'GET' && setTimeout(() => patience.abort(), PATIENCE);
    try {
      const response = await this._fetch(path, {
        method,
        body: JSON.stringify(body),
        signal: patience.signal
      });
      const text = await response.text().catch(Private.unreachable);
      return (text === '' ? undefined : JSON.parse(text)) as T;
    } finally {
      clearTimeout(timer || undefined);
    }
  }

  /** An answer that is read bit by bit; it ends when `signal` says so. */
  private async _stream(
    path: string,
    signal: AbortSignal
  ): Promise<IByteReader> {
    const { body } = await this._fetch(path, { signal });
    if (body === null) {
      throw new ClusterError('The server sent nothing.', 0, 'NetworkError');
    }
    return body.getReader();
  }

  private async _fetch(path: string, init: RequestInit): Promise<Response> {
    const url = URLExt.join(this.serverSettings.baseUrl, 'dask-k8s/api', path);
    const response = await ServerConnection.makeRequest(
      url,
      { ...init, redirect: 'manual' },
      this.serverSettings
    ).catch(Private.unreachable);
    if (!response.ok) {
      throw Private.toError(response, await response.text());
    }
    return response;
  }
}

/**
 * Options of `ClusterClient`.
 */
export namespace ClusterClient {
  export interface IOptions {
    serverSettings?: ServerConnection.ISettings;
  }
}

namespace Private {
  export function unreachable(): never {
    throw new ClusterError(
      'The Jupyter server cannot be reached. Is it still running?',
      0,
      'NetworkError'
    );
  }

  /** Turn any answer of a server or a gateway into an error with a sentence. */
  export function toError(response: Response, text: string): ClusterError {
    const { status, statusText, type } = response;
    try {
      const body = JSON.parse(text) as Partial<ErrorBody>;
      if (typeof body.message === 'string' && body.message !== '') {
        return new ClusterError(
          body.message,
          status,
          body.reason ?? '',
          body.details ?? {}
        );
      }
    } catch {
      // No JSON: the answer came from a gateway, not from us.
    }
    const what = statusText === '' ? '' : ` (${statusText})`;
    return new ClusterError(
      isLogin(type, status)
        ? 'You are logged out. Log in in another tab, then try again.'
        : `The server refused the request: status ${status}${what}.`,
      status,
      'HTTPError'
    );
  }
}

function only(uid: string): string {
  return uid && `?uid=${uid}`;
}
