/**
 * Named numbers over time: a ring for each name, all as long as the one of the times.
 * Where a name had no number, there is `NaN`.
 */
export class Columns {
  constructor(readonly capacity: number) {
    this._times = new Float64Array(capacity);
  }

  /** How many moments are kept. */
  get length(): number {
    return this._length;
  }

  get names(): ReadonlyArray<string> {
    return [...this._columns.keys()];
  }

  /** Add a moment; when there is no room left, the oldest goes. */
  push(time: number, values: Iterable<readonly [string, number]>): void {
    const place = (this._first + this._length) % this.capacity;
    this._times[place] = time;
    for (const column of this._columns.values()) {
      column[place] = NaN;
    }
    for (const [name, value] of values) {
      this._column(name)[place] = value;
    }
    if (this._length === this.capacity) {
      this._first = (this._first + 1) % this.capacity;
    } else {
      this._length += 1;
    }
  }

  /** When the moment at `index` was; 0 is the oldest, negative ones count from the end. */
  time(index: number): number {
    return this._times[this._place(index)];
  }

  /** What a name was then; `NaN` where it was nothing. */
  value(name: string, index: number): number {
    return this._columns.get(name)?.[this._place(index)] ?? NaN;
  }

  /** What a name was, by index: for whoever wants many of them. */
  reader(name: string): (index: number) => number {
    const column = this._columns.get(name);
    return column === undefined
      ? () => NaN
      : index => column[this._place(index)];
  }

  /** Forget the moments before this one, and names that have no number any more. */
  dropBefore(time: number): void {
    let dropped = 0;
    while (this._length > 0 && this.time(0) < time) {
      this._first = (this._first + 1) % this.capacity;
      this._length -= 1;
      dropped += 1;
    }
    if (dropped > 0) {
      this._forgetNames();
    }
  }

  clear(): void {
    this._first = 0;
    this._length = 0;
    this._columns.clear();
  }

  copy(): Columns {
    const copy = new Columns(this.capacity);
    copy._times.set(this._times);
    copy._first = this._first;
    copy._length = this._length;
    for (const [name, column] of this._columns) {
      copy._columns.set(name, column.slice());
    }
    return copy;
  }

  private _column(name: string): Float64Array {
    let column = this._columns.get(name);
    if (column === undefined) {
      column = new Float64Array(this.capacity).fill(NaN);
      this._columns.set(name, column);
    }
    return column;
  }

  /** Looked for by turns: each name costs a walk over its ring. */
  private _forgetNames(): void {
    const { names } = this;
    const name = names[this._turn++ % Math.max(1, names.length)];
    for (let index = 0; index < this._length; index++) {
      if (!Number.isNaN(this.value(name, index))) {
        return;
      }
    }
    this._columns.delete(name);
  }

  private _place(index: number): number {
    const from = index < 0 ? index + this._length : index;
    return (this._first + from) % this.capacity;
  }

  private readonly _times: Float64Array;
  private readonly _columns = new Map<string, Float64Array>();
  private _first = 0;
  private _length = 0;
  private _turn = 0;
}
