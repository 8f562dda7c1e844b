import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ISignal, Signal } from '@lumino/signaling';

import type { IProgress, KernelRunner } from './kernelcode';

/**
 * One package of the kernel; see kernelcode/installed.py.
 */
export interface IKernelPackage {
  readonly name: string;
  readonly version: string;
  /** A variable of the notebook comes from it. */
  readonly used: boolean;
  readonly imported: boolean;
  /** It serves the notebook itself. */
  readonly tool: boolean;
  /** Both ends of a connection use it: it comes with the image. */
  readonly core: boolean;
  /** The folder that it was installed from; no index has it then. */
  readonly path: string;
}

/**
 * Processes that differ from the kernel in the same way; see kernelcode/compare.py.
 */
export interface IPlace {
  readonly kind: 'scheduler' | 'worker';
  readonly count: number;
  readonly names: ReadonlyArray<string>;
  readonly python: string;
  readonly environments: ReadonlyArray<string>;
  /** The version there of what differs; `null` where it is missing. */
  readonly differences: Readonly<Record<string, string | null>>;
}

/**
 * How a kernel and a cluster differ.
 */
export interface IComparison {
  readonly kernel: {
    readonly python: string;
    readonly environment: string;
    readonly versions: Readonly<Record<string, string>>;
    readonly packages: ReadonlyArray<IKernelPackage>;
  };
  readonly places: ReadonlyArray<IPlace>;
  /** The addresses of workers that did not answer. */
  readonly silent: ReadonlyArray<string>;
}

/**
 * One thing that went wrong, and where; see kernelcode/install.py.
 */
export interface IFailure {
  readonly cause: '' | 'index' | 'no pip' | 'permission' | 'version';
  /** pip's own words. */
  readonly line: string;
  readonly output: string;
  readonly names: ReadonlyArray<string>;
  readonly count: number;
}

/**
 * What came of an installation.
 */
export interface IInstalled {
  /** The scheduler and all workers. */
  readonly total: number;
  readonly failed: number;
  readonly failures: ReadonlyArray<IFailure>;
  /** So many workers have a former version loaded. */
  readonly stale: number;
  /** Why workers that come later will not have it; else empty. */
  readonly later: string;
}

/**
 * One row of the table.
 */
export interface IRow extends IKernelPackage {
  readonly state: 'same' | 'missing' | 'differs';
  /** What the cluster has, in words. */
  readonly there: string;
  /** Why it cannot be installed from here; empty where it can be. */
  readonly obstacle: string;
}

/** The libraries that the scheduler can do without. */
const OF_WORKERS = new Set(['numpy', 'pandas', 'pyarrow']);

/**
 * The rows of the table, what matters first: used here, imported, the rest.
 */
