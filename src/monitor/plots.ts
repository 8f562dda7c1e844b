import type { TranslationBundle } from '@jupyterlab/translation';

import { OTHERS } from './data';
import { topOf, Unit } from './units';
import type { MonitorView, Points } from './view';

/** At most so many prefixes have a colour in a plot; the rest are one. */
const MOST_PREFIXES = 7;

/**
 * Something that changes with time.
 */
export interface ILine {
  readonly key: string;
  readonly label: string;
  /** The name of a colour of the theme, or `#rrggbb`. */
  readonly color: string;
  readonly values: Points;
  /** Areas stand on one another; lines do not. */
  readonly kind: 'area' | 'line' | 'dashed';
}

/**
 * A plot over time, as numbers.
 */
export interface IPlot {
  readonly key: string;
  readonly title: string;
  readonly unit: Unit;
  readonly lines: ReadonlyArray<ILine>;
  /** Where the scale ends; it begins at 0. */
  readonly top: number;
  /** The sum of the areas, where it means something. */
  readonly sum: Points | null;
  /** Why numbers are missing or not exact; empty when they are all there. */
  readonly note: string;
}

/** The plots of a cluster. */
export function plotsOf(view: MonitorView, trans: TranslationBundle): IPlot[] {
  return [
    throughput(view, trans),
    states(view, trans),
    cpu(view, trans),
    memory(view, trans),
    network(view, trans)
  ];
}

/** Tasks finished a second, by prefix where the scheduler tells. */
function throughput(view: MonitorView, trans: TranslationBundle): IPlot {
  const all = view.points('rate');
  const { common, rare } = prefixesOf(view);
  const lines: ILine[] = common.map(name =>
    area(`rate:${name}`, name, view.data.color(name) || 'other', view)
  );
  if (rare.length > 0) {
    lines.push({
      key: 'rate:',
      label: trans.__('other'),
      color: 'other',
      values: view.sum(rare.map(name => `rate:${name}`)),
      kind: 'area'
    });
  }
  if (lines.length === 0) {
    lines.push({
      key: 'rate',
      label: trans.__('finished'),
      color: 'processing',
      values: all,
      kind: 'area'
    });
  }
  return plot('rate', trans.__('Throughput'), 'rate', lines, { sum: all });
}

/** The prefixes of which a task has finished in the window, in a lasting order. */
function prefixesOf(view: MonitorView): { common: string[]; rare: string[] } {
  const found: { name: string; sum: number }[] = [];
  for (const column of view.data.totals.names) {
    if (column.startsWith('rate:')) {
      let sum = 0;
      for (const value of view.points(column)) {
        sum += value ?? 0;
      }
      if (sum > 0) {
        found.push({ name: column.slice('rate:'.length), sum });
      }
    }
  }
  const named = found.filter(({ name }) => name !== OTHERS);
  const busiest = new Set(
    [...named].sort((a, b) => b.sum - a.sum).slice(0, MOST_PREFIXES)
  );
  return {
    common: named.filter(one => busiest.has(one)).map(({ name }) => name),
    rare: found.filter(one => !busiest.has(one)).map(({ name }) => name)
  };
}

/** What the scheduler's tasks do. */
function states(view: MonitorView, trans: TranslationBundle): IPlot {
  const of = (name: string): string => `state:${name}`;
  const waiting = [of('waiting'), of('queued'), of('no-worker')];
  const lines: ILine[] = [
    area(of('processing'), trans.__('running'), 'processing', view),
    {
      key: of('waiting'),
      label: trans.__('waiting'),
      color: 'waiting',
      values: view.sum(waiting),
      kind: 'area'
    },
    area(of('memory'), trans.__('in memory'), 'kept', view)
  ];
  const erred = area(of('erred'), trans.__('failed'), 'erred', view);
  if (erred.values.some(value => (value ?? 0) > 0)) {
    lines.push(erred);
  }
  return plot('states', trans.__('Tasks'), 'count', lines);
}

function cpu(view: MonitorView, trans: TranslationBundle): IPlot {
  const lines = [area('cpu', trans.__('busy'), 'cpu', view)];
  const note = view.data.guessed
    ? trans.__(
        'Estimated: this scheduler does not tell what its workers use, so each thread with a task counts as busy.'
      )
    : '';
  return plot('cpu', trans.__('CPU'), 'percent', lines, { note });
}

/** What workers keep, against what they may. */
function memory(view: MonitorView, trans: TranslationBundle): IPlot {
  const used = view.points('memory');
  const limit = {
    ...area('limit', trans.__('limit'), 'limit', view),
    kind: 'dashed' as const
  };
  const limited = limit.values.some(value => (value ?? 0) > 0);
  const areas = view.data.guessed
    ? [area('memory', trans.__('used'), 'managed', view)]
    : [
        area('managed', trans.__('managed'), 'managed', view),
        area('unmanaged', trans.__('unmanaged'), 'unmanaged', view)
      ];
  const spilled = {
    ...area('spilled', trans.__('spilled'), 'spilled', view),
    kind: 'line' as const
  };
  const lines: ILine[] = [
    ...areas,
    ...(view.data.guessed ? [] : [spilled]),
    ...(limited ? [limit] : [])
  ];
  const most = Math.max(highest(used), highest(spilled.values));
  // A limit that is far away would press all else to the ground.
  const close = limited && most > highest(limit.values) / 8;
  return {
    key: 'memory',
    title: trans.__('Memory'),
    unit: 'bytes',
    lines,
    top: topOf(close ? highest(limit.values) : most * 1.05, 'bytes'),
    sum: used,
    note: ''
  };
}

function network(view: MonitorView, trans: TranslationBundle): IPlot {
  const line = (key: string, label: string, color: string): ILine => ({
    ...area(key, label, color, view),
    kind: 'line'
  });
  const lines = [
    line('read', trans.__('received'), 'read'),
    line('write', trans.__('sent'), 'write')
  ];
  const note = view.data.guessed
    ? trans.__('This scheduler does not tell what its workers send.')
    : '';
  return plot('network', trans.__('Network'), 'bytesRate', lines, { note });
}

function area(
  key: string,
  label: string,
  color: string,
  view: MonitorView
): ILine {
  return { key, label, color, values: view.points(key), kind: 'area' };
}

function plot(
  key: string,
  title: string,
  unit: Unit,
  lines: ReadonlyArray<ILine>,
  more: { sum?: Points; note?: string } = {}
): IPlot {
  const { note = '', sum = null } = more;
  const single = lines.filter(({ kind }) => kind !== 'area');
  const most = Math.max(
    ...stack(lines).map(values => highest(values)),
    ...single.map(({ values }) => highest(values)),
    0
  );
  return { key, title, unit, lines, top: topOf(most, unit), sum, note };
}

/** The upper edges of areas that stand on one another, in their order. */
export function stack(lines: ReadonlyArray<ILine>): Points[] {
  let below: Points | null = null;
  return lines
    .filter(({ kind }) => kind === 'area')
    .map(({ values }) => {
      const base: Points | null = below;
      below = values.map((value, index) => {
        const ground = base?.[index] ?? null;
        return value === null ? ground : value + (ground ?? 0);
      });
      return below;
    });
}

function highest(values: Points): number {
  let most = 0;
  for (const value of values) {
    most = value !== null && value > most ? value : most;
  }
  return most;
}
