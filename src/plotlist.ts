import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { schedulerOf } from './panestate';
import type { Cluster, Plot } from './schema';
import type { IClusterManager } from './tokens';

/**
 * How the plots are laid out in the list.
 */
export interface IArrangement {
  /** Plots that are always there. */
  readonly first: ReadonlyArray<Plot>;
  /** Plots behind the fold; empty while something is searched. */
  readonly rest: ReadonlyArray<Plot>;
}

/**
 * Useful plots first, the others behind the fold, each in the server's order.
 * A search looks through all of them: each word must be in the title or the path.
 */
export function arrange(
  plots: ReadonlyArray<Plot>,
  query: string
): IArrangement {
  const useful = plots.filter(plot => plot.useful);
  const rest = plots.filter(plot => !plot.useful);
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) {
    // Where the server prefers none, a fold over all of them helps nobody.
    return useful.length > 0
      ? { first: useful, rest }
      : { first: rest, rest: [] };
  }
  const matches = ({ title, path }: Plot): boolean => {
    const text = `${title} ${path}`.toLowerCase();
    return words.every(word => text.includes(word));
  };
  return { first: [...useful, ...rest].filter(matches), rest: [] };
}

/**
 * What is known of the plots of the selected cluster.
 */
export type PlotListState =
  | { readonly kind: 'none' }
  | { readonly kind: 'pending'; readonly cluster: Cluster }
  | { readonly kind: 'loading'; readonly cluster: Cluster }
  | {
      readonly kind: 'error';
      readonly cluster: Cluster;
      readonly message: string;
    }
  | {
      readonly kind: 'ready';
      readonly cluster: Cluster;
      readonly plots: ReadonlyArray<Plot>;
    };

/**
 * Milliseconds until the list asks again after an error: the first pause, the longest.
 */
const PAUSES = [5_000, 60_000] as const;

/**
 * The plots of the selected cluster. They are asked for once for each scheduler,
 * and once more when the first worker is there (it may bring GPUs); again after an
 * error; and only while somebody looks.
 */
export class PlotList implements IDisposable {
  constructor(private readonly _manager: IClusterManager) {
    _manager.changed.connect(this._follow, this);
    _manager.selectedChanged.connect(this._follow, this);
  }

  get state(): PlotListState {
    return this._state;
  }

  /** Emitted when the state changes. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Whether somebody looks at the list. */
  set active(active: boolean) {
    this._active = active;
    this._follow();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    window.clearTimeout(this._timer);
    this._manager.changed.disconnect(this._follow, this);
    this._manager.selectedChanged.disconnect(this._follow, this);
    Signal.clearData(this);
  }

  /** Ask again, after an error. */
  retry(): void {
    this._key = '';
    this._pause = PAUSES[0];
    if (this._state.kind === 'error') {
      this._set({ kind: 'loading', cluster: this._state.cluster });
    }
    this._follow();
  }

  /** Ask again by itself, with the error in view: what was away may be back. */
  private _later(): void {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => {
      if (this._state.kind === 'error') {
        this._key = '';
        this._follow();
      }
    }, this._pause);
    this._pause = Math.min(PAUSES[1], 2 * this._pause);
  }

  private _follow(): void {
    if (!this._active || this._isDisposed) {
      return;
    }
    const cluster = this._manager.get(this._manager.selected ?? '');
    if (cluster === undefined || cluster.phase !== 'Running') {
      this._key = '';
      this._set(cluster ? { kind: 'pending', cluster } : { kind: 'none' });
      return;
    }
    const worked = cluster.groups.some(group => group.ready > 0);
    const key = `${schedulerOf(cluster)} ${worked}`;
    if (key !== this._key) {
      this._key = key;
      void this._fetch(cluster, key);
    }
  }

  private async _fetch(cluster: Cluster, key: string): Promise<void> {
    const { name } = cluster;
    const old = this._state;
    // Keep what is known of the same cluster in view until something new is there.
    const kept = old.kind === 'ready' || old.kind === 'error';
    if (!kept || old.cluster.name !== name) {
      this._pause = PAUSES[0];
      this._set({ kind: 'loading', cluster });
    }
    let state: PlotListState;
    try {
      const plots = await this._manager.plots(name);
      state = { kind: 'ready', cluster, plots };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      state = { kind: 'error', cluster, message };
    }
    if (key === this._key) {
      this._set(state);
      if (state.kind === 'error') {
        this._later();
      } else {
        this._pause = PAUSES[0];
      }
    }
  }

  private _set(state: PlotListState): void {
    const old = this._state;
    if (
      old.kind === state.kind &&
      old.kind !== 'ready' &&
      JSON.stringify(old) === JSON.stringify(state)
    ) {
      return;
    }
    this._state = state;
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _state: PlotListState = { kind: 'none' };
  private _active = false;
  private _key = '';
  private _pause: number = PAUSES[0];
  private _timer: number | undefined;
  private _isDisposed = false;
}