export function rowsOf(
  comparison: IComparison,
  trans: TranslationBundle
): IRow[] {
  const rank = (row: IRow): number =>
    row.used ? 0 : row.imported ? 1 : row.tool ? 3 : 2;
  return comparison.kernel.packages
    .map(it => toRow(it, comparison.places, trans))
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

function toRow(
  it: IKernelPackage,
  places: ReadonlyArray<IPlace>,
  trans: TranslationBundle
): IRow {
  const versions = places.map(place => versionAt(place, it.name, it.version));
  const state = versions.includes(null)
    ? 'missing'
    : versions.some(version => version !== it.version)
      ? 'differs'
      : 'same';
  const obstacle = it.core
    ? trans.__('Comes with the image: both ends need the same.')
    : it.path !== ''
      ? trans.__('Installed from a folder: send %1 instead.', it.path)
      : '';
  return { ...it, state, obstacle, there: inWords(it, places, trans) };
}

function versionAt(
  place: IPlace,
  name: string,
  here: string | null
): string | null {
  return name in place.differences ? place.differences[name] : here;
}

/** What the cluster has: one version, or which where. */
function inWords(
  it: IKernelPackage,
  places: ReadonlyArray<IPlace>,
  trans: TranslationBundle
): string {
  const word = (place: IPlace): string =>
    versionAt(place, it.name, it.version) ?? trans.__('missing');
  const words = new Set(places.map(word));
  if (words.size === 1) {
    return [...words][0];
  }
  const workers = places.filter(({ kind }) => kind === 'worker');
  const counts = new Map<string, number>();
  for (const place of workers) {
    counts.set(word(place), (counts.get(word(place)) ?? 0) + place.count);
  }
  const parts = [...counts].map(([version, count]) =>
    counts.size === 1
      ? version
      : trans._n('%2 (%1 worker)', '%2 (%1 workers)', count, version)
  );
  const scheduler = places.find(({ kind }) => kind === 'scheduler');
  if (scheduler && !(counts.size === 1 && counts.has(word(scheduler)))) {
    parts.push(trans.__('%1 (scheduler)', word(scheduler)));
  }
  return parts.join(', ');
}

/**
 * Which of the libraries that a connection needs differ, in words; empty when all is
 * well. Python counts by its minor version, which decides what pickles mean.
 */
export function mismatches(
  comparison: IComparison,
  trans: TranslationBundle
): string[] {
  const { kernel, places } = comparison;
  const found: string[] = [];
  const minor = (python: string): string =>
    python.split('.').slice(0, 2).join('.');
  const tell = (
    name: string,
    here: string,
    there: (place: IPlace) => string | null
  ): void => {
    const same = (place: IPlace): boolean => {
      const version = there(place);
      return (
        version === here ||
        (version === null &&
          place.kind === 'scheduler' &&
          OF_WORKERS.has(name)) ||
        (name === 'Python' &&
          version !== null &&
          minor(version) === minor(here))
      );
    };
    const others = places.filter(place => !same(place));
    for (const version of new Set(others.map(there))) {
      const those = others.filter(place => there(place) === version);
      found.push(
        trans.__(
          '%1 %2 here, %3 on %4',
          name,
          here,
          version ?? trans.__('missing'),
          whereabouts(those, places, trans)
        )
      );
    }
  };
  tell('Python', kernel.python, place => place.python);
  for (const [name, here] of Object.entries(kernel.versions)) {
    tell(name, here, place => versionAt(place, name, here));
  }
  return found;
}

function whereabouts(
  those: ReadonlyArray<IPlace>,
  all: ReadonlyArray<IPlace>,
  trans: TranslationBundle
): string {
  if (those.length === all.length) {
    return trans.__('the cluster');
  }
  const kinds = new Set(those.map(({ kind }) => kind));
  if (kinds.size === 2) {
    return trans.__('the scheduler and some workers');
  }
  if (kinds.has('scheduler')) {
    return trans.__('the scheduler');
  }
  const workers = all.filter(({ kind }) => kind === 'worker');
  return those.length === workers.length
    ? trans.__('the workers')
    : trans.__('some workers');
}

/**
 * A failure as sentences: where, what, and what helps.
 */
export function failureWords(
  failure: IFailure,
  total: number,
  trans: TranslationBundle
): string {
  const { names, count, line } = failure;
  const listed = names.join(', ') + (count > names.length ? ', …' : '');
  const where =
    count === total && total > 1
      ? trans.__('Everywhere')
      : trans.__('On %1', listed);
  const hints: Record<IFailure['cause'], string> = {
    '': '',
    index: trans.__(
      'A package index cannot be reached from there. Ask your administrator for one inside the network (PIP_INDEX_URL in the environment of the cluster), or use an image that has the packages.'
    ),
    'no pip': trans.__(
      'The image has no pip: use an image that has the packages.'
    ),
    permission: trans.__(
      'The user of the image may not write there: use an image that has the packages.'
    ),
    version: trans.__(
      'No index that is known there has this version. Packages of your own can be sent as a folder.'
    )
  };
  return `${where}: ${line}. ${hints[failure.cause]}`
    .replace(/\.\.( |$)/, '.$1')
    .trim();
}

/** What the view is busy with. */
export type Activity = 'waiting' | 'comparing' | 'installing' | 'restarting';

/**
 * The packages of a cluster as seen from a kernel: compare, choose, install. No DOM.
 */
export class PackagesModel {
  constructor(private readonly _options: PackagesModel.IOptions) {}

  /** Emitted when anything below changed. */
  get changed(): ISignal<PackagesModel, void> {
    return this._changed;
  }

  get cluster(): string {
    return this._options.cluster;
  }

  get activity(): Activity | null {
    return this._activity;
  }

  /** Why the last action failed; empty when it did not. */
  get error(): string {
    return this._error;
  }

  get comparison(): IComparison | null {
    return this._comparison;
  }

  get progress(): IProgress | null {
    return this._progress;
  }

  get installed(): IInstalled | null {
    return this._installed;
  }

  get rows(): ReadonlyArray<IRow> {
    return this._rows;
  }

  get selected(): ReadonlySet<string> {
    return this._selected;
  }

  /** Stop waiting; what runs in the kernel comes to its end. */
  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  /** Choose a package, or do not. */
  select(names: ReadonlyArray<string>, wanted: boolean): void {
    const able = new Set(this._rows.filter(canInstall).map(({ name }) => name));
    const selected = new Set(this._selected);
    for (const name of names) {
      if (wanted && able.has(name)) {
        selected.add(name);
      } else {
        selected.delete(name);
      }
    }
    this._selected = selected;
    this._changed.emit();
  }

  async compare(): Promise<void> {
    this._installed = null;
    await this._act('comparing', () => this._read());
  }

  /** Install what is selected, in the kernel's versions. */
  async install(): Promise<void> {
    const chosen = this._rows.filter(({ name }) => this._selected.has(name));
    if (chosen.length === 0) {
      return;
    }
    this._installed = null;
    await this._act('installing', async () => {
      const installed = await this._run<IInstalled>({
        action: 'install',
        packages: Object.fromEntries(
          chosen.map(({ name, version }) => [name, version])
        ),
        changed: chosen
          .filter(({ state }) => state === 'differs')
          .map(({ name }) => name)
      });
      this._installed = installed;
      await this._read();
    });
  }

  /** Restart all workers, so that they load what is installed now. */
  async restart(): Promise<void> {
    await this._act('restarting', async () => {
      await this._run({ action: 'restart' });
      this._installed = null;
      await this._read();
    });
  }

  private async _read(): Promise<void> {
    const comparison = await this._run<IComparison>({ action: 'compare' });
    const first = this._comparison === null;
    this._comparison = comparison;
    this._rows = rowsOf(comparison, this._options.trans);
    const names = this._rows
      .filter(row => canInstall(row) && row.state !== 'same')
      .filter(row =>
        first
          ? row.used && row.state === 'missing'
          : this._selected.has(row.name)
      )
      .map(({ name }) => name);
    this._selected = new Set(names);
  }

  private async _act(
    activity: Activity,
    action: () => Promise<void>
  ): Promise<void> {
    if (this._activity !== null) {
      return;
    }
    this._set(activity);
    this._error = '';
    this._progress = null;
    try {
      await action();
    } catch (error) {
      this._error = error instanceof Error ? error.message : String(error);
    }
    this._progress = null;
    this._set(null);
  }

  private _run<T>(request: {
    action: string;
    packages?: Record<string, string>;
    changed?: string[];
  }): Promise<T> {
    const { runner, kernel, cluster } = this._options;
    const activity = this._activity;
    return runner.run<T>(kernel(), cluster, request, {
      onBusy: () => this._set('waiting'),
      onBegin: () => this._set(activity),
      onProgress: progress => {
        this._progress = progress;
        this._changed.emit();
      },
      isCancelled: () => this._isDisposed
    });
  }

  private _set(activity: Activity | null): void {
    this._activity = activity;
    this._changed.emit();
  }

  private _activity: Activity | null = null;
  private _comparison: IComparison | null = null;
  private _error = '';
  private _installed: IInstalled | null = null;
  private _isDisposed = false;
  private _progress: IProgress | null = null;
  private _rows: ReadonlyArray<IRow> = [];
  private _selected: ReadonlySet<string> = new Set();
  private readonly _changed = new Signal<PackagesModel, void>(this);
}

/**
 * Options of `PackagesModel`.
 */
export namespace PackagesModel {
  export interface IOptions {
    runner: Pick<KernelRunner, 'run'>;
    /** The kernel of the notebook, as it is now; throws when there is none. */
    kernel: () => Kernel.IKernelConnection;
    cluster: string;
    trans: TranslationBundle;
  }
}

/** Whether the button can bring a package to the workers. */
export function canInstall(row: IRow): boolean {
  return row.state !== 'same' && row.obstacle === '';
}
