/** Which of many rows are drawn: those from `first` up to and without `end`. */
export interface IWindow {
  readonly first: number;
  readonly end: number;
}

/** So many rows beyond the edge are drawn, too, so that scrolling shows no gaps. */
const MARGIN = 12;

/**
 * The rows of one height that can be seen.
 */
export function windowOf(
  top: number,
  height: number,
  rowHeight: number,
  total: number
): IWindow {
  if (rowHeight <= 0) {
    return { first: 0, end: 0 };
  }
  const first = Math.floor(Math.max(0, top) / rowHeight) - MARGIN;
  const end = Math.ceil((Math.max(0, top) + height) / rowHeight) + MARGIN;
  return {
    first: Math.max(0, Math.min(first, total)),
    end: Math.max(0, Math.min(end, total))
  };
}

/**
 * The rows of given heights that can be seen; `tops` has where each begins, and behind
 * the last where it ends.
 */
export function windowAmong(
  tops: ReadonlyArray<number>,
  top: number,
  height: number
): IWindow {
  const total = Math.max(0, tops.length - 1);
  const first = rowAt(tops, top) - MARGIN;
  const end = rowAt(tops, top + height) + 1 + MARGIN;
  return {
    first: Math.max(0, Math.min(first, total)),
    end: Math.max(0, Math.min(end, total))
  };
}

/** Where each row begins, and behind the last where it ends. */
export function topsOf(heights: ReadonlyArray<number>): number[] {
  const tops = [0];
  for (const height of heights) {
    tops.push(tops[tops.length - 1] + height);
  }
  return tops;
}

/** The last row that begins at or before `offset`. */
function rowAt(tops: ReadonlyArray<number>, offset: number): number {
  let low = 0;
  let high = tops.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (tops[middle] <= offset) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}
