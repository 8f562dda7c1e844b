import type { TranslationBundle } from '@jupyterlab/translation';

import {
  countGPUs,
  gpusOf,
  IGPU,
  modelsOf,
  shortName
} from '../../monitor/gpus';
import type { MonitorView, Points } from '../../monitor/view';
import { watchSize } from '../changed';
import { formatBytes, formatUsage } from '../format';
import { element, fitCanvas, setText, textBox } from './dom';
import type { Palette } from './palette';

/** So many GPUs have a lane; the strip of workers shows all. */
const MOST = 32;

/** So many are drawn in one frame of the screen. */
const GROUP = 4;

const HEIGHT = 30;

/**
 * A lane for each GPU: its use as an area, its memory as a line.
 */
export class Lanes {
  constructor(private readonly _options: Lanes.IOptions) {
    const { trans } = _options;
    const item = (label: string, kind: string, color: string): HTMLElement => {
      const swatch = element('i', `jp-Dask-Legend-swatch jp-mod-${kind}`);
      this._swatches.push([swatch, color]);
      return element('li', '', swatch, label);
    };
    const list = element(
      'ul',
      'jp-Dask-Legend-list',
      item(trans.__('use'), 'area', 'gpuUse'),
      item(trans.__('memory'), 'line', 'gpuMemory')
    );
    const title = element('span', 'jp-Dask-Legend-title', trans.__('GPUs'));
    this.node.append(
      element('div', 'jp-Dask-Legend', title, this._models, list, this._more),
      this._list
    );
    this._unwatch = watchSize(this._list, () => {
      this._lanes.forEach(lane => lane.measure());
      _options.onResize();
    });
  }

  readonly node = element('section', 'jp-Dask-Lanes');

  dispose(): void {
    this._unwatch();
  }

  /**
   * Have a lane for each GPU, or hide where there is none. Returns how many groups of them
   * `draw` has to draw then: each is work for a frame.
   */
  update(view: MonitorView): number {
    const { trans } = this._options;
    const gpus = gpusOf(view, MOST);
    this.node.hidden = gpus.length === 0;
    setText(this._models, modelsOf(gpus));
    const rest = countGPUs(view.data) - gpus.length;
    setText(
      this._more,
      rest > 0 ? trans.__('and %1 more, in the cells of the workers', rest) : ''
    );
    const known = this._lanes.length;
    while (this._lanes.length < gpus.length) {
      const lane = new Lane(this._options);
      this._lanes.push(lane);
      this._list.append(lane.node);
    }
    this._lanes.slice(known).forEach(lane => lane.measure());
    this._lanes.splice(gpus.length).forEach(lane => lane.node.remove());
    gpus.forEach((gpu, index) => this._lanes[index].update(gpu, view));
    return Math.ceil(gpus.length / GROUP);
  }

  /** Draw a group of lanes, with the values at a point; `null`: the newest. */
  draw(group: number, point: number | null): void {
    const first = group * GROUP;
    for (const lane of this._lanes.slice(first, first + GROUP)) {
      lane.draw();
      lane.setCursor(point);
      lane.showValues(point);
    }
  }

  /** Put the cursor at a point; `null` takes it away. */
  setCursor(point: number | null): void {
    this._lanes.forEach(lane => lane.setCursor(point));
  }

  /** Values where the cursor is; `null`: the newest. */
  showValues(point: number | null): void {
    this._lanes.forEach(lane => lane.showValues(point));
  }

  retheme(): void {
    for (const [swatch, color] of this._swatches) {
      swatch.style.color = this._options.palette.color(color);
    }
  }

  private readonly _list = element('div', 'jp-Dask-Lanes-list');
  private readonly _models = element('span', 'jp-Dask-Legend-sum');
  private readonly _more = element('span', 'jp-Dask-Lanes-more');
  private readonly _swatches: [HTMLElement, string][] = [];
  private readonly _lanes: Lane[] = [];
  private readonly _unwatch: () => void;
}

/**
 * Options of `Lanes`.
 */
export namespace Lanes {
  export interface IOptions {
    palette: Palette;
    trans: TranslationBundle;
    /** Called with the time below the pointer; `null` when it has left. */
    onCursor: (time: number | null) => void;
    onResize: () => void;
  }
}

/** One GPU. */
class Lane {
  constructor(private readonly _options: Lanes.IOptions) {
    this._canvas.setAttribute('aria-hidden', 'true');
    this._place.append(this._canvas, this._cursor);
    this._place.addEventListener('pointermove', event => {
      if (this._view !== null && this._width > 0) {
        const { seconds, start } = this._view;
        const part = event.offsetX / this._width;
        _options.onCursor(start + part * seconds);
      }
    });
    this._place.addEventListener('pointerleave', () => _options.onCursor(null));
    this.node.append(this._label, this._place, this._value.node);
  }

