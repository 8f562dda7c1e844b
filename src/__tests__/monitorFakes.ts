import type {
  MonitorColumns,
  MonitorFrame,
  MonitorPrefix,
  MonitorSample,
  MonitorWorker
} from '../schema';

/** A worker without a GPU, or what `part` says. */
export function makeWorker(part: Partial<MonitorWorker> = {}): MonitorWorker {
  return {
    id: 0,
    name: 'demo-default-worker-0',
    threads: 2,
    memory_limit: 4 * 2 ** 30,
    gpu: null,
    gpu_device: null,
    gpu_memory_total: 0,
    ...part
  };
}

/** Two workers, or what `part` says. */
export function makeColumns(
  part: Partial<MonitorColumns> = {}
): MonitorColumns {
  return {
    ids: [0, 1],
    cpu: [10, 90],
    tasks: [1, 2],
    memory: [1024, 2048],
    managed: [512, 1024],
    spilled: [0, 0],
    read: [1, 2],
    write: [1, 2],
    gpu_memory: [],
    gpu_use: [],
    ...part
  };
}

export function makePrefix(part: Partial<MonitorPrefix>): MonitorPrefix {
  return {
    name: 'sum',
    color: '#20a585',
    waiting: 0,
    processing: 0,
    memory: 0,
    erred: 0,
    released: 0,
    finished: 0,
    ...part
  };
}

/** A sample of two workers, or what `part` says. */
export function makeSample(part: Partial<MonitorSample> = {}): MonitorSample {
  return {
    time: 1000,
    workers: 2,
    threads: 4,
    cpu: 50,
    memory: 3 * 2 ** 30,
    managed: 2 * 2 ** 30,
    unmanaged: 2 ** 30,
    spilled: 0,
    memory_limit: 8 * 2 ** 30,
    read: 100,
    write: 200,
    tasks: { processing: 4, waiting: 6, memory: 3 },
    finished: 0,
    prefixes: [],
    gpu: null,
    columns: makeColumns(),
    finished_only: false,
    guessed: false,
    ...part
  };
}

/** A message with these samples, or what `part` says. */
export function makeFrame(part: Partial<MonitorFrame> = {}): MonitorFrame {
  return {
    kind: 'monitor',
    name: 'demo',
    start: false,
    workers: [],
    samples: [],
    interval: 1,
    reason: '',
    ...part
  };
}
