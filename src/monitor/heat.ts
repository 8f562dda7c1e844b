import type { IWorkerColumns, MonitorData } from './data';

/** What the colour of a worker's cell says. */
export type HeatKind = 'cpu' | 'gpuMemory' | 'gpuUse' | 'memory';

/** Cells are squares of such sizes, in CSS pixels, with the gap between them. */
const LARGEST = 24;
const SMALLEST = 6;

/**
 * Where cells are: row by row, from the left.
 */
export interface IHeatLayout {
  readonly columns: number;
  readonly rows: number;
  /** From one cell to the next. */
  readonly step: number;
}

/** The largest cells with which all workers fit; where none fit, the strip grows. */
export function layOut(
  count: number,
  width: number,
  height: number
): IHeatLayout {
  let step = LARGEST;
  while (step > SMALLEST && rows(count, width, step) * step > height) {
    step -= 1;
  }
  const columns = Math.max(1, Math.floor(width / step));
  return { columns, rows: rows(count, width, step), step };
}

function rows(count: number, width: number, step: number): number {
  return Math.ceil(count / Math.max(1, Math.floor(width / step)));
}

const collator = new Intl.Collator(undefined, { numeric: true });

/** Workers change seldom: samples share the list of them, and so its order. */
const orders = new WeakMap<Uint32Array, ReadonlyArray<number>>();

/** The places of workers in the columns, by their names. */
export function order(
  data: MonitorData,
  ids: Uint32Array
): ReadonlyArray<number> {
  const known = orders.get(ids);
  if (known !== undefined) {
    return known;
  }
  const names = Array.from(ids, id => data.worker(id)?.name ?? String(id));
  const places = names
    .map((_, place) => place)
    .sort((a, b) => collator.compare(names[a], names[b]));
  orders.set(ids, places);
  return places;
}

/** How full or busy a worker is, 0 to 1; `NaN` where that is not known. */
export function levelOf(
  kind: HeatKind,
  data: MonitorData,
  columns: IWorkerColumns,
  place: number
): number {
  const worker = data.worker(columns.ids[place]);
  switch (kind) {
    case 'cpu':
      return columns.cpu[place] / 100;
    case 'gpuUse':
      return (columns.gpuUse?.[place] ?? NaN) / 100;
    case 'memory':
      return share(columns.memory[place], worker?.memory_limit);
    case 'gpuMemory':
      return share(columns.gpuMemory?.[place] ?? NaN, worker?.gpu_memory_total);
  }
}

function share(value: number, total = 0): number {
  return total > 0 ? Math.min(1, value / total) : NaN;
}
