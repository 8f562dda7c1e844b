import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { changesOf, same } from './changes';
import { ClusterClient, ClusterError } from './client';
import { Reader, SAFETY_INTERVAL } from './reader';
import type { ClusterEvent, Export, Job, JobCreate, JobLogs } from './schema';
import type { IClusterManager, IJobManager, IJobTransition } from './tokens';

/**
 * State and signals of jobs; everything that a view shows about them comes from here.
 * Where the server has no jobs, nothing is ever asked for.
 */
export class JobManager implements IJobManager {
  constructor(options: JobManager.IOptions) {
    this._client = options.client;
    this._clusters = options.clusters;
    this._reader = new Reader({
      name: 'jupyter-dask-k8s:jobs',
      hints: options.clusters.hints,
      read: () => this._read(),
      onHint: event => this._onHint(event)
    });
    this._clusters.changed.connect(this._onClustersChanged, this);
    this._onClustersChanged();
  }

  get available(): boolean {
    return this._available;
  }

  get jobs(): ReadonlyArray<Job> {
    return this._jobs;
  }

  get error(): string {
    return this._error;
  }

  get changed(): ISignal<IJobManager, void> {
    return this._changed;
  }

  get transitioned(): ISignal<IJobManager, IJobTransition> {
    return this._transitioned;
  }

  get isDisposed(): boolean {
    return this._reader.isDisposed;
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._reader.dispose();
    this._clusters.changed.disconnect(this._onClustersChanged, this);
    Signal.clearData(this);
  }

  look(): IDisposable {
    return this._reader.look();
  }

  get(name: string): Job | undefined {
    return this._jobs.find(job => job.name === name);
  }

  refresh(): Promise<void> {
    return this._reader.readNow();
  }

  async create(options: JobCreate): Promise<Job> {
    const job = await this._client.createJob(options);
    const rest = this._jobs.filter(({ name }) => name !== job.name);
    this._set([job, ...rest], this._error);
    // Its cluster is there, too; hints bring the rest.
    await this._reader.readNow();
    return this.get(job.name) ?? job;
  }

  preview(options: JobCreate): Promise<Export> {
    return this._client.previewJob(options);
  }

  async remove(name: string, uid?: string): Promise<void> {
    await this._client.deleteJob(name, uid);
    await this._reader.readNow();
  }

  logs(name: string, pod?: string, tail?: number): Promise<JobLogs> {
    return this._client.jobLogs(name, pod, tail);
  }

  /** Whether there are jobs is part of the server's status. */
  private _onClustersChanged(): void {
    const available = this._clusters.status?.jobs === true;
    if (available === this._available) {
      return;
    }
    this._available = available;
    if (available) {
      void this._reader.readNow();
    } else {
      this._jobs = [];
      this._error = '';
      this._known = false;
    }
    this._changed.emit();
  }

  private _onHint({ kind, name }: ClusterEvent): boolean {
    return this._available && (kind === 'job' || name === '');
  }

  private async _read(): Promise<number> {
    if (this._available) {
      try {
        this._set(await this._client.jobs(), '');
      } catch (error) {
        const message =
          error instanceof ClusterError ? error.message : String(error);
        this._set(this._jobs, message);
      }
    }
    return SAFETY_INTERVAL;
  }

  private _set(jobs: ReadonlyArray<Job>, error: string): void {
    if (this.isDisposed || !this._available) {
      return;
    }
    const before = this._jobs;
    const news = !same(jobs, before);
    if (news || error !== this._error) {
      this._jobs = jobs;
      this._error = error;
      this._changed.emit();
    }
    if (news && this._known) {
      for (const change of changesOf(before, jobs)) {
        this._transitioned.emit(change);
      }
    }
    this._known = this._known || error === '';
  }

  private readonly _client: ClusterClient;
  private readonly _clusters: IClusterManager;
  private readonly _reader: Reader;
  private readonly _changed = new Signal<IJobManager, void>(this);
  private readonly _transitioned = new Signal<IJobManager, IJobTransition>(
    this
  );
  private _available = false;
  private _jobs: ReadonlyArray<Job> = [];
  private _error = '';
  private _known = false;
}

/**
 * Options of `JobManager`.
 */
export namespace JobManager {
  export interface IOptions {
    client: ClusterClient;
    /** Whose status says whether there are jobs. */
    clusters: IClusterManager;
  }
}
