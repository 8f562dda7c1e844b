/** So many lines of a log are kept, the newest. */
export const MAX_LINES = 20_000;

/** So many characters of a log are kept. */
export const MAX_SIZE = 5 * 2 ** 20;

/** A longer line is broken: a browser cannot lay out a line of a megabyte. */
export const MAX_LINE = 10_000;

/** So many equal lines are the same lines. */
const ANCHOR = 20;

const ESC = String.fromCharCode(27);
const BELL = String.fromCharCode(7);

/** Colours, moves of the cursor and titles that programs send to terminals. */
const SEQUENCES = new RegExp(
  `${ESC}(?:\\[[0-9;:?]*[ -/]*[@-~]|\\][^${BELL}${ESC}]*(?:${BELL}|${ESC}\\\\)|[@-Z\\\\^_])`,
  'g'
);

/**
 * The newest lines of a text that comes in pieces. Every line has a number that stays
 * its own when older lines go; numbers are never used again, not even after `clear`.
 */
export class LogLines {
  constructor(
    private readonly _maxLines = MAX_LINES,
    private readonly _maxSize = MAX_SIZE
  ) {}

  /** The number of the oldest line that is kept. */
  get first(): number {
    return this._first;
  }

  /** The number behind that of the newest line. */
  get end(): number {
    return this._first + this.length;
  }

  get length(): number {
    return this._lines.length - this._start;
  }

  /** Whether the newest line may go on. */
  get open(): boolean {
    return this._open;
  }

  /** How many lines are gone because there were too many. */
  get dropped(): number {
    return this._dropped;
  }

  /** Whether the next lines drive out the oldest. */
  get full(): boolean {
    return this._dropped > 0;
  }

  /** The line of a number between `first` and `end`, or of a hidden one. */
  at(number: number): string {
    return this._lines[this._start + number - this._first] ?? '';
  }

  /** Take the next piece of the text; it may end anywhere. */
  append(text: string): void {
    if (text === '') {
      return;
    }
    const parts = (this._tail + text).split('\n');
    this.dropOpen();
    this._tail = parts.pop() ?? '';
    for (const part of parts) {
      this._push(clean(part));
    }
    this._keepTail();
    this._trim();
  }

  /** Forget the newest line, if it may go on. */
  dropOpen(): void {
    if (this._open) {
      this._size -= (this._lines.pop() ?? '').length + 1;
      this._open = false;
    }
    this._tail = '';
  }

  /** How many lines before `first` are out of sight, and known all the same. */
  get hidden(): number {
    return this._hidden;
  }

  /** Show none of the lines. The last ones stay known: a log that is read anew has them. */
  clear(): void {
    const { end } = this;
    this.dropOpen();
    this._hidden = Math.min(ANCHOR, this._hidden + this.length);
    this._lines = this._lines.slice(this._lines.length - this._hidden);
    this._start = this._hidden;
    this._first = end;
    this._size = 0;
    this._dropped = 0;
  }

  /** Forget all lines: those of another log come. */
  reset(): void {
    this.clear();
    this._hidden = 0;
  }

  /** All that is kept, from a line on. */
  text(from = this._first): string {
    const index = this._start + Math.max(0, from - this._first);
    const text = this._lines.slice(index).join('\n');
    return text === '' || this._open ? text : `${text}\n`;
  }

  /** What has no end yet is shown, too. */
  private _keepTail(): void {
    // A progress bar writes over itself for ever; only its last state matters.
    const over = this._tail.lastIndexOf('\r', this._tail.length - 2);
    this._tail = this._tail.slice(over + 1);
    while (this._tail.length > MAX_LINE) {
      this._push(clean(this._tail.slice(0, MAX_LINE)));
      this._tail = this._tail.slice(MAX_LINE);
    }
    if (this._tail !== '') {
      this._push(clean(this._tail));
      this._open = true;
    }
  }

  private _push(line: string): void {
    let rest = line;
    while (rest.length > MAX_LINE) {
      this._lines.push(rest.slice(0, MAX_LINE));
      this._size += MAX_LINE + 1;
      rest = rest.slice(MAX_LINE);
    }
    this._lines.push(rest);
    this._size += rest.length + 1;
  }

  private _trim(): void {
    while (
      this.length > 1 &&
      (this.length > this._maxLines || this._size > this._maxSize)
    ) {
      this._size -= this._lines[this._start].length + 1;
      // Free its text now; the array itself is shortened now and then.
      this._lines[this._start] = '';
      this._start += 1;
      this._first += 1;
      this._dropped += 1;
      this._hidden = 0;
    }
    if (this._start > this._maxLines / 2) {
      this._lines = this._lines.slice(this._start);
      this._start = 0;
    }
  }

  private _lines: string[] = [];
  private _start = 0;
  private _first = 0;
  private _size = 0;
  private _dropped = 0;
  private _hidden = 0;
  private _tail = '';
  private _open = false;
}

/**
 * How many of the lines in `fresh` are known: it begins before the end of `kept`. `null`
 * where the two do not meet.
 */
export function overlap(kept: LogLines, fresh: LogLines): number | null {
  const there = kept.length + kept.hidden;
  if (there === 0) {
    return 0;
  }
  for (let known = fresh.length; known > 0; known--) {
    const count = Math.min(known, there, ANCHOR);
    let same = 0;
    while (
      same < count &&
      kept.at(kept.end - 1 - same) === fresh.at(fresh.first + known - 1 - same)
    ) {
      same += 1;
    }
    if (same === count) {
      return known;
    }
  }
  return null;
}

/** A line as a terminal would show it, without its colours. */
function clean(raw: string): string {
  let line = raw.includes(ESC) ? raw.replace(SEQUENCES, '') : raw;
  if (line.includes('\r')) {
    line = line.replace(/\r+$/, '');
    line = line.slice(line.lastIndexOf('\r') + 1);
  }
  return line;
}
