import type { TranslationBundle } from '@jupyterlab/translation';
import uPlot from 'uplot';

import { IPlot, stack } from '../../monitor/plots';
import { describeTick } from '../../monitor/units';
import type { MonitorView } from '../../monitor/view';
import { watchSize } from '../changed';
import { element, formatClock, setText } from './dom';
import { Legend } from './legend';
import type { Palette } from './palette';

/** The numbers beside a plot have this much room, so that plots are in line. */
const AXIS_WIDTH = 62;
const AXIS_HEIGHT = 20;
const PADDING = 8;

/** How wide the time below the cursor is: see monitor.css. */
const TIME_WIDTH = 84;

/** The cursor of all plots is moved together, and not by uPlot. */
const ignore = (): null => null;
const DEAF: uPlot.Cursor.Bind = {
  click: ignore,
  dblclick: ignore,
  mousedown: ignore,
  mouseenter: ignore,
  mouseleave: ignore,
  mousemove: ignore,
  mouseup: ignore
};

/**
 * A plot over time with its legend.
 */
export class Chart {
  constructor(private readonly _options: Chart.IOptions) {
    const { palette, trans } = _options;
    this._legend = new Legend(palette, trans);
    this.node.append(this._legend.node, this._place);
    this._place.setAttribute('aria-hidden', 'true');
    this._unwatch = watchSize(this._place, ({ width, height }) => {
      this._width = width;
      this._height = height;
      _options.onResize();
    });
  }

  readonly node = element('figure', 'jp-Dask-Chart');

  dispose(): void {
    this._unwatch();
    this._uplot?.destroy();
    this._uplot = null;
  }

  /** How many points can be told apart: one on two pixels of the screen. */
  get room(): number {
    const wide = this._width - AXIS_WIDTH - PADDING;
    return Math.max(0, (wide * (window.devicePixelRatio || 1)) / 2);
  }

  /** Draw the lines; `setCursor` and `showValues` have to follow. */
  draw(plot: IPlot, view: MonitorView): void {
    this._plot = plot;
    this._view = view;
    this.node.setAttribute('aria-label', plot.title);
    if (this._width < 40 || this._height < 30) {
      return;
    }
    const key = plot.lines
      .map(({ color, key, kind }) => `${key} ${color} ${kind}`)
      .join('\n');
    const data = toData(plot, view);
    if (this._uplot === null || key !== this._key) {
      this._key = key;
      this._uplot?.destroy();
      this._uplot = new uPlot(this._makeOptions(plot), data, this._place);
      this._listen(this._uplot);
      return;
    }
    const { height, width } = this._uplot;
    if (width !== this._width || height !== this._height) {
      this._uplot.setSize({ width: this._width, height: this._height });
    }
    this._uplot.setData(data);
  }

  /** Values where the cursor is; `null`: the newest. */
  showValues(point: number | null): void {
    if (this._plot !== null) {
      this._legend.draw(this._plot, point);
    }
  }

  /** Put the cursor at a time; `null` takes it away. */
  setCursor(time: number | null): void {
    const left =
      time === null ? -10 : (this._uplot?.valToPos(time, 'x') ?? -10);
    this._uplot?.setCursor({ left, top: time === null ? -10 : 1 }, false);
    this._showTime(time, left);
  }

  /** The theme has changed: the next drawing starts anew. */
  retheme(): void {
    this._key = '';
    this._legend.retheme();
  }

  private _makeOptions(plot: IPlot): uPlot.Options {
    const { palette } = this._options;
    const areas = plot.lines.filter(({ kind }) => kind === 'area').length;
    // Each area of several covers what the higher ones have painted below it.
    const fill = (color: string): string =>
      areas === 1
        ? palette.faint(color, 0.2)
        : palette.mix('background', color, 0.75);
    return {
      width: this._width,
      height: this._height,
      padding: [6, PADDING, 0, 0],
      legend: { show: false },
      select: { show: false, left: 0, top: 0, width: 0, height: 0 },
      cursor: {
        y: false,
        drag: { x: false, y: false, setScale: false },
        points: { size: 5 },
        bind: DEAF
      },
      scales: {
        x: { range: () => [this._view?.start ?? 0, this._view?.end ?? 1] },
        y: { range: () => [0, this._plot?.top ?? 1] }
      },
      axes: [this._timeAxis(), this._valueAxis()],
      series: [
        {},
        ...ordered(plot).map(line => ({
          stroke: palette.color(line.color),
          width: line.kind === 'area' && areas > 1 ? 1 : 1.25,
          dash: line.kind === 'dashed' ? [6, 4] : undefined,
          fill: line.kind === 'area' ? fill(line.color) : undefined,
          points: { show: isLonely }
        }))
      ]
    };
  }

