import type { LogLines } from './loglines';

/**
 * The lines of a log in which a text is found, whatever its case. It follows the log as
 * lines come and go.
 */
export class LogSearch {
  get query(): string {
    return this._query;
  }
  set query(value: string) {
    const query = value.toLowerCase();
    if (query !== this._query) {
      this._query = query;
      this._found = [];
      this._scanned = 0;
    }
  }

  /** The numbers of the lines that match, in order. */
  get found(): ReadonlyArray<number> {
    return this._found;
  }

  /** The line that was gone to; `null` before the first. */
  get current(): number | null {
    return this._current;
  }

  /** Where `current` stands among those found, from 1; 0 if it is none of them. */
  get position(): number {
    return this._current === null ? 0 : this._found.indexOf(this._current) + 1;
  }

  /** Follow what is kept of the log. */
  sync(lines: LogLines): void {
    if (this._query === '') {
      this._found = [];
      this._current = null;
      return;
    }
    // A line without an end is looked at again, and old lines are gone.
    const kept = this._found.filter(
      number => number >= lines.first && number < this._scanned
    );
    this._scanned = Math.max(this._scanned, lines.first);
    for (let number = this._scanned; number < lines.end; number++) {
      if (lines.at(number).toLowerCase().includes(this._query)) {
        kept.push(number);
      }
    }
    this._scanned = lines.end - (lines.open ? 1 : 0);
    this._found = kept;
    if (this._current !== null && this._current < lines.first) {
      this._current = null;
    }
  }

  /**
   * Go to the next line that matches (`step` of 1) or the one before (-1), seen from the
   * current one, else from `from`. Behind the last comes the first.
   */
  go(step: 1 | -1, from: number): number | null {
    const found = this._found;
    if (found.length === 0) {
      this._current = null;
      return null;
    }
    const start = this._current ?? from - step;
    const next =
      step > 0
        ? found.find(number => number > start)
        : [...found].reverse().find(number => number < start);
    this._current = next ?? (step > 0 ? found[0] : found[found.length - 1]);
    return this._current;
  }

  private _query = '';
  private _found: number[] = [];
  private _current: number | null = null;
  /** Lines before this number were looked at, and do not change any more. */
  private _scanned = 0;
}

/** A piece of a line, and whether it is what was looked for. */
export interface IPiece {
  readonly text: string;
  readonly match: boolean;
}

/** Take a line apart at what is looked for; `query` in lower case. */
export function piecesOf(line: string, query: string): IPiece[] {
  const lower = query === '' ? '' : line.toLowerCase();
  // In a few languages a letter changes its length with its case.
  if (query === '' || lower.length !== line.length) {
    return [{ text: line, match: false }];
  }
  const pieces: IPiece[] = [];
  let start = 0;
  for (;;) {
    const index = lower.indexOf(query, start);
    if (index < 0) {
      break;
    }
    if (index > start) {
      pieces.push({ text: line.slice(start, index), match: false });
    }
    start = index + query.length;
    pieces.push({ text: line.slice(index, start), match: true });
  }
  if (start < line.length || pieces.length === 0) {
    pieces.push({ text: line.slice(start), match: false });
  }
  return pieces;
}
