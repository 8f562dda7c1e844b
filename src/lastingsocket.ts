import type { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';

/** How soon a websocket that was cut is opened again, in ms. */
const FIRST_DELAY = 500;

/** The longest wait between two attempts that fail, in ms. */
const MAX_DELAY = 30 * 1000;

/** How often a page that was hidden looks whether it is seen again, in ms. */
const HIDDEN_INTERVAL = 2000;

/**
 * A websocket that is opened again when it was cut, as gateways do every few minutes: at
 * once after a cut, ever more slowly while nobody answers, and not while the page is
 * hidden.
 */
export class LastingSocket implements IDisposable {
  constructor(private readonly _options: LastingSocket.IOptions) {
    this._poll = new Poll({
      auto: false,
      factory: async () => this._connect(),
      frequency: { interval: HIDDEN_INTERVAL, backoff: false },
      name: _options.name,
      standby: () => document.hidden
    });
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.close();
      this._poll.dispose();
    }
  }

  /** Open it, and keep it open. */
  open(): void {
    if (!this._wanted && !this.isDisposed) {
      this._wanted = true;
      this._delay = FIRST_DELAY;
      this._plan(0);
    }
  }

  /** Close it. */
  close(): void {
    this._wanted = false;
    const socket = this._socket;
    this._socket = null;
    socket?.close();
    if (!this.isDisposed) {
      this._rest();
    }
  }

  /** Send a text; `false` while there is no connection. */
  send(text: string): boolean {
    const open = this._socket?.readyState === WebSocket.OPEN;
    if (open) {
      this._socket?.send(text);
    }
    return open;
  }

  private _connect(): void {
    // From here on, the websocket tells by itself.
    this._rest();
    if (!this._wanted || this._socket !== null) {
      return;
    }
    const { settings, url, onFail, onOpen, onText } = this._options;
    const socket = new settings.WebSocket(url(settings));
    this._socket = socket;
    let opened = false;
    socket.onopen = () => {
      if (socket === this._socket) {
        opened = true;
        this._failed = false;
        this._delay = FIRST_DELAY;
        onOpen();
      }
    };
    socket.onmessage = ({ data }) => {
      if (socket === this._socket) {
        onText(String(data));
      }
    };
    socket.onclose = () => {
      if (socket === this._socket) {
        this._socket = null;
        this._plan(this._delay);
        this._delay = Math.min(this._delay * 2, MAX_DELAY);
        if (!opened && !this._failed) {
          this._failed = true;
          onFail?.();
        }
      }
    };
  }

  private _plan(interval: number): void {
    void this._poll.schedule({ interval, phase: 'rejected' });
  }

  private _rest(): void {
    void this._poll.schedule({ interval: Poll.NEVER, phase: 'stopped' });
  }

  private readonly _poll: Poll<void>;
  private _socket: WebSocket | null = null;
  private _wanted = false;
  private _failed = false;
  private _delay = FIRST_DELAY;
}

/**
 * Options of `LastingSocket`.
 */
export namespace LastingSocket {
  export interface IOptions {
    settings: ServerConnection.ISettings;
    /** The name of the poll. */
    name: string;
    /** Where it leads; asked each time, as tokens change. */
    url: (settings: ServerConnection.ISettings) => string;
    /** It is open, for the first time or again; what came before was missed. */
    onOpen: () => void;
    onText: (text: string) => void;
    /** It cannot be opened; told once, until it is open again. */
    onFail?: () => void;
  }
}

/**
 * The address of a websocket of the server, with the token if there is one: browsers
 * cannot set a header on it. The services package adds it under the same condition.
 */
export function withToken(
  { appendToken, token }: ServerConnection.ISettings,
  url: string
): string {
  return appendToken && token !== ''
    ? `${url}?token=${encodeURIComponent(token)}`
    : url;
}
