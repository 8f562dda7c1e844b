import { JSONExt, PartialJSONValue } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { Reader } from './reader';
import type { Pod } from './schema';
import { messageOf } from './target';
import type { IClusterManager } from './tokens';

/** How often pods are read while somebody looks, for what they use, in ms. */
const INTERVAL = 5000;

/**
 * The pods of a cluster: read on a hint of the server and every few seconds, and only
 * while somebody looks.
 */
export class PodListModel implements IDisposable {
  constructor(private readonly _options: PodListModel.IOptions) {
    const { cluster, manager } = _options;
    this._reader = new Reader({
      name: `jupyter-dask-k8s:pods-${cluster}`,
      hints: manager.hints,
      read: () => this._read(),
      onHint: ({ kind, name }) =>
        this._look !== null &&
        (kind ?? 'cluster') === 'cluster' &&
        (name === cluster || name === '')
    });
  }

  /** The scheduler first; `null` before the first answer. */
  get pods(): ReadonlyArray<Pod> | null {
    return this._pods;
  }

  /** Why the last read failed, as a sentence; empty when it did not. */
  get error(): string {
    return this._error;
  }

  /** Emitted when something really changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._reader.isDisposed;
  }

  /** Whether somebody looks. */
  set visible(value: boolean) {
    if (value === (this._look !== null) || this.isDisposed) {
      return;
    }
    this._look?.dispose();
    this._look = value ? this._reader.look() : null;
    if (value) {
      void this._reader.readNow();
    }
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._look?.dispose();
    this._look = null;
    this._reader.dispose();
    Signal.clearData(this);
  }

  /** Read now. Never rejects. */
  refresh(): Promise<void> {
    return this._reader.readNow();
  }

  private async _read(): Promise<number> {
    const { cluster, manager } = this._options;
    try {
      this._set(await manager.pods(cluster), '');
    } catch (error) {
      this._set(this._pods, messageOf(error));
    }
    return INTERVAL;
  }

  private _set(pods: ReadonlyArray<Pod> | null, error: string): void {
    const news =
      error !== this._error ||
      !JSONExt.deepEqual(
        pods as PartialJSONValue,
        this._pods as PartialJSONValue
      );
    this._pods = pods;
    this._error = error;
    if (news && !this.isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _reader: Reader;
  private readonly _changed = new Signal<this, void>(this);
  private _look: IDisposable | null = null;
  private _pods: ReadonlyArray<Pod> | null = null;
  private _error = '';
}

/**
 * Options of `PodListModel`.
 */
export namespace PodListModel {
  export interface IOptions {
    cluster: string;
    manager: IClusterManager;
    /** Jupyter's event bus; without it pods are read every few seconds only. */
  }
}
