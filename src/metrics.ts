import { DisposableDelegate, IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import type { ClusterClient } from './client';
import { LastingSocket } from './lastingsocket';
import type {
  Metrics,
  MetricsFrame,
  MetricsWatch,
  MonitorFrame
} from './schema';
import type { IMetricsFeed } from './tokens';

/** How many readings of a cluster are kept: two minutes at one a second. */
const HISTORY = 120;

/**
 * Live readings over one websocket that is open only while somebody watches.
 */
export class MetricsFeed implements IMetricsFeed, IDisposable {
  constructor(client: ClusterClient) {
    this._socket = new LastingSocket({
      settings: client.serverSettings,
      name: 'jupyter-dask-k8s:metrics',
      url: () => client.metricsURL,
      onOpen: () => {
        this._sent = '';
        this._send();
      },
      onText: text => this._onMessage(text)
    });
  }

  get changed(): ISignal<IMetricsFeed, MetricsFrame> {
    return this._changed;
  }

  get monitored(): ISignal<IMetricsFeed, MonitorFrame> {
    return this._monitored;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._watched.clear();
    this._monitors.clear();
    this._socket.dispose();
    Signal.clearData(this);
  }

  watch(name: string): IDisposable {
    return this._count(this._watched, name);
  }

  watchMonitor(name: string): IDisposable {
    return this._count(this._monitors, name);
  }

  latest(name: string): MetricsFrame | undefined {
    return this._frames.get(name);
  }

  history(name: string): ReadonlyArray<Metrics> {
    return this._history.get(name) ?? [];
  }

  private _count(counts: Map<string, number>, name: string): IDisposable {
    counts.set(name, (counts.get(name) ?? 0) + 1);
    this._subscribe();
    return new DisposableDelegate(() => {
      const left = (counts.get(name) ?? 1) - 1;
      if (left > 0) {
        counts.set(name, left);
        return;
      }
      counts.delete(name);
      this._subscribe();
    });
  }

  private get _idle(): boolean {
    return this._watched.size === 0 && this._monitors.size === 0;
  }

  /** Tell the server what is watched; views come and go in bursts. */
  private _subscribe(): void {
    if (this._scheduled || this._isDisposed) {
      return;
    }
    this._scheduled = true;
    void Promise.resolve().then(() => {
      this._scheduled = false;
      if (this._isDisposed) {
        return;
      }
      // A view that is moved is gone for a moment; the server would not tell it again.
      for (const name of this._frames.keys()) {
        if (!this._watched.has(name)) {
          this._frames.delete(name);
          this._history.delete(name);
        }
      }
      if (this._idle) {
        this._socket.close();
      } else {
        this._socket.open();
        this._send();
      }
    });
  }

  private _send(): void {
    const message: MetricsWatch = {
      watch: [...this._watched.keys()].sort()
    };
    if (this._monitors.size > 0) {
      message.monitor = [...this._monitors.keys()].sort();
    }
    const text = JSON.stringify(message);
    if (text !== this._sent && this._socket.send(text)) {
      this._sent = text;
    }
  }

  private _onMessage(text: string): void {
    const frame = JSON.parse(text) as MetricsFrame | MonitorFrame;
    if (frame.kind === 'monitor') {
      if (this._monitors.has(frame.name)) {
        this._monitored.emit(frame);
      }
      return;
    }
    if (!this._watched.has(frame.name)) {
      return;
    }
    this._frames.set(frame.name, frame);
    if (frame.metrics !== null) {
      const history = this._history.get(frame.name) ?? [];
      history.push(frame.metrics);
      if (history.length > HISTORY) {
        history.shift();
      }
      this._history.set(frame.name, history);
    }
    this._changed.emit(frame);
  }

  private readonly _socket: LastingSocket;
  private readonly _watched = new Map<string, number>();
  private readonly _monitors = new Map<string, number>();
  private readonly _frames = new Map<string, MetricsFrame>();
  private readonly _history = new Map<string, Metrics[]>();
  private readonly _changed = new Signal<IMetricsFeed, MetricsFrame>(this);
  private readonly _monitored = new Signal<IMetricsFeed, MonitorFrame>(this);
  private _sent = '';
  private _scheduled = false;
  private _isDisposed = false;
}
