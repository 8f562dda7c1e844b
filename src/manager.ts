import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { changesOf, same } from './changes';
import { ClusterClient, ClusterError } from './client';
import type { IHints } from './hints';
import { Reader, SAFETY_INTERVAL } from './reader';
import type {
  Cluster,
  ClusterCreate,
  ClusterEvent,
  ClusterPatch,
  Export,
  GroupCreate,
  KernelCode,
  Plot,
  Pod,
  Profiles,
  Status
} from './schema';
import type { IByteReader } from './textstream';
import type { IClusterManager, ILogChoice, ITransition } from './tokens';

/** How often a visible view reads while the list, ours or the server's own, is old, in ms. */
const STALE_INTERVAL = 10 * 1000;

/** How soon a visible view reads again while the server starts, in ms; doubled. */
const FIRST_RETRY = 1000;

/**
 * State and signals; everything that a view shows about clusters comes from here.
 */
export class ClusterManager implements IClusterManager {
  constructor(options: ClusterManager.IOptions) {
    this._client = options.client;
    this.hints = options.hints;
    this._reader = new Reader({
      name: 'jupyter-dask-k8s:clusters',
      hints: options.hints,
      read: asked => this._read(asked),
      onHint: event => this._onHint(event)
    });
    this.ready = this.refresh();
  }

  readonly ready: Promise<void>;

  readonly hints: IHints | undefined;

  get clusters(): ReadonlyArray<Cluster> {
    return this._clusters;
  }

  get status(): Status | null {
    return this._status;
  }

  get error(): string {
    return this._error;
  }

  get waiting(): string {
    return this._waiting;
  }

  get selected(): string | null {
    return this._selected;
  }

  set selected(name: string | null) {
    if (name !== this._selected) {
      this._selected = name;
      this._selectedChanged.emit(name);
    }
  }

  get changed(): ISignal<IClusterManager, void> {
    return this._changed;
  }

  get selectedChanged(): ISignal<IClusterManager, string | null> {
    return this._selectedChanged;
  }

  get transitioned(): ISignal<IClusterManager, ITransition> {
    return this._transitioned;
  }

