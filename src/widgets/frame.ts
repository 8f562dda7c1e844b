import { PromiseDelegate } from '@lumino/coreutils';
import { Poll } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { BokehWatch } from '../bokeh';
import { ContainedPage, ContainedState } from '../containedpage';
import type { FrameState } from '../panestate';

/** Bokeh 3 reconnects by itself; let it try for so many ms before we reload. */
const GRACE = 2500;

/** The longest time between two reloads, in ms. */
const MAX_DELAY = 60 * 1000;

/** So many ms after a reload, the next loss is a new one. */
const WELL = 60 * 1000;

/** Bokeh goes on to add its widgets for a while, in ms. */
const LATE = 1500;

/**
 * A frame that shows a page of a dashboard and keeps it alive: it loads the page
 * again, ever more slowly, when the page cannot be had or loses its websocket.
 */
export class DashboardFrame extends Widget {
  constructor() {
    super();
    // `jp-IFrame` lets drags pass over the frame.
    this.addClass('jp-IFrame');
    this.addClass('jp-Dask-Frame');
    this.node.dataset.state = 'blank';
    this._iframe = document.createElement('iframe');
    this._iframe.addEventListener('load', () => this._onLoad());
    this.node.appendChild(this._iframe);
    this._watch = new BokehWatch(this._iframe);
    this._watch.changed.connect(this._onPage, this);
    this._retry = new Poll({
      auto: false,
      factory: () => this._reload(),
      frequency: { interval: GRACE, backoff: true, max: MAX_DELAY },
      name: 'jupyter-dask-k8s:frame',
      // Nobody looks: wait until somebody does.
      standby: () => document.hidden || !this.isVisible
    });
  }

  get state(): FrameState {
    return this._state;
  }

  /** Whether the page is none of Bokeh's. */
  get plain(): boolean {
    const { state } = this._contained ?? this._watch;
    return this._state === 'live' && state === 'none';
  }

  /** Emitted when the state changes. */
  get stateChanged(): ISignal<this, FrameState> {
    return this._stateChanged;
  }

  /** What gives the page the colours of JupyterLab. */
  set painter(painter: (page: Window) => void) {
    this._painter = painter;
    this.repaint();
  }

  /** What assistive technology calls the frame. */
  set label(label: string) {
    this._iframe.title = label;
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    clearTimeout(this._late);
    this._retry.dispose();
    this._watch.dispose();
    this._contained?.dispose();
    Signal.clearData(this);
    super.dispose();
  }

  /** Load a page; without Jupyter's origin, if it is to be kept apart. */
  load(url: string, apart: ContainedPage.IPage | null = null): void {
    this._rest();
    this._url = url;
    this._contain(apart);
    this._set('loading');
    this._visit();
  }

  /** Show nothing, and use nothing. */
  blank(): void {
    if (this._state === 'blank') {
      return;
    }
    this._rest();
    this._url = '';
    this._contain(null);
    this._set('blank');
    this._navigate('about:blank');
  }

  /** Give the page other colours. */
  repaint(): void {
    const page = this._iframe.contentWindow;
    // A page of another origin cannot be touched; one that is not there need not be.
    if (
      page !== null &&
      this._iframe.contentDocument !== null &&
      this._state !== 'blank' &&
      !this._isBlank()
    ) {
      this._painter?.(page);
    }
  }

  /**
   * The machine slept, or the network or somebody's eyes are back: do not wait longer.
   *
   * @param slept Whether connections may be dead without having said so.
   */
  wake(slept: boolean): void {
    if (this._state === 'lost' && this._outcome === null) {
      this._delay = GRACE;
      void this._retry.refresh();
    } else if (
      this._state === 'barred' ||
      (slept && this._state === 'live' && !this.plain)
    ) {
      this._rest();
      this._set('loading');
      this._visit();
    }
  }

