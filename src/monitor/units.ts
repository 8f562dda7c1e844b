import type { TranslationBundle } from '@jupyterlab/translation';

import { formatBytes, formatCount } from '../widgets/format';

/** What the numbers of a plot are. */
export type Unit = 'bytes' | 'bytesRate' | 'count' | 'percent' | 'rate';

/** The ends of scales: halves and wholes of them are numbers that one can read. */
const DECIMAL = [1, 2, 4, 6, 8, 10];
const BINARY = [1, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384];

/** No scale ends below this. */
const LEAST: Readonly<Record<Unit, number>> = {
  bytes: 2 ** 20,
  bytesRate: 2 ** 10,
  count: 4,
  percent: 100,
  rate: 2
};

/** Where the scale for numbers up to `value` ends. */
export function topOf(value: number, unit: Unit): number {
  const wanted = Math.max(value, LEAST[unit]);
  if (unit === 'percent') {
    return 100;
  }
  const [base, steps] =
    unit === 'count' || unit === 'rate' ? [10, DECIMAL] : [1024, BINARY];
  const power = base ** Math.floor(Math.log(wanted) / Math.log(base) + 1e-9);
  const step = steps.find(one => one * power >= wanted) ?? 512;
  return step * power === 512 * power && wanted > 512 * power
    ? 1024 * power
    : step * power;
}

/** A number beside its plot: `62 %`, `1.2 GiB`, `3.5/s`; a long one: `3.5 tasks/s`. */
export function describe(
  value: number,
  unit: Unit,
  trans: TranslationBundle,
  long = false
): string {
  switch (unit) {
    case 'bytes':
      return formatBytes(value);
    case 'bytesRate':
      return trans.__('%1/s', formatBytes(value));
    case 'count':
      return formatCount(value);
    case 'percent':
      return trans.__('%1 %', Math.round(value));
    case 'rate':
      return long
        ? trans.__('%1 tasks/s', shortCount(value))
        : trans.__('%1/s', shortCount(value));
  }
}

/** A number of a scale, as short as it can be: `1.5K`. */
export function describeTick(
  value: number,
  unit: Unit,
  trans: TranslationBundle
): string {
  return unit === 'count' ? shortCount(value) : describe(value, unit, trans);
}

const compact = new Intl.NumberFormat(undefined, {
  notation: 'compact',
  maximumSignificantDigits: 3
});

const tenths = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

function shortCount(value: number): string {
  return (value < 100 ? tenths : compact).format(value);
}
