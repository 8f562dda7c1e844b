import type { LogLines } from './loglines';

/** Only such lines are as wide as they are long. */
const PLAIN = /^[ -~]*$/;

/** Characters that are two columns wide: those of East Asia, and pictures. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** How far a tab goes, in columns. */
const TAB = 8;

/**
 * On which row of the screen each line of a log begins, so that only the visible ones need
 * to be drawn. Without `columns` a line is a row; with them it is wrapped.
 */
export class LogRows {
  /** How many columns a row has; 0: as many as it takes. */
  get columns(): number {
    return this._columns;
  }
  set columns(value: number) {
    if (value !== this._columns) {
      this._columns = value;
      this._reset(this._first);
    }
  }

  /** How many rows there are. */
  get total(): number {
    return this._last() - this._base;
  }

  /**
   * Follow what is kept of a log. Returns how many rows have gone from the front, so that
   * what somebody reads can stay where it is.
   */
  sync(lines: LogLines): number {
    if (lines.first >= this._first + this._ends.length) {
      const gone = this.total;
      this._reset(lines.first);
      this._extend(lines);
      return gone;
    }
    const before = this._base;
    const gone = lines.first - this._first;
    if (gone > 0) {
      this._base = this._ends[gone - 1];
      this._ends.splice(0, gone);
      this._first = lines.first;
    }
    // A line without an end may have grown; and it goes when a log is read anew.
    const sure = Math.min(this._sure, lines.end) - this._first;
    this._ends.length = Math.max(0, Math.min(this._ends.length, sure));
    this._extend(lines);
    return this._base - before;
  }

  /** The rows above a line. */
  top(number: number): number {
    const index = number - this._first;
    return (index <= 0 ? this._base : this._ends[index - 1]) - this._base;
  }

  /** The line that a row belongs to. */
  lineAt(row: number): number {
    const wanted = this._base + row;
    let low = 0;
    let high = this._ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this._ends[middle] <= wanted) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return this._first + low;
  }

  private _extend(lines: LogLines): void {
    let end = this._last();
    for (
      let number = this._first + this._ends.length;
      number < lines.end;
      number++
    ) {
      end += rowsOf(lines.at(number), this._columns);
      this._ends.push(end);
    }
    this._sure = lines.end - (lines.open ? 1 : 0);
  }

  private _last(): number {
    return this._ends[this._ends.length - 1] ?? this._base;
  }

  private _reset(first: number): void {
    this._first = first;
    this._base = 0;
    this._ends = [];
    this._sure = first;
  }

  private _columns = 0;
  private _first = 0;
  /** The rows before the first line, and those up to the end of each. */
  private _base = 0;
  private _ends: number[] = [];
  /** Before this number lines do not change any more. */
  private _sure = 0;
}

/** How many rows a line takes. */
export function rowsOf(line: string, columns: number): number {
  if (columns <= 0) {
    return 1;
  }
  return Math.max(1, Math.ceil(widthOf(line) / columns));
}

function widthOf(line: string): number {
  if (PLAIN.test(line)) {
    return line.length;
  }
  let width = 0;
  for (const character of line) {
    if (character === '\t') {
      width += TAB - (width % TAB);
    } else {
      width += WIDE.test(character) ? 2 : 1;
    }
  }
  return width;
}
