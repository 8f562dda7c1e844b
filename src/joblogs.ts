import type { TranslationBundle } from '@jupyterlab/translation';
import { Poll } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';

import { LogLines } from './loglines';
import type { ILogModel, ILogPod, LogState } from './logs';
import { Rejoin } from './rejoin';
import { messageOf } from './target';
import type { IJobManager } from './tokens';

/** How often the logs of a job that has not ended are read, in ms. */
const INTERVAL = 3000;

/** So many of the last lines are read, unless all are wanted. */
const TAIL = 2000;

/**
 * What the pods of a job print: read again every few seconds while somebody looks and
 * the job has not ended, once more when it has. It outlives the pods.
 */
export class JobLogsModel implements ILogModel {
  constructor(
    private readonly _jobs: IJobManager,
    readonly owner: string,
    private readonly _trans: TranslationBundle
  ) {
    this._poll = new Poll({
      auto: false,
      factory: () => this._read(),
      frequency: { interval: INTERVAL, backoff: true, max: 60 * 1000 },
      standby: () => !this._asked && (!this._visible || !this._active()),
      name: `jupyter-dask-k8s:logs-${owner}`
    });
    _jobs.changed.connect(this._onJobsChanged, this);
  }

  readonly lines = new LogLines();
  readonly tails: ReadonlyArray<number> = [TAIL, Infinity];
  readonly container = '';
  readonly previous = false;
  /** It is read again and again until the job has ended. */
  readonly following = null;
  readonly downloadURL = null;

  get state(): LogState {
    if (this._text === null) {
      return 'loading';
    }
    return this._active() ? 'live' : 'ended';
  }

  get error(): string {
    return this._error;
  }

  /** Of which pods there are logs, the runner first. */
  get pods(): ReadonlyArray<ILogPod> {
    const names = this._jobs.get(this.owner)?.logs ?? [];
    return names.map(name => ({ name, containers: [], previous: false }));
  }

  /** The pod whose logs are shown; at first, the runner. */
  get pod(): string {
    return this._pod === ''
      ? this._shown || (this.pods[0]?.name ?? '')
      : this._pod;
  }
  set pod(value: string) {
    if (value !== this._pod) {
      this._pod = value;
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

  get visible(): boolean {
    return this._visible;
  }
  set visible(value: boolean) {
    const shown = value && !this._visible;
    this._visible = value;
    if (shown) {
      this.refresh();
    }
  }

  get atEnd(): boolean {
    return this._atEnd;
  }
  set atEnd(value: boolean) {
    if (value !== this._atEnd) {
      this._atEnd = value;
      this._emit();
    }
  }

  get changed(): ISignal<ILogModel, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._jobs.changed.disconnect(this._onJobsChanged, this);
    this._poll.dispose();
    Signal.clearData(this);
  }

  text(): string {
    return this._text ?? '';
  }

  clear(): void {
    this.lines.clear();
    this._changed.emit();
  }

  /** Read now. */
  refresh(): void {
    if (!this.isDisposed) {
      this._asked = true;
      void this._poll.refresh();
    }
  }

  private _active(): boolean {
    const phase = this._jobs.get(this.owner)?.phase;
    return phase !== undefined && phase !== 'Succeeded' && phase !== 'Failed';
  }

  private _onJobsChanged(): void {
    const phase = this._jobs.get(this.owner)?.phase ?? null;
    if (phase !== this._phase) {
      this._phase = phase;
      this._changed.emit();
      // What it said last is written when it ends.
      if (this._visible) {
        this.refresh();
      }
    }
  }

  /** Another log is wanted, or another part of it. */
  private _restart(): void {
    this.lines.reset();
    this._text = null;
    this._shown = '';
    this._changed.emit();
    this.refresh();
  }

  private async _read(): Promise<void> {
    this._asked = false;
    const [pod, tail] = [this._pod, this._tail];
    let error = '';
    try {
      const logs = await this._jobs.logs(
        this.owner,
        pod === '' ? undefined : pod,
        Number.isFinite(tail) ? tail : undefined
      );
      if (pod !== this._pod || tail !== this._tail) {
        return;
      }
      this._shown = logs.pod;
      this._take(logs.text);
    } catch (reason) {
      error = messageOf(reason);
    }
    if (error !== this._error) {
      this._error = error;
      this._emit();
    }
  }

  /** The text is sent whole each time; only what is new is put behind the rest. */
  private _take(text: string): void {
    const before = this._text;
    if (text === before) {
      return;
    }
    this._text = text;
    if (before === null || text.startsWith(before)) {
      this.lines.append(text.slice((before ?? '').length));
    } else {
      const gap = this._trans.__('… lines may be missing here …');
      const rejoin = new Rejoin(this.lines, gap);
      rejoin.append(text);
      rejoin.flush();
    }
    this._emit();
  }

  private _emit(): void {
    if (!this.isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<ILogModel, void>(this);
  private readonly _poll: Poll<void>;
  private _asked = false;
  private _atEnd = true;
  private _error = '';
  private _phase: string | null = null;
  private _pod = '';
  /** The pod that the server chose. */
  private _shown = '';
  private _tail = TAIL;
  /** What was read last; `null` before the first answer. */
  private _text: string | null = null;
  private _visible = false;
}
