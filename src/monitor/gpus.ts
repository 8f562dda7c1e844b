import type { MonitorData } from './data';
import { order } from './heat';
import type { MonitorView, Points } from './view';

/**
 * One GPU over time. Several workers may share it, and new ones may take it over.
 */
export interface IGPU {
  readonly key: string;
  /** What it is called; empty where nobody says. */
  readonly model: string;
  /** The workers that have it. */
  readonly workers: ReadonlyArray<string>;
  /** Bytes. */
  readonly memory: Points;
  readonly total: number;
  /** Percent. */
  readonly use: Points;
}

/** How many GPUs the workers of the window have. */
export function countGPUs(data: MonitorData): number {
  return devices(data).size;
}

/** The GPUs, at most so many of them, in the order of the names of their workers. */
export function gpusOf(view: MonitorView, most: number): IGPU[] {
  const found = [...devices(view.data)].slice(0, most);
  return found.map(([key, ids]) => {
    const workers = ids.map(id => view.data.worker(id)).filter(isThere);
    const first = workers[0];
    return {
      key,
      model: first?.gpu ?? '',
      workers: workers.map(worker => worker.name),
      memory: firstOf(ids.map(id => view.ofWorker(id, gpuMemory))),
      total: first?.gpu_memory_total ?? 0,
      use: firstOf(ids.map(id => view.ofWorker(id, gpuUse)))
    };
  });
}

/** What GPUs there are: `4 × NVIDIA A100`. */
export function modelsOf(gpus: ReadonlyArray<IGPU>): string {
  const counts = new Map<string, number>();
  for (const { model } of gpus) {
    counts.set(model, (counts.get(model) ?? 0) + 1);
  }
  return [...counts]
    .filter(([model]) => model !== '')
    .map(([model, count]) => `${count} × ${model}`)
    .join(', ');
}

/** The end of a worker's name, which tells it from others: `worker-a1b2c3`. */
export function shortName(name: string): string {
  return name.includes('://') ? name : name.split('-').slice(-2).join('-');
}

/** The GPUs of the newest sample that has workers, and the ids of their workers. */
function devices(data: MonitorData): Map<string, number[]> {
  const found = new Map<string, number[]>();
  let index = data.length - 1;
  while (index >= 0 && data.workers(index) === null) {
    index -= 1;
  }
  const { ids } = data.workers(index) ?? { ids: new Uint32Array() };
  for (const place of order(data, ids)) {
    const id = ids[place];
    const worker = data.worker(id);
    if (worker && worker.gpu !== null) {
      const key = worker.gpu_device ?? `worker ${id}`;
      found.set(key, [...(found.get(key) ?? []), id]);
    }
  }
  return found;
}

type Columns = NonNullable<ReturnType<MonitorData['workers']>>;

function gpuMemory(columns: Columns, place: number): number {
  return columns.gpuMemory?.[place] ?? NaN;
}

function gpuUse(columns: Columns, place: number): number {
  return columns.gpuUse?.[place] ?? NaN;
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}

/** Of several lists of points, at each moment the first that has one. */
function firstOf(lists: Points[]): Points {
  const [head = [], ...rest] = lists;
  return rest.length === 0
    ? head
    : head.map((value, index) =>
        rest.reduce((found, list) => found ?? list[index], value)
      );
}
