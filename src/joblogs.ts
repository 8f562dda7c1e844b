import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';

import type { JobLogs } from './schema';
import type { IJobManager } from './tokens';

/** How often the logs of a job that has not ended are read, in ms. */
const INTERVAL = 3000;

/** So many of the last lines are read, unless all are wanted. */
const TAIL = 2000;

/**
 * What the pods of a job print: read again every few seconds while somebody looks and
 * the job has not ended, once more when it has.
 */
export class JobLogsModel implements IDisposable {
  constructor(
    private readonly _jobs: IJobManager,
    readonly job: string,
    pod: string | null = null
  ) {
    this._pod = pod;
    this._poll = new Poll({
      auto: false,
      factory: () => this._read(),
      frequency: { interval: INTERVAL, backoff: true, max: 60 * 1000 },
      standby: () => !this._asked && (!this._visible || !this._active()),
      name: `jupyter-dask-k8s:logs-${job}`
    });
    _jobs.changed.connect(this._onJobsChanged, this);
  }

  /** What was read last; `null` before the first answer. */
  get logs(): JobLogs | null {
    return this._logs;
  }

  /** Why the last read failed, as a sentence; empty when it did not. */
  get error(): string {
    return this._error;
  }

  /** Of which pods there are logs, the runner first. */
  get pods(): ReadonlyArray<string> {
    return this._jobs.get(this.job)?.logs ?? [];
  }

  /** The pod whose logs are shown; `null`: the runner. */
  get pod(): string | null {
    return this._pod;
  }
  set pod(value: string | null) {
    if (value !== this._pod) {
      this._pod = value;
      this._logs = null;
      this._changed.emit();
      this.refresh();
    }
  }

  /** Whether older lines are wanted, too. */
  get all(): boolean {
    return this._all;
  }
  set all(value: boolean) {
    if (value !== this._all) {
      this._all = value;
      this.refresh();
    }
  }

  /** Whether somebody looks. */
  set visible(value: boolean) {
    const shown = value && !this._visible;
    this._visible = value;
    if (shown) {
      this.refresh();
    }
  }

  /** Emitted when something really changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._jobs.changed.disconnect(this._onJobsChanged, this);
    this._poll.dispose();
    Signal.clearData(this);
  }

  /** Read now. */
  refresh(): void {
    if (!this.isDisposed) {
      this._asked = true;
      void this._poll.refresh();
    }
  }

  private _active(): boolean {
    const phase = this._jobs.get(this.job)?.phase;
    return phase !== undefined && phase !== 'Succeeded' && phase !== 'Failed';
  }

  private _onJobsChanged(): void {
    const phase = this._jobs.get(this.job)?.phase ?? null;
    if (phase !== this._phase) {
      this._phase = phase;
      this._changed.emit();
      // What it said last is written when it ends.
      if (this._visible) {
        this.refresh();
      }
    }
  }

  private async _read(): Promise<void> {
    this._asked = false;
    const pod = this._pod;
    const tail = this._all ? undefined : TAIL;
    try {
      const logs = await this._jobs.logs(this.job, pod ?? undefined, tail);
      if (pod === this._pod) {
        this._set(logs, '');
      }
    } catch (error) {
      this._set(
        this._logs,
        error instanceof Error ? error.message : String(error)
      );
    }
  }

  private _set(logs: JobLogs | null, error: string): void {
    const same =
      this._logs?.text === logs?.text &&
      this._logs?.complete === logs?.complete &&
      this._error === error;
    this._logs = logs;
    this._error = error;
    if (!same && !this.isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _poll: Poll<void>;
  private _all = false;
  private _asked = false;
  private _error = '';
  private _logs: JobLogs | null = null;
  private _phase: string | null = null;
  private _pod: string | null;
  private _visible = false;
}