  readonly node = element('div', 'jp-Dask-Lane');

  /** Called when the size has changed: to measure costs a layout. */
  measure(): void {
    this._width = this._place.clientWidth;
  }

  update(gpu: IGPU, view: MonitorView): void {
    this._gpu = gpu;
    this._view = view;
    const [first = '', ...others] = gpu.workers.map(shortName);
    const more = others.length === 0 ? '' : ` +${others.length}`;
    setText(this._label, first + more);
    this._label.title = [gpu.model, ...gpu.workers].join('\n');
  }

  draw(): void {
    const gpu = this._gpu;
    const view = this._view;
    const context = fitCanvas(this._canvas, this._width, HEIGHT);
    if (context === null || gpu === null || view === null) {
      return;
    }
    const { palette } = this._options;
    context.clearRect(0, 0, this._width, HEIGHT);
    context.fillStyle = palette.color('grid');
    context.fillRect(0, HEIGHT - 1, this._width, 1);
    this._area(context, view, gpu.use);
    this._line(context, view, gpu.memory, gpu.total);
  }

  setCursor(point: number | null): void {
    const view = this._view;
    this._cursor.hidden = point === null;
    if (point !== null && view !== null) {
      const left = Math.round(this._x(view, point));
      this._cursor.style.transform = `translateX(${left}px)`;
    }
  }

  showValues(point: number | null): void {
    if (this._gpu !== null) {
      setText(this._value.text, this._describe(this._gpu, point));
    }
  }

  private _describe(gpu: IGPU, point: number | null): string {
    const { trans } = this._options;
    const use = at(gpu.use, point);
    const memory = at(gpu.memory, point);
    const parts = [];
    if (use !== null) {
      parts.push(trans.__('%1 %', Math.round(use)));
    }
    if (memory !== null) {
      parts.push(
        gpu.total > 0 ? formatUsage(memory, gpu.total) : formatBytes(memory)
      );
    }
    return parts.length === 0 ? '–' : parts.join(' · ');
  }

  private _area(
    context: CanvasRenderingContext2D,
    view: MonitorView,
    points: Points
  ): void {
    context.fillStyle = this._options.palette.faint('gpuUse', 0.45);
    for (const [first, last] of runs(points)) {
      context.beginPath();
      context.moveTo(this._x(view, first), HEIGHT);
      for (let point = first; point <= last; point++) {
        context.lineTo(this._x(view, point), y(points[point] ?? 0, 100));
      }
      context.lineTo(this._x(view, last), HEIGHT);
      context.fill();
    }
  }

  private _line(
    context: CanvasRenderingContext2D,
    view: MonitorView,
    points: Points,
    total: number
  ): void {
    const top = total > 0 ? total : Math.max(1, ...points.map(p => p ?? 0));
    context.strokeStyle = this._options.palette.color('gpuMemory');
    context.lineWidth = 1.5;
    for (const [first, last] of runs(points)) {
      context.beginPath();
      for (let point = first; point <= last; point++) {
        context.lineTo(this._x(view, point), y(points[point] ?? 0, top));
      }
      context.stroke();
    }
  }

  private _x(view: MonitorView, point: number): number {
    const part = (view.times[point] - view.start) / view.seconds;
    return part * this._width;
  }

  private readonly _label = element('span', 'jp-Dask-Lane-label');
  private readonly _place = element('div', 'jp-Dask-Lane-place');
  private readonly _canvas = element('canvas', '');
  private readonly _value = textBox('jp-Dask-Lane-value');
  private readonly _cursor = element('div', 'jp-Dask-Lane-cursor');
  private _gpu: IGPU | null = null;
  private _view: MonitorView | null = null;
  private _width = 0;
}

function at(points: Points, point: number | null): number | null {
  return points[point ?? points.length - 1] ?? null;
}

function y(value: number, top: number): number {
  const part = Math.min(1, Math.max(0, value / top));
  return 1 + (1 - part) * (HEIGHT - 2);
}

/** The parts of a line between its gaps: first and last point of each. */
function* runs(points: Points): Iterable<[number, number]> {
  let first = -1;
  for (let point = 0; point <= points.length; point++) {
    const there = (points[point] ?? null) !== null;
    if (there && first < 0) {
      first = point;
    } else if (!there && first >= 0) {
      yield [first, point - 1];
      first = -1;
    }
  }
}