  /** Have a frame of its own for a page that is kept apart. */
  private _contain(page: ContainedPage.IPage | null): void {
    this._contained?.dispose();
    this._contained = null;
    if (page === null) {
      if (this._iframe.parentNode === null) {
        this.node.appendChild(this._iframe);
      }
    } else {
      this._watch.stop();
      this._iframe.remove();
      this._contained = new ContainedPage({
        ...page,
        host: this.node,
        label: this._iframe.title,
        standby: () => document.hidden || !this.isVisible
      });
      this._contained.changed.connect(this._onPage, this);
    }
  }

  private _visit(): void {
    if (this._contained !== null) {
      this._contained.open();
    } else {
      this._navigate(this._url);
    }
  }

  private _navigate(url: string): void {
    clearTimeout(this._late);
    this._watch.stop();
    // Not by `src`: that would add to the history of the browser's tab. A frame
    // that is not in the page has no window, and nothing to show.
    this._iframe.contentWindow?.location.replace(url);
  }

  private _onLoad(): void {
    if (this._url === '' || this._isBlank()) {
      return;
    }
    if (this._isRefused()) {
      this._set('lost');
    } else {
      this.repaint();
      this._watch.start();
    }
  }

  private _isBlank(): boolean {
    return this._iframe.contentDocument?.URL === 'about:blank';
  }

  /** Whether the browser got an error instead of the page. */
  private _isRefused(): boolean {
    const view = this._iframe.contentWindow;
    if (view === null || this._iframe.contentDocument === null) {
      return true;
    }
    const [entry] = view.performance.getEntriesByType('navigation');
    // Not every browser knows the status; 0 or undefined says nothing.
    const { responseStatus } = (entry ?? {}) as { responseStatus?: number };
    return (responseStatus ?? 0) >= 400;
  }

  private _onPage(_: unknown, state: ContainedState): void {
    if (this._state !== 'blank' && state !== 'unknown') {
      if (state === 'open') {
        this.repaint();
        clearTimeout(this._late);
        this._late = window.setTimeout(() => this.repaint(), LATE);
      }
      this._set(state === 'lost' || state === 'barred' ? state : 'live');
    }
  }

  private _set(state: FrameState): void {
    if (state !== 'loading' && state !== 'blank') {
      this._outcome?.resolve(state);
    }
    if (state === this._state || this.isDisposed) {
      return;
    }
    this._state = state;
    this.node.dataset.state = state;
    if (state === 'lost' && this._outcome === null) {
      this._planRetry();
    }
    this._stateChanged.emit(state);
  }

  private _planRetry(): void {
    // What Bokeh mends by itself does not make us slower, only our own reloads do.
    const well = Date.now() - this._reloaded > WELL;
    this._delay = well ? GRACE : Math.min(this._delay * 2, MAX_DELAY);
    void this._retry.schedule({ interval: this._delay, phase: 'rejected' });
  }

  /** Load the page again; rejects when that did not help. */
  private async _reload(): Promise<void> {
    if (this._state === 'lost') {
      const outcome = (this._outcome = new PromiseDelegate<FrameState>());
      this._visit();
      this._reloaded = Date.now();
      const state = await outcome.promise;
      this._outcome = null;
      if (state === 'blank') {
        return;
      }
      if (state === 'lost') {
        throw new Error('The page cannot be loaded.');
      }
    }
    this._rest();
  }

  private _rest(): void {
    this._outcome?.resolve('blank');
    this._outcome = null;
    if (!this._retry.isDisposed) {
      void this._retry.schedule({ interval: Poll.NEVER, phase: 'stopped' });
    }
  }

  private readonly _iframe: HTMLIFrameElement;
  private readonly _watch: BokehWatch;
  private readonly _retry: Poll<void>;
  private readonly _stateChanged = new Signal<this, FrameState>(this);
  private _state: FrameState = 'blank';
  private _url = '';
  private _delay = GRACE;
  private _reloaded = 0;
  private _late = 0;
  private _contained: ContainedPage | null = null;
  private _painter: ((page: Window) => void) | null = null;
  private _outcome: PromiseDelegate<FrameState> | null = null;
}
