import { DisposableDelegate, IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';

import type { ClusterClient } from './client';
import type { Metrics, MetricsFrame, MetricsWatch } from './schema';
import type { IMetricsFeed } from './tokens';

/** How many readings of a cluster are kept: two minutes at one a second. */
const HISTORY = 120;

/**
 * Live readings over one websocket that is open only while somebody watches.
 */
export class MetricsFeed implements IMetricsFeed, IDisposable {
  constructor(client: ClusterClient) {
    this._client = client;
    // Gateways cut websockets after some minutes: connect again, ever slower.
    this._reconnect = new Poll({
      auto: false,
      factory: () => this._connect(),
      frequency: { interval: Poll.NEVER, backoff: true, max: 60 * 1000 },
      name: 'jupyter-dask-k8s:metrics'
    });
  }

  get changed(): ISignal<IMetricsFeed, MetricsFrame> {
    return this._changed;
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
    this._reconnect.dispose();
    this._close();
    Signal.clearData(this);
  }

  watch(name: string): IDisposable {
    this._watched.set(name, (this._watched.get(name) ?? 0) + 1);
    this._subscribe();
    return new DisposableDelegate(() => {
      const left = (this._watched.get(name) ?? 1) - 1;
      if (left > 0) {
        this._watched.set(name, left);
        return;
      }
      this._watched.delete(name);
      this._frames.delete(name);
      this._history.delete(name);
      this._subscribe();
    });
  }

  latest(name: string): MetricsFrame | undefined {
    return this._frames.get(name);
  }

  history(name: string): ReadonlyArray<Metrics> {
    return this._history.get(name) ?? [];
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
      if (this._watched.size === 0) {
        this._close();
      } else if (this._socket === null) {
        void this._reconnect.refresh();
      } else if (this._socket.readyState === WebSocket.OPEN) {
        this._send();
      }
    });
  }

  private _send(): void {
    const message: MetricsWatch = { watch: [...this._watched.keys()].sort() };
    const text = JSON.stringify(message);
    if (text !== this._sent) {
      this._sent = text;
      this._socket?.send(text);
    }
  }

  private async _connect(): Promise<void> {
    if (this._watched.size === 0 || this._socket !== null) {
      return;
    }
    const { WebSocket: Socket } = this._client.serverSettings;
    const socket = new Socket(this._client.metricsURL);
    this._socket = socket;
    socket.onmessage = event => this._onMessage(String(event.data));
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => {
        this._send();
        resolve();
      };
      socket.onclose = () => {
        reject(new Error('The connection for live readings was closed.'));
        this._onClose(socket);
      };
    });
  }

  private _onClose(socket: WebSocket): void {
    if (this._socket !== socket) {
      return;
    }
    this._socket = null;
    this._sent = '';
    if (this._watched.size > 0 && !this._isDisposed) {
      void this._reconnect.schedule({ phase: 'rejected', interval: 2000 });
    }
  }

  private _close(): void {
    const socket = this._socket;
    this._socket = null;
    this._sent = '';
    socket?.close();
    if (!this._reconnect.isDisposed) {
      void this._reconnect.stop();
    }
  }

  private _onMessage(text: string): void {
    const frame = JSON.parse(text) as MetricsFrame;
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

  private readonly _client: ClusterClient;
  private readonly _reconnect: Poll<void>;
  private readonly _watched = new Map<string, number>();
  private readonly _frames = new Map<string, MetricsFrame>();
  private readonly _history = new Map<string, Metrics[]>();
  private readonly _changed = new Signal<IMetricsFeed, MetricsFrame>(this);
  private _socket: WebSocket | null = null;
  private _sent = '';
  private _scheduled = false;
  private _isDisposed = false;
}
