import type {
  MonitorColumns,
  MonitorFrame,
  MonitorPrefix,
  MonitorSample,
  MonitorWorker
} from '../schema';
import { Columns } from './columns';

/** How many seconds are kept: what the server keeps, too. */
export const SPAN = 10 * 60;

/** More samples than this never come in that time: one a second at most. */
const CAPACITY = SPAN + 60;

const MIB = 2 ** 20;

/**
 * Each worker at one moment, in the order of `ids`; memory in bytes.
 */
export interface IWorkerColumns {
  readonly ids: Uint32Array;
  /** Percent. */
  readonly cpu: Uint8Array;
  readonly memory: Float64Array;
  readonly tasks: Uint32Array;
  /** `NaN` where a worker has no GPU; `null` where none has one. */
  readonly gpuMemory: Float64Array | null;
  /** Percent; `NaN` where NVML does not tell. */
  readonly gpuUse: Float64Array | null;
}

/** A scheduler without tasks names no states. */
const IDLE = { processing: 0, waiting: 0, memory: 0 };

/** The name of all prefixes together that have none of their own. */
export const OTHERS = '';

/**
 * The last ten minutes of one cluster. No DOM in here.
 */
export class MonitorData {
  constructor(private readonly _columns = new Columns(CAPACITY)) {}

  /** Numbers of the whole cluster: `cpu`, `memory`, `state:erred`, `rate:sum` … */
  get totals(): Columns {
    return this._columns;
  }

  /** Seconds between two samples. */
  interval = 1;

  /** Why no samples come; empty when all is well. */
  reason = '';

  /** Whether CPU is guessed, and what else is missing is not known. */
  guessed = false;

  /** Whether anything has come yet. */
  started = false;

  get length(): number {
    return this._columns.length;
  }

  worker(id: number): MonitorWorker | undefined {
    return this._workers.get(id);
  }

  /** The workers at a moment; `null` where that was not kept. */
  workers(index: number): IWorkerColumns | null {
    const { length } = this._samples;
    return this._samples[index < 0 ? length + index : index] ?? null;
  }

  /** The colour of a prefix, as in Dask's dashboard; empty where there is none. */
  color(prefix: string): string {
    return this._colors.get(prefix) ?? '';
  }

  push(frame: MonitorFrame): void {
    if (frame.start) {
      this.clear();
      this.started = true;
    }
    if (!this.started) {
      // What came before belongs to another connection: the next one starts anew.
      return;
    }
    this.interval = frame.interval;
    this.reason = frame.reason;
    for (const worker of frame.workers) {
      this._workers.set(worker.id, worker);
    }
    for (const sample of frame.samples) {
      this._add(sample);
    }
  }

  clear(): void {
    this._columns.clear();
    this._samples = [];
    this._workers.clear();
    this._colors.clear();
    this._last = null;
    this.reason = '';
    this.guessed = false;
  }

  /** As it is now: what comes later does not change it. */
  copy(): MonitorData {
    const copy = new MonitorData(this._columns.copy());
    copy._samples = this._samples.slice();
    copy._workers = new Map(this._workers);
    copy._colors = new Map(this._colors);
    copy.interval = this.interval;
    copy.reason = this.reason;
    copy.guessed = this.guessed;
    copy.started = this.started;
    return copy;
  }

  /** Whether nobody looked between two moments. */
  isGap(from: number, to: number): boolean {
    // One answer may be late, and where the interval has grown, older ones are closer.
    return to - from > Math.max(5, 2.5 * this.interval);
  }

  private _add(sample: MonitorSample): void {
    if (this.length > 0 && sample.time <= this._columns.time(-1)) {
      return;
    }
    this._columns.push(sample.time, this._values(sample));
    this._samples.push(unpack(sample.columns, this._lastIds()));
    this._columns.dropBefore(sample.time - SPAN);
    this._samples.splice(0, this._samples.length - this.length);
    this.guessed = sample.guessed;
    this._last = sample;
  }

  private *_values(sample: MonitorSample): Iterable<readonly [string, number]> {
    const { gpu } = sample;
    yield ['workers', sample.workers];
    yield ['threads', sample.threads];
    yield ['cpu', sample.cpu];
    yield ['memory', sample.memory];
    yield ['limit', sample.memory_limit];
    if (!sample.guessed) {
      yield ['managed', sample.managed];
      yield ['unmanaged', sample.unmanaged];
      yield ['spilled', sample.spilled];
      yield ['read', sample.read];
      yield ['write', sample.write];
    }
    if (gpu !== null) {
      yield ['gpuMemory', gpu.memory];
      yield ['gpuTotal', gpu.memory_total];
      yield ['gpuUse', gpu.utilization ?? NaN];
    }
    const tasks = { ...IDLE, ...sample.tasks };
    for (const [state, count] of Object.entries(tasks)) {
      yield [`state:${state}`, count];
    }
    yield* this._rates(sample);
  }

  /** Tasks finished a second, in all and of each prefix. */
  private *_rates(sample: MonitorSample): Iterable<readonly [string, number]> {
    const last = this._last;
    if (last === null || this.isGap(last.time, sample.time)) {
      return;
    }
    const seconds = sample.time - last.time;
    // After a restart of the scheduler it counts from nothing again.
    const rate = (now: number, before: number): number =>
      Math.max(0, now - before) / seconds;
    if (sample.finished !== null && last.finished !== null) {
      yield ['rate', rate(sample.finished, last.finished)];
    }
    const before = new Map(last.prefixes.map(one => [one.name, one]));
    for (const prefix of sample.prefixes) {
      this._colors.set(prefix.name, prefix.color);
      const finished = finishedBefore(prefix, before, last);
      yield [`rate:${prefix.name}`, rate(prefix.finished, finished)];
    }
  }

  private _lastIds(): Uint32Array | null {
    return this._samples[this._samples.length - 1]?.ids ?? null;
  }

  private _samples: (IWorkerColumns | null)[] = [];
  private _workers = new Map<number, MonitorWorker>();
  private _colors = new Map<string, string>();
  private _last: MonitorSample | null = null;
}

/**
 * How much of a prefix was finished at the sample before. One that was among the others
 * then has no number of its own: it starts with what it has now.
 */
function finishedBefore(
  prefix: MonitorPrefix,
  before: ReadonlyMap<string, MonitorPrefix>,
  last: MonitorSample
): number {
  const found = before.get(prefix.name);
  if (found !== undefined) {
    return found.finished;
  }
  const complete = !before.has(OTHERS);
  return complete && last.finished !== null ? 0 : prefix.finished;
}

function unpack(
  columns: MonitorColumns | null,
  last: Uint32Array | null
): IWorkerColumns | null {
  if (columns === null) {
    return null;
  }
  const { ids } = columns;
  const same =
    last !== null &&
    last.length === ids.length &&
    ids.every((id, index) => last[index] === id);
  return {
    // Workers change seldom: samples share the list.
    ids: same ? last : Uint32Array.from(ids),
    cpu: Uint8Array.from(columns.cpu),
    memory: Float64Array.from(columns.memory, mib => mib * MIB),
    tasks: Uint32Array.from(columns.tasks),
    gpuMemory: numbers(columns.gpu_memory, MIB),
    gpuUse: numbers(columns.gpu_use, 1)
  };
}

function numbers(
  values: ReadonlyArray<number | null>,
  unit: number
): Float64Array | null {
  return values.length === 0
    ? null
    : Float64Array.from(values, value => (value === null ? NaN : value * unit));
}
