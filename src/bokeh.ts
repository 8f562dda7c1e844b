import { ISignal, Signal } from '@lumino/signaling';
import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';

/** How often the page is looked at, in ms. This costs no request. */
const LOOK_INTERVAL = 250;

/** A page that has drawn nothing after so many ms never got its websocket. */
const DRAW_LIMIT = 15 * 1000;

/** What we use of Bokeh's documents; all of it may be missing. */
interface IBokehDocument {
  on_event?: (name: string, callback: () => void) => void;
}

/** What we use of Bokeh's `window.Bokeh`; all of it may be missing. */
interface IBokeh {
  documents?: IBokehDocument[];
  logger?: Record<string, unknown>;
}

/**
 * What is known of a page: `none`: it has no Bokeh; `open` and `lost` speak of
 * the websocket that brings its data.
 */
export type BokehState = 'unknown' | 'none' | 'open' | 'lost';

/**
 * Notices when a Bokeh page in a frame of our origin loses its websocket.
 *
 * Bokeh 3 says so by events of the document. Older ones do not, and they do not
 * reconnect either; but every version since 1.0 writes a line to its log, which
 * we listen to. A page without Bokeh is left alone.
 */
export class BokehWatch implements IDisposable {
  constructor(private readonly _frame: HTMLIFrameElement) {
    this._poll = new Poll({
      auto: false,
      factory: async () => this._look(),
      frequency: { interval: LOOK_INTERVAL, backoff: false },
      name: 'jupyter-dask-k8s:bokeh',
      standby: 'when-hidden'
    });
  }

  get state(): BokehState {
    return this._state;
  }

  /** Emitted when the state changes. */
  get changed(): ISignal<this, BokehState> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    this._poll.dispose();
    Signal.clearData(this);
  }

  /** Call when the frame has loaded its page. */
  start(): void {
    this._page += 1;
    this._state = 'unknown';
    this._since = Date.now();
    this._heard = new WeakSet();
    void this._poll.schedule({ interval: 0, phase: 'standby' });
  }

  /** Call when the frame shows nothing any more. */
  stop(): void {
    this._page += 1;
    this._state = 'unknown';
    if (!this.isDisposed) {
      this._rest();
    }
  }

  private _look(): void {
    const bokeh = this._bokeh();
    if (bokeh === undefined) {
      // Scripts were all there when the frame had loaded.
      this._set('none');
      this._rest();
      return;
    }
    this._listen(bokeh);
    const drawn = (bokeh.documents ?? []).length > 0;
    if (drawn && this._state === 'unknown') {
      this._set('open');
    } else if (!drawn && Date.now() - this._since > DRAW_LIMIT) {
      this._set('lost');
    }
    if (this._state !== 'unknown') {
      // From here on the page tells by itself.
      this._rest();
    }
  }

  private _rest(): void {
    void this._poll.schedule({ interval: Poll.NEVER, phase: 'stopped' });
  }

  private _bokeh(): IBokeh | undefined {
    try {
      const view = this._frame.contentWindow as
        (Window & { Bokeh?: IBokeh }) | null;
      return view?.Bokeh;
    } catch {
      // A page of another origin; nothing can be known of it.
      return undefined;
    }
  }

  private _listen(bokeh: IBokeh): void {
    const page = this._page;
    // A page that is on its way out has no say any more.
    const set = (state: BokehState) => {
      if (page === this._page) {
        this._set(state);
      }
    };
    for (const doc of bokeh.documents ?? []) {
      if (!this._heard.has(doc)) {
        this._heard.add(doc);
        doc.on_event?.('connection_lost', () => set('lost'));
        doc.on_event?.('client_reconnected', () => set('open'));
      }
    }
    const { logger } = bokeh;
    if (logger && !this._heard.has(logger)) {
      this._heard.add(logger);
      this._tap(logger, set);
    }
  }

  /** Hear what Bokeh logs at level info, and let it log on. */
  private _tap(
    logger: Record<string, unknown>,
    set: (state: BokehState) => void
  ): void {
    const info = logger.info;
    if (typeof info !== 'function') {
      return;
    }
    logger.info = (...args: unknown[]) => {
      const text = String(args[0]);
      if (/^lost websocket/i.test(text)) {
        set('lost');
      } else if (/^reconnected websocket/i.test(text)) {
        set('open');
      }
      Reflect.apply(info, logger, args);
    };
  }

  private _set(state: BokehState): void {
    if (state !== this._state && !this.isDisposed) {
      this._state = state;
      this._changed.emit(state);
    }
  }

  private readonly _poll: Poll<void>;
  private readonly _changed = new Signal<this, BokehState>(this);
  private _state: BokehState = 'unknown';
  private _since = 0;
  private _page = 0;
  private _heard = new WeakSet<object>();
}
