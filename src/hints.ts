import { URLExt } from '@jupyterlab/coreutils';
import type { Event, ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { LastingSocket, withToken } from './lastingsocket';

/**
 * Where hints of the server come from.
 */
export interface IHints {
  /** Jupyter's events, ours and those of others. */
  readonly stream: ISignal<unknown, Event.Emission>;

  /** Emitted when hints may have been missed, and come again. */
  readonly missed?: ISignal<unknown, void>;
}

/**
 * Jupyter's event bus over a websocket of our own. JupyterLab's waits longer after each
 * cut, up to half a minute, and does not tell that it was away: behind a gateway, all
 * that happens meanwhile would stay unseen.
 */
export class HintStream implements IHints, IDisposable {
  constructor(settings: ServerConnection.ISettings) {
    this._socket = new LastingSocket({
      settings,
      name: 'jupyter-dask-k8s:hints',
      url: ({ wsUrl }) =>
        withToken(settings, URLExt.join(wsUrl, 'api/events/subscribe')),
      // Also at first: what was read meanwhile may be old already.
      onOpen: () => this._missed.emit(),
      // Who reads now learns why: the server is away.
      onFail: () => this._missed.emit(),
      onText: text => this._stream.emit(JSON.parse(text) as Event.Emission)
    });
    this._socket.open();
  }

  get stream(): ISignal<this, Event.Emission> {
    return this._stream;
  }

  get missed(): ISignal<this, void> {
    return this._missed;
  }

  get isDisposed(): boolean {
    return this._socket.isDisposed;
  }

  dispose(): void {
    this._socket.dispose();
    Signal.clearData(this);
  }

  private readonly _socket: LastingSocket;
  private readonly _stream = new Signal<this, Event.Emission>(this);
  private readonly _missed = new Signal<this, void>(this);
}
