import type { TranslationBundle } from '@jupyterlab/translation';

import type { IWorkerColumns, MonitorData } from '../../monitor/data';
import {
  HeatKind,
  IHeatLayout,
  layOut,
  levelOf,
  order
} from '../../monitor/heat';
import { watchSize } from '../changed';
import { formatBytes, formatCount, formatUsage } from '../format';
import { element, fitCanvas, setText, textBox } from './dom';
import type { Palette } from './palette';

/** Shades from nothing to all. */
const SHADES = 11;

/** How far the arrow keys go, in cells and in rows. */
const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1]
};

/**
 * All workers, each a cell whose colour says how busy or how full it is.
 */
export class HeatStrip {
  constructor(private readonly _options: HeatStrip.IOptions) {
    const { onResize, trans } = _options;
    this._place.append(this._canvas);
    this._spoken.setAttribute('role', 'status');
    this._place.append(this._spoken);
    this.node.append(this._head(), this._place);
    this._place.tabIndex = 0;
    this._place.setAttribute('role', 'group');
    this._place.setAttribute(
      'aria-label',
      trans.__('Workers: the arrow keys go from one to the next')
    );
    this._canvas.setAttribute('aria-hidden', 'true');
    this._canvas.addEventListener('pointermove', event => this._onMove(event));
    this._canvas.addEventListener('pointerleave', () => this._choose(-1));
    this._place.addEventListener('keydown', event => this._onKey(event));
    this._place.addEventListener('blur', () => this._choose(-1));
    this._unwatch = watchSize(this._place, ({ height, width }) => {
      this._width = width;
      this._height = height;
      onResize();
    });
  }

  readonly node = element('section', 'jp-Dask-Heat');

  dispose(): void {
    this._unwatch();
  }

  /** Draw the workers of a moment; `null` where it is not known. */
  draw(data: MonitorData, index: number, kind: HeatKind, gpus: boolean): void {
    const columns = data.workers(index);
    if (columns !== null && columns.ids !== this._columns?.ids) {
      this._order = order(data, columns.ids);
      this._chosen = -1;
    }
    this._data = data;
    this._kind = kind;
    this._columns = columns;
    this._select.value = kind;
    for (const option of this._select.options) {
      option.hidden = !gpus && option.value.startsWith('gpu');
    }
    this._paint();
    this._tell();
  }

  retheme(): void {
    this._shades = [];
  }

  private _paint(): void {
    const columns = this._columns;
    const count = columns?.ids.length ?? 0;
    const grid = (this._grid = layOut(count, this._width, this._height));
    const height = Math.max(1, grid.rows * grid.step);
    const context = fitCanvas(this._canvas, this._width, height);
    if (context === null || columns === null || this._data === null) {
      context?.clearRect(0, 0, this._width, height);
      return;
    }
    context.clearRect(0, 0, this._width, height);
    const shades = this._getShades();
    const size = grid.step - (grid.step > 8 ? 2 : 1);
    this._order.forEach((place, cell) => {
      const level = this._level(columns, place);
      context.fillStyle = shades[shadeOf(level)];
      const [x, y] = this._corner(grid, cell);
      context.fillRect(x, y, size, size);
    });
    if (this._chosen >= 0 && this._chosen < count) {
      const [x, y] = this._corner(grid, this._chosen);
      context.strokeStyle = this._options.palette.color('text');
      context.lineWidth = 2;
      context.strokeRect(x, y, size, size);
    }
  }

  private _level(columns: IWorkerColumns, place: number): number {
    return this._data === null
      ? NaN
      : levelOf(this._kind, this._data, columns, place);
  }

  private _corner(grid: IHeatLayout, cell: number): [number, number] {
    const { columns, step } = grid;
    return [(cell % columns) * step, Math.floor(cell / columns) * step];
  }

  /** The shades, and at the end that of an unknown number. */
  private _getShades(): string[] {
    const { palette } = this._options;
    // To be busy is good; to be full is not.
    const hot = this._kind.endsWith('emory') ? 'full' : 'hot';
    if (hot !== this._hot) {
      this._hot = hot;
      this._shades = [];
    }
    if (this._shades.length === 0) {
      this._shades = Array.from({ length: SHADES }, (_, index) =>
        palette.mix('cold', hot, index / (SHADES - 1))
      );
      this._scale.style.background = `linear-gradient(to right, ${this._shades.join(', ')})`;
      this._shades.push(palette.color('grid'));
    }
    return this._shades;
  }

  /** Say what the chosen worker does, or how many there are. */
  private _tell(): void {
    const { trans } = this._options;
    const columns = this._columns;
    if (columns === null) {
      setText(
        this._detail.text,
        this._data !== null && this._data.length > 0
          ? trans.__('Not kept for this moment')
          : ''
      );
      return;
    }
    const place = this._order[this._chosen];
    setText(
      this._detail.text,
      place === undefined
        ? columns.ids.length === 0
          ? trans.__('No workers')
          : this._describeHighest(columns)
        : this._describe(columns, place)
    );
    setText(
      this._title,
      trans.__('Workers (%1)', formatCount(columns.ids.length))
    );
  }