  get isDisposed(): boolean {
    return this._reader.isDisposed;
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._reader.dispose();
      Signal.clearData(this);
    }
  }

  look(): IDisposable {
    return this._reader.look();
  }

  get(name: string): Cluster | undefined {
    return this._clusters.find(cluster => cluster.name === name);
  }

  refresh(): Promise<void> {
    this._statusOld = true;
    return this._reader.readNow();
  }

  async create(options: ClusterCreate): Promise<Cluster> {
    const cluster = this._put(await this._client.create(options));
    this.selected = cluster.name;
    return cluster;
  }

  async update(name: string, patch: ClusterPatch): Promise<Cluster> {
    return this._put(await this._client.update(name, patch));
  }

  async shutdown(name: string, uid?: string): Promise<void> {
    this._shutdown.add(name);
    try {
      await this._client.shutdown(name, uid);
    } catch (error) {
      this._shutdown.delete(name);
      // Another tab was faster, say: what was asked for is so.
      if ((error as ClusterError).reason !== 'ClusterNotFound') {
        throw error;
      }
    }
    await this._reader.readNow();
  }

  async plots(name: string): Promise<ReadonlyArray<Plot>> {
    return (await this._client.plots(name)).plots;
  }

  pods(name: string): Promise<ReadonlyArray<Pod>> {
    return this._client.pods(name);
  }

  events(name: string, signal: AbortSignal): Promise<IByteReader> {
    return this._client.events(name, signal);
  }

  logs(
    name: string,
    choice: ILogChoice,
    signal: AbortSignal
  ): Promise<IByteReader> {
    return this._client.logs(name, choice, signal);
  }

  logsURL(name: string, choice: ILogChoice): string {
    return this._client.logsURL(name, choice);
  }

  async addGroup(name: string, group: GroupCreate): Promise<Cluster> {
    return this._put(await this._client.addGroup(name, group));
  }

  async scaleGroup(
    name: string,
    group: string,
    workers: number
  ): Promise<Cluster> {
    return this._put(await this._client.scaleGroup(name, group, { workers }));
  }

  async removeGroup(name: string, group: string): Promise<Cluster> {
    return this._put(await this._client.removeGroup(name, group));
  }

  export(name: string, kind: Export['kind'], group?: string): Promise<Export> {
    return this._client.export(name, kind, group);
  }

  kernelCode(): Promise<KernelCode> {
    return this._client.kernelCode();
  }

  preview(options: ClusterCreate): Promise<Export> {
    return this._client.preview(options);
  }

  profiles(): Promise<Profiles> {
    return this._client.profiles();
  }

  dashboardURL(name: string, path: string): string {
    return this._client.dashboardURL(name, path);
  }

  dashboardPlace(name: string): Promise<string> {
    return this._client.dashboardPlace(name);
  }

  private _onHint(event: ClusterEvent): boolean {
    // A hint without a kind is about clusters.
    if ((event.kind ?? 'cluster') !== 'cluster') {
      return false;
    }
    if (event.action === 'removed') {
      this._endings.set(event.name, event.reason);
    }
    // A hint about no cluster is about the server.
    if (event.name === '') {
      this._statusOld = true;
      this._away = true;
    }
    return true;
  }

  private async _read(asked: boolean): Promise<number> {
    const troubled = (this._status?.trouble ?? '') !== '';
    if (this._status?.state !== 'ready' || (troubled && !asked)) {
      // Without a hint, what was wrong may have ended unnoticed.
      this._statusOld = true;
    }
    try {
      if (this._statusOld) {
        await this._readStatus();
      }
      this._set(await this._client.list(), '');
      this._away = false;
    } catch (error) {
      await this._fail(error);
    }
    this._retry = this._waiting === '' ? FIRST_RETRY : this._retry * 2;
    if (this._waiting !== '') {
      return this._retry;
    }
    const stale =
      this._error !== '' || (this._status?.stale_since ?? null) !== null;
    return stale ? STALE_INTERVAL : SAFETY_INTERVAL;
  }

  private async _readStatus(): Promise<void> {
    this._statusOld = false;
    try {
      const status = await this._client.status();
      if (!same(status, this._status)) {
        this._status = status;
        this._changed.emit();
      }
    } catch (error) {
      this._statusOld = true;
      throw error;
    }
  }

  /** A server that starts says so instead of its list; the rest are errors. */
  private async _fail(error: unknown): Promise<void> {
    const message =
      error instanceof ClusterError ? error.message : String(error);
    let starting = false;
    if (error instanceof ClusterError && error.status === 503) {
      if (this._status?.state === 'ready') {
        // It has started anew since we asked.
        await this._readStatus().catch(() => undefined);
      }
      starting = this._status?.state === 'starting';
    }
    this._set(this._clusters, starting ? '' : message, starting ? message : '');
  }

  /** Take one cluster as the server answered it, ahead of the next read. */
  private _put(cluster: Cluster): Cluster {
    const known = this.get(cluster.name);
    const clusters = known
      ? this._clusters.map(it => (it === known ? cluster : it))
      : [...this._clusters, cluster];
    this._set(clusters, this._error, this._waiting);
    return cluster;
  }

  private _set(
    clusters: ReadonlyArray<Cluster>,
    error: string,
    waiting = ''
  ): void {
    if (
      this.isDisposed ||
      (this._error === error &&
        this._waiting === waiting &&
        same(clusters, this._clusters))
    ) {
      return;
    }
    const before = this._clusters;
    this._clusters = clusters;
    this._error = error;
    this._waiting = waiting;
    this._reselect();
    this._changed.emit();
    this._announce(before, clusters);
    this._known = error === '' && waiting === '';
  }

  /** Keep a cluster selected as long as there is one. */
  private _reselect(): void {
    if (this._selected === null || !this.get(this._selected)) {
      this.selected = this._clusters[0]?.name ?? null;
    }
  }

  private _announce(
    before: ReadonlyArray<Cluster>,
    after: ReadonlyArray<Cluster>
  ): void {
    for (const change of changesOf(before, after)) {
      const { name, to } = change;
      if (to !== null) {
        // After a time without a list nobody knows what is new; what is gone is gone.
        if (this._known) {
          this._transitioned.emit(change);
        }
        continue;
      }
      const reason = this._endings.get(name);
      this._endings.delete(name);
      const asked = this._shutdown.delete(name);
      const local = before.some(
        it => it.name === name && it.backend === 'local'
      );
      this._transitioned.emit({
        ...change,
        reason: asked ? '' : (reason ?? ''),
        ...(this._away &&
          local &&
          !asked &&
          reason === undefined && { lost: true })
      });
    }
  }

  private readonly _client: ClusterClient;
  private readonly _reader: Reader;
  private readonly _endings = new Map<string, string>();
  private readonly _shutdown = new Set<string>();
  private readonly _changed = new Signal<IClusterManager, void>(this);
  private readonly _selectedChanged = new Signal<
    IClusterManager,
    string | null
  >(this);
  private readonly _transitioned = new Signal<IClusterManager, ITransition>(
    this
  );
  private _clusters: ReadonlyArray<Cluster> = [];
  private _status: Status | null = null;
  private _error = '';
  private _waiting = '';
  private _selected: string | null = null;
  private _statusOld = true;
  /** Whether hints may have been missed since the last list. */
  private _away = false;
  private _retry = FIRST_RETRY;
  private _known = false;
}

/**
 * Options of `ClusterManager`.
 */
export namespace ClusterManager {
  export interface IOptions {
    client: ClusterClient;
    /** Hints of the server; without them only the safety poll brings changes. */
    hints?: IHints;
  }
}
