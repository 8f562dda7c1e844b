import type { IThemeManager } from '@jupyterlab/apputils';
import type { ISignal } from '@lumino/signaling';

import { IPaneColors, paint, readColors } from './panetheme';
import type { DashboardPane } from './widgets/pane';

/**
 * So many plots are loaded at the same time: each is a page with a websocket and two
 * megabytes of scripts.
 */
export const MOST = 8;

/** How often we look whether the clock has jumped, in ms. */
const TICK = 15 * 1000;

/**
 * A clock that stood still for so many ms did so because the machine slept: browsers slow
 * the timers of hidden pages down to one a minute.
 */
const SLEPT = 100 * 1000;

/**
 * What all panes together need: the colours of JupyterLab, a bound on how many are loaded,
 * and a word when the machine wakes up.
 */
export class PaneCare {
  constructor(private readonly _options: PaneCare.IOptions) {
    const { panes, themes } = _options;
    panes.forEach(pane => this._adopt(pane));
    panes.widgetAdded.connect((_, pane) => this._adopt(pane));
    themes?.themeChanged.connect(() => this._recolor());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) {
        this._look();
        this._wake(false);
      }
    });
    window.addEventListener('online', () => this._wake(false));
    window.setInterval(() => this._look(), TICK);
  }

  private _adopt(pane: DashboardPane): void {
    const { frame, shown } = pane.content;
    frame.painter = page => {
      this._colors ??= readColors();
      paint(page, this._colors);
    };
    shown.connect(() => {
      frame.wake(false);
      this._bound(pane);
    });
    this._bound(pane);
  }

  private _recolor(): void {
    this._colors = readColors();
    this._options.panes.forEach(({ content }) => content.frame.repaint());
  }

  /** Unload those that nobody has seen for the longest time. */
  private _bound(last: DashboardPane): void {
    const { panes, suggestMonitor } = this._options;
    const loaded = panes.filter(
      ({ content }) => content.frame.state !== 'blank'
    );
    const hidden = loaded
      .filter(({ content }) => content.seen !== Infinity)
      .sort((one, other) => one.content.seen - other.content.seen);
    const over = Math.max(0, loaded.length - MOST);
    hidden.slice(0, over).forEach(({ content }) => content.unload());
    if (loaded.length - hidden.length > MOST && !this._suggested) {
      this._suggested = true;
      suggestMonitor(last.cluster);
    }
  }

  /** See whether the clock stood still. */
  private _look(): void {
    const now = Date.now();
    const slept = now - this._ticked > SLEPT;
    this._ticked = now;
    if (slept) {
      this._wake(true);
    }
  }

  private _wake(slept: boolean): void {
    this._options.panes.forEach(({ content }) => {
      if (slept && content.seen !== Infinity) {
        content.unload();
      } else {
        content.frame.wake(slept);
      }
    });
  }

  private _colors: IPaneColors | null = null;
  private _suggested = false;
  private _ticked = Date.now();
}

/**
 * Options of `PaneCare`.
 */
export namespace PaneCare {
  export interface IOptions {
    panes: IPanes;
    themes: Pick<IThemeManager, 'themeChanged'> | null;
    /** Called once when more plots are seen than are good for the browser. */
    suggestMonitor: (cluster: string) => void;
  }

  /** What we use of a tracker of panes. */
  export interface IPanes {
    forEach(fn: (pane: DashboardPane) => void): void;
    filter(fn: (pane: DashboardPane) => boolean): DashboardPane[];
    readonly widgetAdded: ISignal<unknown, DashboardPane>;
  }
}
