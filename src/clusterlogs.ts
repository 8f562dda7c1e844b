import { ISignal, Signal } from '@lumino/signaling';
import type { TranslationBundle } from '@jupyterlab/translation';

import { LogLines, MAX_LINES } from './loglines';
import { ILogModel, ILogPod, LogState, podOf } from './logs';
import type { PodListModel } from './podlist';
import { Rejoin } from './rejoin';
import { TextStream } from './textstream';
import type { IClusterManager, ILogChoice } from './tokens';

/** A log that nobody looks at waits for so many ms, then its stream ends. */
const PATIENCE = 20 * 1000;

/** So many lines at most are saved: the server sends no more. */
const MAX_DOWNLOAD = 100_000;

/** So many lines at least are read again to find where a log goes on. */
const LOOK_BACK = 5000;

/** How soon a log that ended is asked for again, in ms; doubled up to the last. */
const RETRY = 2000;
const MAX_RETRY = 30 * 1000;

/**
 * What the pods of a cluster print, as a stream. It is read only as far as somebody looks,
 * and it goes on where it stopped.
 */
export class ClusterLogs implements ILogModel {
  constructor(private readonly _options: ClusterLogs.IOptions) {
    _options.pods.changed.connect(this._onPods, this);
  }

  readonly lines = new LogLines();
  readonly tails: ReadonlyArray<number> = [200, 1000, 5000, MAX_LINES];

  get owner(): string {
    return this._options.cluster;
  }

  get pods(): ReadonlyArray<ILogPod> {
    const { pods } = this._options.pods;
    return (pods ?? []).filter(({ containers }) => containers.length > 0);
  }

  get state(): LogState {
    if (this._phase === 'loading' || this._complete) {
      return this._complete ? 'ended' : 'loading';
    }
    if (!this._wanted()) {
      return 'paused';
    }
    return this._phase === 'open' ? 'live' : 'ended';
  }

  get error(): string {
    return this._error !== '' || this.pods.length > 0
      ? this._error
      : this._options.pods.error;
  }

  get pod(): string {
    return this._pod === '' ? (this.pods[0]?.name ?? '') : this._pod;
  }
  set pod(value: string) {
    if (value !== this._pod) {
      this._pod = value;
      this._container = '';
      this._previous = false;
      this._restart();
    }
  }

  get container(): string {
    const known = podOf(this.pods, this.pod)?.containers ?? [];
    return this._container === '' ? (known[0] ?? '') : this._container;
  }
  set container(value: string) {
    if (value !== this.container) {
      this._container = value;
      this._previous = false;
      this._restart();
    }
  }

  get previous(): boolean {
    return this._previous;
  }
  set previous(value: boolean) {
    if (value !== this._previous) {
      this._previous = value;
      this._restart();
    }
  }

  get tail(): number {
    return this._tail;
  }
  set tail(value: number) {
    if (value !== this._tail) {
      this._tail = value;
      this._restart();
    }
  }

  get following(): boolean {
    return this._following;
  }
  set following(value: boolean) {
    if (value !== this._following) {
      this._following = value;
      this._complete = this._complete && (this._previous || !value);
      this._update();
      this._emit();
    }
  }

  get visible(): boolean {
    return this._visible;
  }
  set visible(value: boolean) {
    if (value !== this._visible) {
      this._visible = value;
      this._retry = RETRY;
      this._update();
    }
  }

  get atEnd(): boolean {
    return this._atEnd;
  }
  set atEnd(value: boolean) {
    if (value !== this._atEnd) {
      this._atEnd = value;
      this._update();
      this._emit();
    }
  }

  get downloadURL(): string | null {
    const { cluster, manager } = this._options;
    return podOf(this.pods, this.pod) === undefined
      ? null
      : manager.logsURL(cluster, this._choice(MAX_DOWNLOAD, false));
  }

  get changed(): ISignal<ILogModel, void> {
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
    this._options.pods.changed.disconnect(this._onPods, this);
    this._close();
    Signal.clearData(this);
  }

  text(): string {
    return this.lines.text();
  }

  clear(): void {
    this.lines.clear();
    this._emit();
  }

  /** Another log is wanted, or another part of it. */
  private _restart(): void {
    this._close();
    this.lines.reset();
    this._error = '';
    this._phase = 'loading';
    this._complete = false;
    this._retry = RETRY;
    this._seen = '';
    this._update();
    this._emit();
  }

  /** Whether lines are to be read on, if somebody looks. */
  private _wanted(): boolean {
    if (this._complete) {
      return false;
    }
    // A log that is read once is read to its end.
    return (
      this._phase === 'loading' ||
      this._once ||
      // Who reads old lines must not lose them to new ones.
      (this._following && (this._atEnd || !this.lines.full))
    );
  }

