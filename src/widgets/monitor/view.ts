import type { TranslationBundle } from '@jupyterlab/translation';
import type { ISignal } from '@lumino/signaling';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { countGPUs } from '../../monitor/gpus';
import type { MonitorModel } from '../../monitor/model';
import { IPlot, plotsOf } from '../../monitor/plots';
import { describe } from '../../monitor/units';
import { MonitorView } from '../../monitor/view';
import { Visibility } from '../visibility';
import { Chart } from './chart';
import { element, formatClock, setText } from './dom';
import { FrameQueue } from './frames';
import { HeatStrip } from './heatStrip';
import { Lanes } from './lanes';
import { Palette } from './palette';

/** How far the arrow keys move the cursor, in points. */
const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  PageUp: -10,
  PageDown: 10,
  Home: -Infinity,
  End: Infinity
};

/**
 * The plots of a cluster. All is drawn with the screen's own frames, and nothing while
 * nobody can see it.
 */
export class MonitorPlots extends Widget {
  constructor(private readonly _options: MonitorPlots.IOptions) {
    super();
    const { model, theme, trans } = _options;
    this.addClass('jp-Dask-Monitor-plots');
    this._palette = new Palette(this.node);
    this._heat = new HeatStrip({
      palette: this._palette,
      trans,
      onKind: kind => {
        model.heat = kind;
      },
      onResize: () => this._drawHeat()
    });
    this._lanes = new Lanes({
      palette: this._palette,
      trans,
      onCursor: time => this._moveTo(time),
      onResize: () => this._drawAll()
    });
    this._grid.tabIndex = 0;
    this._grid.setAttribute('role', 'group');
    this._spoken.setAttribute('role', 'status');
    this._grid.append(this._heat.node);
    this.node.append(this._grid, this._lanes.node, this._spoken);
    this._grid.addEventListener('keydown', event => this._onKey(event));
    this._visibility.changed.connect((_, visible) => this._onLive(visible));
    model.updated.connect(this._drawAll, this);
    theme?.connect(this._retheme, this);
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._visibility.dispose();
    this._options.theme?.disconnect(this._retheme, this);
    this._options.model.updated.disconnect(this._drawAll, this);
    this._queue.dispose();
    this._charts.forEach(chart => chart.dispose());
    this._heat.dispose();
    this._lanes.dispose();
    super.dispose();
  }

  processMessage(msg: Message): void {
    super.processMessage(msg);
    this._visibility.follow(this, msg);
  }

