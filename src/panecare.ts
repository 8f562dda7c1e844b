import type { IThemeManager } from '@jupyterlab/apputils';

import { IPaneColors, paint, readColors } from './panetheme';
import type { PaneContent } from './widgets/panecontent';

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
    _options.themes?.themeChanged.connect(() => this._recolor());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) {
        this._look();
        this._wake(false);
      }
    });
    window.addEventListener('online', () => this._wake(false));
    window.setInterval(() => this._look(), TICK);
  }

  /** Take care of what a pane shows until that is disposed. */
  adopt(pane: PaneContent): void {
    const { disposed, frame, shown } = pane;
    this._panes.add(pane);
    disposed.connect(() => this._panes.delete(pane));
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
    this._panes.forEach(({ frame }) => frame.repaint());
  }

  /** Unload those that nobody has seen for the longest time. */
  private _bound(last: PaneContent): void {
    const loaded = [...this._panes].filter(
      ({ frame }) => frame.state !== 'blank'
    );
    const hidden = loaded
      .filter(({ seen }) => seen !== Infinity)
      .sort((one, other) => one.seen - other.seen);
    const over = Math.max(0, loaded.length - MOST);
    hidden.slice(0, over).forEach(pane => pane.unload());
    if (loaded.length - hidden.length > MOST && !this._suggested) {
      this._suggested = true;
      this._options.suggestMonitor(last.cluster);
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
    this._panes.forEach(pane => {
      if (slept && pane.seen !== Infinity) {
        pane.unload();
      } else {
        pane.frame.wake(slept);
      }
    });
  }

  private readonly _panes = new Set<PaneContent>();
  private _colors: IPaneColors | null = null;
  private _suggested = false;
  private _ticked = Date.now();
}

/**
 * Options of `PaneCare`.
 */
export namespace PaneCare {
  export interface IOptions {
    themes: Pick<IThemeManager, 'themeChanged'> | null;
    /** Called once when more plots are seen than are good for the browser. */
    suggestMonitor: (cluster: string) => void;
  }
}
