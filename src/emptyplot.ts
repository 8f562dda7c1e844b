import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { ClusterError } from './client';
import { schedulerOf } from './panestate';
import type { Cluster } from './schema';
import type { IClusterManager } from './tokens';
import { countWorkers } from './workers';

/** Plots that every scheduler has, and that show nothing without GPUs. */
const GPU = /gpu|rmm/;

/** How soon one asks again when nobody could tell, in ms. */
const RETRY = 10 * 1000;

/**
 * Why a plot would show nothing: no GPU, or no dashboard at all. The server is asked only
 * where there is a reason to, and again when there are other workers.
 */
export class EmptyPlot implements IDisposable {
  constructor(
    private readonly _manager: IClusterManager,
    private readonly _path: string
  ) {}

  /** A sentence; empty where the plot shows something, as far as is known. */
  get reason(): string {
    return this._reason;
  }

  /** Emitted when `reason` changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      window.clearTimeout(this._timer);
      Signal.clearData(this);
    }
  }

  /** Forget what was found: somebody wants to see for himself. */
  forget(): void {
    this._asked = '';
    this._scheduler = '';
    this._reason = '';
  }

  /** Ask if need be; `suspect`: the page cannot be had, or is none of Bokeh's. */
  follow(cluster: Cluster | undefined, suspect: boolean): void {
    const scheduler = cluster?.phase === 'Running' ? schedulerOf(cluster) : '';
    if (scheduler !== this._scheduler) {
      this.forget();
      this._scheduler = scheduler;
    }
    if (cluster && scheduler !== '' && (suspect || GPU.test(this._path))) {
      const key = `${scheduler} ${countWorkers(cluster).ready}`;
      if (key !== this._asked) {
        this._asked = key;
        void this._ask(cluster.name, key);
      }
    }
  }

  private async _ask(cluster: string, key: string): Promise<void> {
    let reason = '';
    let known = true;
    try {
      const plots = await this._manager.plots(cluster);
      const plot = plots.find(({ path }) => path === this._path);
      reason = plot?.empty_reason ?? '';
    } catch (error) {
      known = error instanceof ClusterError && error.reason === 'NoDashboard';
      reason = known && error instanceof Error ? error.message : '';
    }
    if (key !== this._asked || this._isDisposed) {
      return;
    }
    if (!known) {
      window.clearTimeout(this._timer);
      this._timer = window.setTimeout(() => {
        this._asked = '';
        this._changed.emit();
      }, RETRY);
    } else if (reason !== this._reason) {
      this._reason = reason;
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _reason = '';
  private _scheduler = '';
  private _asked = '';
  private _timer = 0;
  private _isDisposed = false;
}
