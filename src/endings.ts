import type { IDisposable } from '@lumino/disposable';

import { lengthOf, SAME_END } from './lifetime';
import type { Cluster } from './schema';
import type { IClusterManager } from './tokens';

/** So long before the end, in ms, the user is told... */
const LEAD = 5 * 60 * 1000;

/** ...or when this part of a clock is left, if that comes later. */
const SHARE = 0.2;

/** What timers take at most, in ms. */
const MAX_DELAY = 2 ** 31 - 1;

/** When to warn of an end, in ms: five minutes before it, or at 80 % of a short clock. */
export function warnTime({ lifetime }: Cluster, end: number): number {
  const length = lengthOf(lifetime, end) ?? Number.POSITIVE_INFINITY;
  return end - Math.min(LEAD, length * SHARE);
}

interface IRun {
  end: number;
  timer: number | null;
  /** What takes the warning back, once it was given. */
  told: (() => void) | null;
}

/**
 * Warns before clusters of the user end by themselves, once per run of a clock. It asks
 * nothing of the server: the ends come with the clusters.
 */
export class EndingWatch implements IDisposable {
  constructor(private readonly _options: EndingWatch.IOptions) {
    _options.manager.changed.connect(this._onChanged, this);
    this._onChanged();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._options.manager.changed.disconnect(this._onChanged, this);
    for (const name of [...this._runs.keys()]) {
      this._stop(name);
    }
  }

  private _onChanged(): void {
    const { clusters, status } = this._options.manager;
    const running = new Map<string, number>();
    for (const { lifetime, name, owner, phase, shared } of clusters) {
      const mine = !shared && owner === (status?.user ?? owner);
      if (mine && phase === 'Running' && lifetime.ends !== null) {
        running.set(name, Date.parse(lifetime.ends));
      }
    }
    for (const [name, { end }] of [...this._runs]) {
      const now = running.get(name);
      if (now === undefined || Math.abs(now - end) > SAME_END) {
        this._stop(name);
      }
    }
    for (const [name, end] of running) {
      if (!this._runs.has(name)) {
        this._runs.set(name, { end, timer: null, told: null });
        this._wait(name);
      }
    }
  }

  /** Warn when it is time; timers cannot wait for longer than some weeks. */
  private _wait(name: string): void {
    const run = this._runs.get(name);
    const cluster = this._options.manager.get(name);
    if (!run || !cluster) {
      return;
    }
    const delay = warnTime(cluster, run.end) - Date.now();
    if (delay > 0) {
      run.timer = window.setTimeout(
        () => this._wait(name),
        Math.min(delay, MAX_DELAY)
      );
    } else if (run.end > Date.now()) {
      run.told = this._options.warn(cluster, run.end);
    }
  }

  private _stop(name: string): void {
    const run = this._runs.get(name);
    if (run?.timer) {
      window.clearTimeout(run.timer);
    }
    run?.told?.();
    this._runs.delete(name);
  }

  private readonly _runs = new Map<string, IRun>();
  private _isDisposed = false;
}

/**
 * Options of `EndingWatch`.
 */
export namespace EndingWatch {
  export interface IOptions {
    manager: IClusterManager;
    /** Tell the user; what it returns takes the warning back. */
    warn: (cluster: Cluster, end: number) => () => void;
  }
}
