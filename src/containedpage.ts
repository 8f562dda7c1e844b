import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';

import type { BokehState } from './bokeh';

/** How often the server is asked whether the page still has its websocket, in ms. */
const LOOK_INTERVAL = 15 * 1000;

/** As `containment.py` has it: no origin, so neither cookies nor pages of Jupyter. */
const SANDBOX = 'allow-scripts allow-popups';

/** As the page itself asks: it has no cookies, and no login is any use to it. */
const BARE: RequestInit = {
  cache: 'no-store',
  credentials: 'omit',
  redirect: 'error',
  referrerPolicy: 'no-referrer'
};

/**
 * `barred`: what is in front of the server does not let such pages through.
 */
export type ContainedState = BokehState | 'barred';

/** What our server says of a contained dashboard. */
interface IPlaceState {
  readonly open: boolean;
  /** How many websockets of its pages are open. */
  readonly sockets?: number;
}

/** Something else than our server answers to who has no cookie. */
class Barred extends Error {}

/**
 * A page of a dashboard in a frame that has no part in Jupyter's origin. Nothing in it can
 * be read from here, so the server tells whether it is alive.
 */
export class ContainedPage implements IDisposable {
  constructor(private readonly _options: ContainedPage.IOptions) {
    this._poll = new Poll({
      auto: false,
      factory: () => this._look(),
      frequency: { interval: LOOK_INTERVAL, backoff: true, max: 60 * 1000 },
      name: 'jupyter-dask-k8s:contained',
      standby: _options.standby
    });
  }

  get state(): ContainedState {
    return this._state;
  }

  /** Emitted when the state changes. */
  get changed(): ISignal<this, ContainedState> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._clear();
      this._poll.dispose();
      Signal.clearData(this);
    }
  }

  /** Load the page, at a new address. */
  open(): void {
    this._clear();
    const visit = this._visit;
    this._enter(visit).catch(error => {
      if (visit === this._visit) {
        this._set(error instanceof Barred ? 'barred' : 'lost');
      }
    });
  }

  private async _enter(visit: number): Promise<void> {
    const { path, place } = this._options;
    const begin = await place();
    const { open } = await ask(begin);
    const health = await fetch(`${begin}/health`, BARE);
    if (!open || !health.ok) {
      throw new Error('The scheduler does not answer.');
    }
    if (visit === this._visit) {
      this._place = begin;
      this._show(`${begin}/${path}`, visit);
    }
  }

  /** In a new frame: it has never been anything else, and adds nothing to the history. */
  private _show(url: string, visit: number): void {
    const { host, label } = this._options;
    const frame = document.createElement('iframe');
    frame.setAttribute('sandbox', SANDBOX);
    frame.referrerPolicy = 'no-referrer';
    frame.title = label;
    frame.src = url;
    frame.addEventListener('load', () => {
      if (visit === this._visit) {
        this._onLoad();
      }
    });
    this._frame = frame;
    host.appendChild(frame);
  }

  private _onLoad(): void {
    // Pages lead to other ones, which may have no websocket.
    this._most = 0;
    this._missed = 0;
    if (this._state === 'unknown') {
      this._set('open');
      void this._poll.schedule({ interval: LOOK_INTERVAL, phase: 'resolved' });
    }
  }

  /** See whether the page still has its websocket, or ever had one. */
  private async _look(): Promise<void> {
    const visit = this._visit;
    let state: IPlaceState;
    try {
      state = await ask(this._place);
    } catch {
      // The network or the server is away: nobody knows.
      return;
    }
    if (visit !== this._visit) {
      return;
    }
    const { open, sockets = 0 } = state;
    this._most = Math.max(this._most, sockets);
    this._missed = sockets > 0 ? 0 : this._missed + 1;
    // Bokeh opens one that was cut again: that is no loss yet.
    if (!open || (this._most > 0 && this._missed > 1)) {
      this._set('lost');
    } else {
      this._set(this._most > 0 ? 'open' : 'none');
    }
  }

  private _clear(): void {
    this._visit += 1;
    this._state = 'unknown';
    this._most = 0;
    this._missed = 0;
    this._frame?.remove();
    this._frame = null;
    if (!this.isDisposed) {
      void this._poll.schedule({ interval: Poll.NEVER, phase: 'stopped' });
    }
  }

  private _set(state: ContainedState): void {
    if (state !== this._state && !this.isDisposed) {
      this._state = state;
      this._changed.emit(state);
    }
  }

  private readonly _poll: Poll<void>;
  private readonly _changed = new Signal<this, ContainedState>(this);
  private _frame: HTMLIFrameElement | null = null;
  private _state: ContainedState = 'unknown';
  private _place = '';
  private _visit = 0;
  private _most = 0;
  private _missed = 0;
}

/**
 * Options of `ContainedPage`.
 */
export namespace ContainedPage {
  /** Which page it is. */
  export interface IPage {
    /** The page below the dashboard. */
    readonly path: string;
    /** Where the dashboard begins for such pages, new each time. */
    readonly place: () => Promise<string>;
  }

  export interface IOptions extends IPage {
    /** What the frame is put into. */
    readonly host: HTMLElement;
    /** What assistive technology calls the frame. */
    readonly label: string;
    /** Whether nobody looks. */
    readonly standby: () => boolean;
  }
}

/** Ask our server without cookies; rejects with `Barred` where another one answers. */
async function ask(place: string): Promise<IPlaceState> {
  let response: Response;
  try {
    response = await fetch(place, BARE);
  } catch {
    throw new Barred();
  }
  if (response.status >= 500) {
    throw new Error('The server does not answer.');
  }
  let state: Partial<IPlaceState> | null;
  try {
    state = (await response.json()) as Partial<IPlaceState> | null;
  } catch {
    throw new Barred();
  }
  if (typeof state?.open !== 'boolean') {
    throw new Barred();
  }
  return { ...state, open: state.open };
}