  private _timeAxis(): uPlot.Axis {
    return {
      ...this._axis(),
      size: AXIS_HEIGHT,
      space: 90,
      gap: 3,
      values: (uplot, splits, _axis, _space, increment) => {
        const seconds = increment < 60;
        const half = seconds ? 32 : 24;
        const wide = this._width - AXIS_WIDTH;
        return splits.map(time => {
          const left = uplot.valToPos(time, 'x');
          // What would be cut off, or lie on the numbers of the other axis, is left out.
          const fits = left > half - 12 && left < wide - half;
          return fits ? formatClock(time, seconds) : '';
        });
      }
    };
  }

  private _valueAxis(): uPlot.Axis {
    const { trans } = this._options;
    return {
      ...this._axis(),
      size: AXIS_WIDTH,
      gap: 4,
      splits: () => {
        const top = this._plot?.top ?? 1;
        return [0, top / 2, top];
      },
      values: (_uplot, splits) =>
        splits.map(value =>
          this._plot ? describeTick(value, this._plot.unit, trans) : ''
        )
    };
  }

  private _axis(): uPlot.Axis {
    const { palette } = this._options;
    const stroke = palette.color('grid');
    return {
      stroke: palette.color('text'),
      font: palette.font,
      grid: { stroke, width: 1 },
      ticks: { show: false }
    };
  }

  /** The pointer chooses a point, for all plots at once; the cursor says when it was. */
  private _listen(uplot: uPlot): void {
    const { onCursor } = this._options;
    this._time.hidden = true;
    uplot.over.appendChild(this._time);
    uplot.over.addEventListener('pointermove', event => {
      onCursor(uplot.posToVal(event.offsetX, 'x'));
    });
    uplot.over.addEventListener('pointerleave', () => onCursor(null));
  }

  private _showTime(time: number | null, left: number): void {
    // Nothing is measured here: that would lay out the page anew for each plot.
    const wide = this._width - AXIS_WIDTH - PADDING;
    this._time.hidden = time === null || left < 0;
    if (time !== null) {
      setText(this._time, formatClock(time));
      const half = TIME_WIDTH / 2;
      const middle = Math.min(Math.max(left, half), wide - half);
      this._time.style.transform = `translateX(${middle}px) translateX(-50%)`;
    }
  }

  private readonly _legend: Legend;
  private readonly _place = element('div', 'jp-Dask-Chart-place');
  private readonly _time = element('div', 'jp-Dask-Chart-time');
  private readonly _unwatch: () => void;
  private _uplot: uPlot | null = null;
  private _plot: IPlot | null = null;
  private _view: MonitorView | null = null;
  private _key = '';
  private _width = 0;
  private _height = 0;
}

/**
 * Options of `Chart`.
 */
export namespace Chart {
  export interface IOptions {
    palette: Palette;
    trans: TranslationBundle;
    /** Called with the time below the pointer; `null` when it has left. */
    onCursor: (time: number | null) => void;
    /** Called when there is another size to draw at. */
    onResize: () => void;
  }
}

/** As they are painted: areas from the highest to the lowest, then lines. */
function ordered(plot: IPlot): IPlot['lines'] {
  return [
    ...plot.lines.filter(({ kind }) => kind === 'area').reverse(),
    ...plot.lines.filter(({ kind }) => kind !== 'area')
  ];
}

/** The numbers in the same order. */
function toData(plot: IPlot, view: MonitorView): uPlot.AlignedData {
  const lines = plot.lines.filter(({ kind }) => kind !== 'area');
  return [
    view.times,
    ...stack(plot.lines).reverse(),
    ...lines.map(line => line.values)
  ];
}

/** A single reading makes no line: it is a point. */
function isLonely(
  _uplot: uPlot,
  _series: number,
  first: number,
  last: number
): boolean {
  return first === last;
}
