import type { Event } from '@jupyterlab/services';
import { DisposableDelegate, IDisposable } from '@lumino/disposable';
import { Debouncer, IPoll, Poll } from '@lumino/polling';
import { Signal } from '@lumino/signaling';

import type { IHints } from './hints';
import type { ClusterEvent } from './schema';

/** The schema of our hints on Jupyter's event bus (see events.py). */
export const EVENT_SCHEMA =
  'https://schema.jupyter.org/jupyter_dask_k8s/clusters/v1';

/** The safety net: how often a visible view reads without a hint, in ms. */
export const SAFETY_INTERVAL = 60 * 1000;

/** Stands for all hints that nobody heard. */
const MISSED: ClusterEvent = {
  action: 'changed',
  kind: 'cluster',
  name: '',
  reason: ''
};

/** Hints come in bursts; this many ms after the last one is read. */
const HINT_DELAY = 60;

/**
 * When to read: on a hint of the server, when asked to, and slowly by itself while
 * somebody looks. What is read, its owner says.
 */
export class Reader implements IDisposable {
  constructor(private readonly _options: Reader.IOptions) {
    this._hints = _options.hints ?? null;
    this._hints?.stream.connect(this._onEvent, this);
    this._hints?.missed?.connect(this._onMissed, this);
    this._hint = new Debouncer(() => this.readNow(), HINT_DELAY);
    this._poll = new Poll({
      auto: false,
      factory: () => this._read(),
      frequency: every(SAFETY_INTERVAL),
      // Somebody must look, unless a read was asked for.
      standby: () => !this._asked && (this._lookers === 0 || document.hidden),
      name: _options.name
    });
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._hints?.stream.disconnect(this._onEvent, this);
    this._hints?.missed?.disconnect(this._onMissed, this);
    this._hint.dispose();
    this._poll.dispose();
    Signal.clearData(this);
  }

  /** Say that a view is visible, until the returned object is disposed. */
  look(): IDisposable {
    this._lookers += 1;
    if (this._lookers === 1 && Date.now() - this._lastRead > SAFETY_INTERVAL) {
      void this.readNow();
    }
    return new DisposableDelegate(() => {
      this._lookers -= 1;
    });
  }

  /** Read at once, whether somebody looks or not. Never rejects. */
  async readNow(): Promise<void> {
    if (this.isDisposed) {
      return;
    }
    this._asked = true;
    await this._poll.refresh();
    await this._poll.tick;
  }

  private _onEvent(_: unknown, emission: Event.Emission): void {
    if (
      emission.schema_id === EVENT_SCHEMA &&
      this._options.onHint(emission as unknown as ClusterEvent)
    ) {
      void this._hint.invoke();
    }
  }

  /** Nobody knows what happened meanwhile: it is as if the server were new. */
  private _onMissed(): void {
    if (this._options.onHint(MISSED)) {
      void this._hint.invoke();
    }
  }

  /** Read until nothing was asked for meanwhile: what came in between is not lost. */
  private _read(): Promise<void> {
    const readAll = async (): Promise<void> => {
      do {
        const asked = this._asked;
        this._asked = false;
        this._lastRead = Date.now();
        this._poll.frequency = every(await this._options.read(asked));
      } while (this._asked && !this.isDisposed);
    };
    this._reading ??= readAll().finally(() => {
      this._reading = null;
    });
    return this._reading;
  }

  private readonly _hints: IHints | null;
  private readonly _hint: Debouncer;
  private readonly _poll: Poll<void>;
  private _asked = false;
  private _reading: Promise<void> | null = null;
  private _lookers = 0;
  private _lastRead = 0;
}

/**
 * Options of `Reader`.
 */
export namespace Reader {
  export interface IOptions {
    /** The name of the poll. */
    name: string;
    /** Jupyter's events; without them only the slow poll brings changes. */
    hints?: IHints;
    /**
     * Read. `asked`: because of a hint or a wish, not because time went by. Never
     * rejects; resolves to when to read again while somebody looks, in ms.
     */
    read: (asked: boolean) => Promise<number>;
    /** Whether a hint is a reason to read. */
    onHint: (event: ClusterEvent) => boolean;
  }
}

/** A constant rhythm for a poll, no slower than the safety net. */
function every(ms: number): IPoll.Frequency {
  const interval = Math.min(ms, SAFETY_INTERVAL);
  return { interval, backoff: false, max: SAFETY_INTERVAL };
}
