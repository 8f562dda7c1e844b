import type { TranslationBundle } from '@jupyterlab/translation';
import { JSONExt, PartialJSONValue } from '@lumino/coreutils';

import type { Plot } from './schema';

/**
 * Where a pane goes, in words of Lumino's dock.
 */
export type PaneMode =
  'split-right' | 'split-bottom' | 'split-left' | 'split-top' | 'tab-after';

/**
 * One plot of the default layout.
 */
export interface ILayoutItem {
  readonly path: string;
  readonly title: string;
  readonly mode: PaneMode;
  /** The path of the plot beside which it goes; without it: the notebook. */
  readonly ref?: string;
}

const MODES: ReadonlyArray<string> = [
  'split-right',
  'split-bottom',
  'split-left',
  'split-top',
  'tab-after'
];

/** Plots that show nothing unless workers have GPUs. */
const NEEDS_GPU = /gpu|rmm/;

/**
 * The layout where the settings cannot be read: as in `schema/panes.json`.
 */
export function defaultLayout(
  trans: TranslationBundle
): ReadonlyArray<ILayoutItem> {
  return [
    {
      path: 'individual-task-stream',
      title: trans.__('Task Stream'),
      mode: 'split-right'
    },
    {
      path: 'individual-progress',
      title: trans.__('Progress'),
      mode: 'split-bottom',
      ref: 'individual-task-stream'
    },
    {
      path: 'individual-workers-memory',
      title: trans.__('Workers Memory'),
      mode: 'split-right',
      ref: 'individual-progress'
    },
    {
      path: 'individual-gpu-memory',
      title: trans.__('GPU Memory'),
      mode: 'split-bottom',
      ref: 'individual-workers-memory'
    }
  ];
}

/**
 * Read the layout from a setting; items that make no sense are left out.
 */
export function parseLayout(value: unknown): ReadonlyArray<ILayoutItem> {
  if (!Array.isArray(value)) {
    return [];
  }
  return value.flatMap((item: PartialJSONValue) => {
    if (!JSONExt.isObject(item as null)) {
      return [];
    }
    const { path, title, mode, ref } = item as Record<string, unknown>;
    if (typeof path !== 'string' || path === '') {
      return [];
    }
    return [
      {
        path,
        title: typeof title === 'string' && title !== '' ? title : path,
        mode: MODES.includes(String(mode)) ? (mode as PaneMode) : 'split-right',
        ...(typeof ref === 'string' && ref !== '' ? { ref } : {})
      }
    ];
  });
}

/**
 * The items that make sense for a cluster: those that its scheduler has, and
 * which do not stay empty. While no scheduler answers (`null`) nothing is known of
 * GPUs, and only what every cluster has is opened.
 */
export function fitLayout(
  layout: ReadonlyArray<ILayoutItem>,
  plots: ReadonlyArray<Plot> | null
): ReadonlyArray<ILayoutItem> {
  if (plots === null) {
    return layout.filter(({ path }) => !NEEDS_GPU.test(path));
  }
  const shown = new Set(
    plots.filter(plot => plot.empty_reason === '').map(({ path }) => path)
  );
  return layout.filter(({ path }) => shown.has(path));
}
