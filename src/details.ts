import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { ClusterLogs } from './clusterlogs';
import { OccurrencesModel } from './occurrences';
import { PodListModel } from './podlist';
import type { Cluster } from './schema';
import type { IClusterManager, ITransition } from './tokens';

/** The parts of the view of one cluster. */
export type DetailsTab = 'overview' | 'pods' | 'events' | 'logs' | 'yaml';

export const TABS: ReadonlyArray<DetailsTab> = [
  'overview',
  'pods',
  'events',
  'logs',
  'yaml'
];

/**
 * All that is known of one cluster: itself, its pods, what happened to it, what it prints.
 * Each part is read only while somebody looks at it and while the cluster is there.
 */
export class DetailsModel implements IDisposable {
  constructor(private readonly _options: DetailsModel.IOptions) {
    const { cluster, manager, trans } = _options;
    this.pods = new PodListModel({ cluster, manager });
    this.occurrences = new OccurrencesModel({ cluster, manager });
    const pods = this.pods;
    this.logs = new ClusterLogs({ cluster, manager, pods, trans });
    this._last = manager.get(cluster);
    manager.changed.connect(this._onChanged, this);
    manager.transitioned.connect(this._onTransitioned, this);
    void manager.ready.then(() => {
      this._known = true;
      this._onChanged();
    });
  }

  readonly pods: PodListModel;
  readonly occurrences: OccurrencesModel;
  readonly logs: ClusterLogs;

  get name(): string {
    return this._options.cluster;
  }

  get manager(): IClusterManager {
    return this._options.manager;
  }

  /** The cluster as it is listed, or as it was at last. */
  get cluster(): Cluster | undefined {
    return this._last;
  }

  /** Whether there is no such cluster (any more). */
  get gone(): boolean {
    return this._gone;
  }

  /** Why it ended by itself, as a sentence, where it did. */
  get ending(): string {
    return this._ending;
  }

  /** Since when all of it may be old, as ISO 8601; `null` while it is true. */
  get staleSince(): string | null {
    return this._stale;
  }

  /** The part that is shown. */
  get tab(): DetailsTab {
    return this._tab;
  }
  set tab(value: DetailsTab) {
    if (value !== this._tab) {
      this._tab = value;
      this._changed.emit();
    }
  }

  /** Emitted when the cluster or the tab changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    const { manager } = this._options;
    manager.changed.disconnect(this._onChanged, this);
    manager.transitioned.disconnect(this._onTransitioned, this);
    this._look?.dispose();
    this.logs.dispose();
    this.occurrences.dispose();
    this.pods.dispose();
    Signal.clearData(this);
  }

  /** Show what a pod prints; one without a log of its own prints into the first's. */
  showLogs(pod: string): void {
    const known = this.pods.pods?.find(({ name }) => name === pod);
    this.logs.pod = known?.containers.length === 0 ? '' : pod;
    this.tab = 'logs';
  }

  /** Tell whether somebody sees a part. */
  setLive(tab: DetailsTab, live: boolean): void {
    if (live) {
      this._live.add(tab);
    } else {
      this._live.delete(tab);
    }
    this._update();
  }

  private _update(): void {
    if (this._isDisposed) {
      return;
    }
    const live = this._live;
    if (live.size > 0) {
      this._look ??= this._options.manager.look();
    } else {
      this._look?.dispose();
      this._look = null;
    }
    const there = !this._gone;
    this.pods.visible = there && (live.has('pods') || live.has('logs'));
    this.occurrences.visible = there && live.has('events');
    this.logs.visible = there && live.has('logs');
  }

  private _onChanged(): void {
    const { cluster, manager } = this._options;
    const now = manager.get(cluster);
    const listed =
      this._known && manager.error === '' && manager.waiting === '';
    const gone = now === undefined && listed;
    const stale = manager.status?.stale_since ?? null;
    if (
      now === (this._last ?? undefined) &&
      gone === this._gone &&
      stale === this._stale
    ) {
      return;
    }
    this._stale = stale;
    if (now !== undefined) {
      this._ending = '';
    }
    this._last = now ?? this._last;
    this._gone = gone;
    this._update();
    this._changed.emit();
  }

  private _onTransitioned(_: IClusterManager, change: ITransition): void {
    if (change.name === this.name && change.to === null) {
      this._ending = change.reason;
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _live = new Set<DetailsTab>();
  private _look: IDisposable | null = null;
  private _last: Cluster | undefined;
  private _known = false;
  private _gone = false;
  private _stale: string | null = null;
  private _ending = '';
  private _tab: DetailsTab = 'overview';
  private _isDisposed = false;
}

/**
 * Options of `DetailsModel`.
 */
export namespace DetailsModel {
  export interface IOptions {
    cluster: string;
    manager: IClusterManager;
    trans: TranslationBundle;
    /** Jupyter's event bus. */
  }
}
