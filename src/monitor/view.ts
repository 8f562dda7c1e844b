import type { MonitorData } from './data';

/**
 * A line has no more points than this, or hardly more: screens have no room for them. What
 * falls together is averaged.
 */
const MOST_POINTS = 300;

/** Narrow plots have so many, or one could not see what goes up and down. */
const LEAST_POINTS = 100;

/** What a line goes through; `null` breaks it. */
export type Points = (number | null)[];

/**
 * The part of the data that plots show: the last so many seconds. All plots share its
 * times, so that one cursor fits all.
 */
export class MonitorView {
  constructor(
    readonly data: MonitorData,
    readonly seconds: number,
    /** How many points there is room for. */
    room = MOST_POINTS
  ) {
    const { length, totals } = data;
    this.end = length === 0 ? 0 : totals.time(-1);
    this.start = this.end - seconds;
    // By the clock: what is averaged stays the same while time goes on.
    const span = seconds / Math.min(MOST_POINTS, Math.max(LEAST_POINTS, room));
    let last = NaN;
    for (let index = this._firstIndex(); index < length; index++) {
      const time = totals.time(index);
      if (data.isGap(last, time)) {
        // A moment without numbers, where the line ends.
        this._add((last + time) / 2, -1, -1);
      }
      if (span > 1 && Math.floor(time / span) === Math.floor(last / span)) {
        this.times[this.length - 1] = time;
        this._lasts[this.length - 1] = index;
      } else {
        this._add(time, index, index);
      }
      last = time;
    }
  }

  /** The window, in seconds since the epoch. */
  readonly start: number;
  readonly end: number;

  /** When each point was. */
  readonly times: number[] = [];

  get length(): number {
    return this.times.length;
  }

  /** The index in the data of a point; -1 in a gap. */
  at(point: number): number {
    return this._lasts[point] ?? -1;
  }

  /** The point nearest to a time; -1 where there is none. */
  nearest(time: number): number {
    let best = -1;
    this.times.forEach((other, point) => {
      if (
        best < 0 ||
        Math.abs(other - time) < Math.abs(this.times[best] - time)
      ) {
        best = point;
      }
    });
    return best;
  }

  /** A column of the totals. */
  points(name: string): Points {
    const read = this.data.totals.reader(name);
    return this._map(read);
  }

  /** The sum of several columns; nothing counts as 0 unless all have nothing. */
  sum(names: ReadonlyArray<string>): Points {
    const readers = names.map(name => this.data.totals.reader(name));
    return this._map(index => {
      let sum = NaN;
      for (const read of readers) {
        const value = read(index);
        sum = Number.isNaN(value) ? sum : (sum || 0) + value;
      }
      return sum;
    });
  }

  /** Numbers of one worker (or of a few), by a function of its place in the columns. */
  ofWorker(
    id: number,
    read: (
      columns: NonNullable<ReturnType<MonitorData['workers']>>,
      place: number
    ) => number
  ): Points {
    let ids: Uint32Array | null = null;
    let place = -1;
    return this._map(index => {
      const columns = this.data.workers(index);
      if (columns === null) {
        return NaN;
      }
      if (columns.ids !== ids) {
        ids = columns.ids;
        place = ids.indexOf(id);
      }
      return place < 0 ? NaN : read(columns, place);
    });
  }

  /** A number for each point: the average of those that fall together there. */
  private _map(read: (index: number) => number): Points {
    const points: Points = [];
    for (let point = 0; point < this.length; point++) {
      let sum = 0;
      let count = 0;
      for (
        let index = this._firsts[point];
        index >= 0 && index <= this._lasts[point];
        index++
      ) {
        const value = read(index);
        if (!Number.isNaN(value)) {
          sum += value;
          count += 1;
        }
      }
      points.push(count === 0 ? null : sum / count);
    }
    return points;
  }

  /** The point before the window is shown, too: lines come from the edge. */
  private _firstIndex(): number {
    const { length, totals } = this.data;
    let index = length;
    while (index > 0 && totals.time(index - 1) >= this.start) {
      index -= 1;
    }
    return Math.max(0, index - 1);
  }

  private _add(time: number, first: number, last: number): void {
    this.times.push(time);
    this._firsts.push(first);
    this._lasts.push(last);
  }

  private readonly _firsts: number[] = [];
  private readonly _lasts: number[] = [];
}