  protected onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    this._grid.focus();
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    // Only what is in the page has colours.
    this._retheme();
  }

  private _onLive(live: boolean): void {
    this._options.model.live = live;
    this._queue.active = live;
  }

  private _retheme(): void {
    this._queue.add('theme', () => {
      this._palette.read();
      this._charts.forEach(chart => chart.retheme());
      this._heat.retheme();
      this._lanes.retheme();
    });
    this._drawAll();
  }

  /** Read the data, then draw one part after the other. */
  private _drawAll(): void {
    const { model, trans } = this._options;
    this._queue.add('data', () => {
      const room = Math.max(0, ...this._charts.map(chart => chart.room));
      const { data, seconds } = model;
      const view = (this._view = new MonitorView(data, seconds, room));
      this._plots = plotsOf(view, trans);
      this._label();
      for (const [index, plot] of this._plots.entries()) {
        const chart = this._charts[index] ?? this._addChart();
        this._queue.add(`chart ${index}`, () => {
          chart.draw(plot, view);
          chart.setCursor(this._time(view));
          chart.showValues(this._point(view));
        });
      }
      this._drawLanes(view);
      this._drawHeat();
    });
  }

  private _drawLanes(view: MonitorView): void {
    this._queue.add('lanes', () => {
      const groups = this._lanes.update(view);
      for (let group = 0; group < groups; group++) {
        this._queue.add(`lanes ${group}`, () =>
          this._lanes.draw(group, this._point(view))
        );
      }
    });
  }

  private _addChart(): Chart {
    const chart = new Chart({
      palette: this._palette,
      trans: this._options.trans,
      onCursor: time => this._moveTo(time),
      onResize: () => this._drawAll()
    });
    this._charts.push(chart);
    this._grid.insertBefore(chart.node, this._heat.node);
    return chart;
  }

  private _drawHeat(): void {
    this._queue.add('heat', () => {
      const view = this._view;
      if (view !== null) {
        const { data, heat } = this._options.model;
        const point = this._point(view);
        const moment = point === null ? data.length - 1 : view.at(point);
        this._heat.draw(data, moment, heat, countGPUs(data) > 0);
      }
    });
  }

  /** When the point of the cursor was. */
  private _time(view: MonitorView): number | null {
    const point = this._point(view);
    return point === null ? null : view.times[point];
  }

  /** The point of the cursor; `null` where it is nowhere, or has left the window. */
  private _point(view: MonitorView): number | null {
    const time = this._cursor;
    if (time === null || view.length === 0 || time < view.start - 1) {
      return null;
    }
    return view.nearest(time);
  }

  private _moveTo(time: number | null): void {
    const view = this._view;
    const before = view === null ? null : this._point(view);
    this._cursor = time;
    if (view === null || this._point(view) === before) {
      return;
    }
    // The lines follow at once; what is read beside them takes another frame.
    this._queue.add('cursor', () => {
      const now = this._view ?? view;
      const shown = this._time(now);
      this._charts.forEach(chart => chart.setCursor(shown));
      this._lanes.setCursor(this._point(now));
    });
    this._queue.add('values', () => {
      const point = this._point(this._view ?? view);
      this._charts.forEach(chart => chart.showValues(point));
      this._lanes.showValues(point);
    });
    this._drawHeat();
  }

  private _onKey(event: KeyboardEvent): void {
    const view = this._view;
    const step = STEPS[event.key];
    if (view === null || view.length === 0 || event.target !== this._grid) {
      return;
    }
    if (event.key === 'Escape') {
      this._moveTo(null);
    } else if (step !== undefined) {
      event.preventDefault();
      const last = view.length - 1;
      const from = this._point(view) ?? last;
      const to = Math.min(last, Math.max(0, from + step));
      this._moveTo(view.times[to]);
      setText(this._spoken, this._describe(to));
    }
  }

  /** What is read aloud: the plots at one moment. */
  private _describe(point: number): string {
    const { trans } = this._options;
    const parts = this._plots.flatMap(({ lines, title, unit }) =>
      lines.map(({ label, values }) => {
        const value = values[point] ?? null;
        const text = value === null ? '–' : describe(value, unit, trans);
        return `${title}, ${label}: ${text}`;
      })
    );
    const clock = formatClock(this._view?.times[point] ?? 0);
    return [clock, ...parts].join('; ');
  }

  private _label(): void {
    const { model, trans } = this._options;
    this._grid.setAttribute(
      'aria-label',
      trans.__(
        'Plots of %1: the arrow keys move the cursor through time',
        model.cluster
      )
    );
  }

  private readonly _palette: Palette;
  private readonly _heat: HeatStrip;
  private readonly _lanes: Lanes;
  private readonly _grid = element('div', 'jp-Dask-Monitor-grid');
  private readonly _spoken = element('div', 'jp-Dask-hiddenText');
  private readonly _charts: Chart[] = [];
  private readonly _queue = new FrameQueue();
  private readonly _visibility = new Visibility();
  private _plots: IPlot[] = [];
  private _view: MonitorView | null = null;
  private _cursor: number | null = null;
}

/**
 * Options of `MonitorPlots`.
 */
export namespace MonitorPlots {
  export interface IOptions {
    model: MonitorModel;
    /** Emitted when the theme has changed. */
    theme: ISignal<unknown, unknown> | null;
    trans: TranslationBundle;
  }
}
