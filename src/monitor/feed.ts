import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import type { MonitorFrame } from '../schema';
import type { IMetricsFeed } from '../tokens';
import { MonitorData } from './data';

/**
 * What monitors of clusters show. All that look at one cluster share its data, and the
 * server is asked for it while one of them is live.
 */
export class MonitorFeed {
  constructor(private readonly _feed: IMetricsFeed) {
    _feed.monitored.connect(this._onFrame, this);
  }

  /** The data of a cluster; whoever asks for it disposes what he gets. */
  open(name: string): MonitorSource {
    let shared = this._shared.get(name);
    if (shared === undefined) {
      shared = {
        changed: new Signal<MonitorFeed, void>(this),
        data: new MonitorData(),
        sources: 0
      };
      this._shared.set(name, shared);
    }
    shared.sources += 1;
    return new MonitorSource(this._feed, name, shared, () => this._free(name));
  }

  private _free(name: string): void {
    const shared = this._shared.get(name);
    if (shared === undefined || --shared.sources > 0) {
      return;
    }
    // By then the server knows that nobody looks, and starts anew for the next one.
    window.setTimeout(() => {
      if (shared.sources === 0 && this._shared.get(name) === shared) {
        this._shared.delete(name);
      }
    }, 0);
  }

  private _onFrame(_: IMetricsFeed, frame: MonitorFrame): void {
    const shared = this._shared.get(frame.name);
    if (shared !== undefined) {
      shared.data.push(frame);
      shared.changed.emit();
    }
  }

  private readonly _shared = new Map<string, IShared>();
}

interface IShared {
  readonly changed: Signal<MonitorFeed, void>;
  readonly data: MonitorData;
  sources: number;
}

/**
 * One looker's share in the data of a cluster.
 */
export class MonitorSource implements IDisposable {
  constructor(
    private readonly _feed: IMetricsFeed,
    private readonly _name: string,
    private readonly _shared: IShared,
    private readonly _onDispose: () => void
  ) {}

  get data(): MonitorData {
    return this._shared.data;
  }

  /** Emitted with each message of the server. */
  get changed(): ISignal<MonitorFeed, void> {
    return this._shared.changed;
  }

  /** Whether somebody can see what is shown. */
  get live(): boolean {
    return this._watch !== null;
  }

  set live(live: boolean) {
    if (live && !this._isDisposed) {
      this._watch ??= this._feed.watchMonitor(this._name);
    } else {
      this._watch?.dispose();
      this._watch = null;
    }
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this.live = false;
      this._onDispose();
    }
  }

  private _watch: IDisposable | null = null;
  private _isDisposed = false;
}