  /** Whose cell is the darkest. */
  private _describeHighest(columns: IWorkerColumns): string {
    let highest = -1;
    let level = -1;
    for (const place of this._order) {
      const one = this._level(columns, place);
      if (one > level) {
        level = one;
        highest = place;
      }
    }
    return highest < 0
      ? ''
      : this._options.trans.__(
          'Highest: %1, %2 %',
          this._data?.worker(columns.ids[highest])?.name ?? '–',
          Math.round(level * 100)
        );
  }

  private _describe(columns: IWorkerColumns, place: number): string {
    const { trans } = this._options;
    const worker = this._data?.worker(columns.ids[place]);
    const parts = [
      trans.__('CPU %1 %', columns.cpu[place]),
      trans.__(
        'memory %1',
        formatUsage(columns.memory[place], worker?.memory_limit ?? 0)
      ),
      trans._n('%1 task', '%1 tasks', columns.tasks[place])
    ];
    const gpuMemory = columns.gpuMemory?.[place] ?? NaN;
    const gpuUse = columns.gpuUse?.[place] ?? NaN;
    if (!Number.isNaN(gpuUse)) {
      parts.push(trans.__('GPU %1 %', Math.round(gpuUse)));
    }
    if (!Number.isNaN(gpuMemory)) {
      const total = worker?.gpu_memory_total ?? 0;
      parts.push(
        trans.__(
          'GPU memory %1',
          total > 0 ? formatUsage(gpuMemory, total) : formatBytes(gpuMemory)
        )
      );
    }
    return `${worker?.name ?? '–'}: ${parts.join(', ')}`;
  }

  private _onMove(event: PointerEvent): void {
    const { columns, step } = this._grid;
    const column = Math.floor(event.offsetX / step);
    const cell = Math.floor(event.offsetY / step) * columns + column;
    this._choose(column < columns && cell < this._order.length ? cell : -1);
  }

  private _onKey(event: KeyboardEvent): void {
    const step = STEPS[event.key];
    const count = this._order.length;
    if (event.key === 'Escape') {
      this._choose(-1);
    } else if (step && count > 0) {
      event.preventDefault();
      event.stopPropagation();
      const by = step[0] + step[1] * this._grid.columns;
      const to = this._chosen < 0 ? 0 : this._chosen + by;
      this._choose(to < 0 || to >= count ? this._chosen : to);
      const place = this._order[this._chosen];
      if (this._columns !== null && place !== undefined) {
        setText(this._spoken, this._describe(this._columns, place));
      }
    }
  }

  private _choose(cell: number): void {
    if (cell !== this._chosen) {
      this._chosen = cell;
      this._options.onResize();
    }
  }

  private _head(): HTMLElement {
    const { onKind, trans } = this._options;
    const labels: [HeatKind, string][] = [
      ['cpu', trans.__('CPU')],
      ['memory', trans.__('Memory')],
      ['gpuUse', trans.__('GPU use')],
      ['gpuMemory', trans.__('GPU memory')]
    ];
    for (const [value, label] of labels) {
      const option = element('option', '', label);
      option.value = value;
      this._select.append(option);
    }
    this._select.setAttribute('aria-label', trans.__('What the colours mean'));
    this._select.addEventListener('change', () =>
      onKind(this._select.value as HeatKind)
    );
    const select = element(
      'span',
      'jp-HTMLSelect jp-DefaultStyle jp-Dask-Heat-select',
      this._select
    );
    const scale = element(
      'span',
      'jp-Dask-Heat-legend',
      trans.__('%1 %', 0),
      this._scale,
      trans.__('%1 %', 100)
    );
    scale.setAttribute('aria-hidden', 'true');
    setText(this._title, trans.__('Workers'));
    return element(
      'div',
      'jp-Dask-Heat-head',
      this._title,
      select,
      scale,
      this._detail.node
    );
  }

  private readonly _title = element('span', 'jp-Dask-Legend-title');
  private readonly _select = element('select', '');
  private readonly _scale = element('span', 'jp-Dask-Heat-scale');
  private readonly _detail = textBox('jp-Dask-Heat-detail');
  /** Read aloud as the keys go from worker to worker. */
  private readonly _spoken = element('div', 'jp-Dask-hiddenText');
  private readonly _place = element('div', 'jp-Dask-Heat-place');
  private readonly _canvas = element('canvas', '');
  private readonly _unwatch: () => void;
  private _data: MonitorData | null = null;
  private _columns: IWorkerColumns | null = null;
  private _order: ReadonlyArray<number> = [];
  private _kind: HeatKind = 'cpu';
  private _grid: IHeatLayout = { columns: 1, rows: 0, step: 1 };
  private _shades: string[] = [];
  private _hot = '';
  private _chosen = -1;
  private _width = 0;
  private _height = 0;
}

/**
 * Options of `HeatStrip`.
 */
export namespace HeatStrip {
  export interface IOptions {
    palette: Palette;
    trans: TranslationBundle;
    onKind: (kind: HeatKind) => void;
    /** Called when it has to be drawn again. */
    onResize: () => void;
  }
}

function shadeOf(level: number): number {
  return Number.isNaN(level)
    ? SHADES
    : Math.round(Math.min(1, Math.max(0, level)) * (SHADES - 1));
}
