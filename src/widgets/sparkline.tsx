import React from 'react';

const WIDTH = 120;
const HEIGHT = 18;

/**
 * Properties of `Sparkline`.
 */
export interface ISparklineProps {
  /** Readings, oldest first; the newest is drawn at the right edge. */
  values: ReadonlyArray<number>;
  /** The reading that reaches the top. */
  maximum: number;
}

/**
 * A small line of the last readings. Decoration: the number stands beside it.
 */
export function Sparkline(props: ISparklineProps): JSX.Element {
  const line = sparklinePoints(props.values, props.maximum);
  return (
    <svg
      className="jp-Dask-sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {line !== '' && (
        <>
          <polygon
            points={`${startX(props.values)},${HEIGHT} ${line} ${WIDTH},${HEIGHT}`}
          />
          <polyline points={line} vectorEffect="non-scaling-stroke" />
        </>
      )}
    </svg>
  );
}

/** The points of the line in the coordinates of the drawing. */
export function sparklinePoints(
  values: ReadonlyArray<number>,
  maximum: number
): string {
  const top = maximum > 0 ? maximum : 1;
  const first = startX(values);
  return values
    .map((value, index) => {
      const part = Math.min(1, Math.max(0, value / top));
      // Half a pixel of room so that the stroke is not cut off.
      const y = HEIGHT - 0.75 - part * (HEIGHT - 1.5);
      return `${first + index},${Math.round(y * 100) / 100}`;
    })
    .join(' ');
}

function startX(values: ReadonlyArray<number>): number {
  return WIDTH - Math.max(0, values.length - 1);
}

/**
 * Properties of `Bar`.
 */
export interface IBarProps {
  /** Parts of the whole, from left to right. */
  parts: ReadonlyArray<{ value: number; kind: string }>;
  total: number;
}

/**
 * A thin bar of parts of a whole. Decoration, too.
 */
export function Bar(props: IBarProps): JSX.Element {
  return (
    <span className="jp-Dask-bar" aria-hidden="true">
      {props.parts.map(({ kind, value }) => (
        <span
          key={kind}
          className={`jp-Dask-bar-part jp-mod-${kind}`}
          style={{ width: `${share(value, props.total)}%` }}
        />
      ))}
    </span>
  );
}

function share(value: number, total: number): number {
  return total <= 0
    ? 0
    : Math.round(Math.min(1, Math.max(0, value / total)) * 1000) / 10;
}