  /** Bring the stream in line with who looks at what. */
  private _update(): void {
    if (this._isDisposed) {
      return;
    }
    const wanted = this._visible && this._wanted();
    window.clearTimeout(this._patience);
    if (this._stream !== null) {
      this._stream.paused = !wanted;
      if (!wanted) {
        this._patience = window.setTimeout(() => this._close(), PATIENCE);
      }
    } else if (wanted && this.pod !== '') {
      this._open();
    }
  }

  private _open(): void {
    this._close();
    const { cluster, manager } = this._options;
    const rejoin = this._rejoin();
    const follow = this._following && !this._previous;
    const tail = rejoin === null ? this._tail : Math.max(this._tail, LOOK_BACK);
    const choice = this._choice(tail, follow);
    this._once = !follow;
    this._stream = new TextStream({
      open: signal => manager.logs(cluster, choice, signal),
      onOpen: () => this._onOpen(),
      onText: text => {
        (rejoin ?? this.lines).append(text);
        this._retry = RETRY;
        this._update();
        this._emit();
      },
      onEnd: (error, broken) => {
        rejoin?.flush();
        this._onEnd(error, broken);
      }
    });
  }

  /** A log that goes on prints again what is here. */
  private _rejoin(): Rejoin | null {
    if (this.lines.length + this.lines.hidden === 0) {
      return null;
    }
    const { trans } = this._options;
    const restarts = this._restarts();
    const gap =
      restarts === this._begun
        ? trans.__('… lines may be missing here …')
        : trans.__('… the container has started again …');
    const rejoin = new Rejoin(this.lines, gap);
    this._joining = window.setInterval(() => {
      if (rejoin.settle()) {
        this._emit();
      }
      if (rejoin.done) {
        window.clearInterval(this._joining);
      }
    }, Rejoin.QUIET);
    return rejoin;
  }

  private _onOpen(): void {
    this._phase = 'open';
    this._error = '';
    this._begun = this._restarts();
    this._emit();
  }

  private _onEnd(error: string, broken: boolean): void {
    const once = this._once;
    this._close();
    this._phase = 'ended';
    this._error =
      once && broken
        ? this._options.trans.__('The connection broke off: lines are missing.')
        : error;
    this._complete = once && this._error === '';
    if (!once) {
      // It may be a gateway that has had enough, or a container that starts anew.
      this._again = window.setTimeout(() => this._update(), this._retry);
      this._retry = Math.min(this._retry * 2, MAX_RETRY);
    }
    this._emit();
  }

  private _close(): void {
    window.clearTimeout(this._patience);
    window.clearTimeout(this._again);
    window.clearInterval(this._joining);
    this._stream?.dispose();
    this._stream = null;
    this._once = false;
    this._phase = this._phase === 'open' ? 'ended' : this._phase;
  }

  private _restarts(): number {
    const { pods } = this._options.pods;
    return pods?.find(({ name }) => name === this.pod)?.restarts ?? 0;
  }

  /** Pods came or went; a log that has ended may go on. */
  private _onPods(): void {
    const pod = this._options.pods.pods?.find(({ name }) => name === this.pod);
    const seen = pod ? `${pod.name} ${pod.phase} ${pod.restarts}` : '';
    if (seen !== this._seen) {
      this._seen = seen;
      this._retry = RETRY;
      if (this._stream === null) {
        this._update();
      }
    }
    this._emit();
  }

  private _choice(tail: number, follow: boolean): ILogChoice {
    return {
      pod: this.pod,
      container: this._container,
      tail,
      previous: this._previous,
      follow
    };
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<ILogModel, void>(this);
  private _stream: TextStream | null = null;
  private _phase: 'loading' | 'open' | 'ended' = 'loading';
  /** Whether the open stream ends by itself, and whether it has, with all there is. */
  private _once = false;
  private _complete = false;
  /** How often the container had started anew when the stream was opened. */
  private _begun = 0;
  private _error = '';
  private _pod = '';
  private _container = '';
  private _previous = false;
  private _tail = 1000;
  private _following = true;
  private _visible = false;
  private _atEnd = true;
  private _seen = '';
  private _retry = RETRY;
  private _patience = 0;
  private _again = 0;
  private _joining = 0;
  private _isDisposed = false;
}

/**
 * Options of `ClusterLogs`.
 */
export namespace ClusterLogs {
  export interface IOptions {
    cluster: string;
    manager: IClusterManager;
    /** The pods to choose from; somebody else keeps them fresh. */
    pods: PodListModel;
    trans: TranslationBundle;
  }
}
