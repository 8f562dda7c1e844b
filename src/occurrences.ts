import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import type { Occurrence } from './schema';
import { TextStream } from './textstream';
import type { IClusterManager } from './tokens';

/** So many are kept, the newest; Kubernetes itself forgets them after an hour. */
const MAX = 1000;

/** A stream that is silent for so many ms is dead: the server sends empty lines. */
const SILENCE = 60 * 1000;

/** How soon a stream that broke is asked for again, in ms; doubled up to the last. */
const RETRY = 1000;
const MAX_RETRY = 30 * 1000;

/**
 * What happens to a cluster, as Kubernetes tells it: live while somebody looks.
 */
export class OccurrencesModel implements IDisposable {
  constructor(private readonly _options: OccurrencesModel.IOptions) {}

  /** The newest first. */
  get occurrences(): ReadonlyArray<Occurrence> {
    return this._sorted;
  }

  /** Whether the stream is open: what is shown is all there is. */
  get live(): boolean {
    return this._live;
  }

  /** Why there is no stream, as a sentence; empty when all is well. */
  get error(): string {
    return this._error;
  }

  /** Emitted when something changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Whether somebody looks: the stream ends when nobody does. */
  set visible(value: boolean) {
    if (value === this._visible || this._isDisposed) {
      return;
    }
    this._visible = value;
    if (value) {
      this._open();
    } else {
      this._close();
    }
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._close();
    this._isDisposed = true;
    Signal.clearData(this);
  }

  private _open(): void {
    this._close();
    this._rest = '';
    const { cluster, manager } = this._options;
    this._stream = new TextStream({
      open: signal => manager.events(cluster, signal),
      onOpen: () => {
        this._live = true;
        this._error = '';
        this._changed.emit();
      },
      onText: text => this._take(text),
      onEnd: error => this._plan(error)
    });
    this._expect();
  }

  private _close(): void {
    window.clearTimeout(this._timer);
    this._stream?.dispose();
    this._stream = null;
    this._live = false;
  }

  /** Empty lines say that the stream lives; what is cut off has no end yet. */
  private _take(text: string): void {
    this._retry = RETRY;
    this._expect();
    const { occurrences, rest } = parseOccurrences(this._rest + text);
    this._rest = rest;
    if (occurrences.length === 0) {
      return;
    }
    for (const occurrence of occurrences) {
      this._known.set(occurrence.id, occurrence);
    }
    this._sorted = newestFirst(this._known.values()).slice(0, MAX);
    this._known = new Map(this._sorted.map(one => [one.id, one]));
    this._changed.emit();
  }

  private _expect(): void {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => {
      this._stream?.dispose();
      this._plan('');
    }, SILENCE);
  }

  private _plan(error: string): void {
    window.clearTimeout(this._timer);
    this._live = false;
    this._error = error;
    this._changed.emit();
    this._timer = window.setTimeout(() => this._open(), this._retry);
    this._retry = Math.min(this._retry * 2, MAX_RETRY);
  }

  private readonly _changed = new Signal<this, void>(this);
  private _known = new Map<string, Occurrence>();
  private _sorted: ReadonlyArray<Occurrence> = [];
  private _stream: TextStream | null = null;
  private _rest = '';
  private _error = '';
  private _live = false;
  private _visible = false;
  private _isDisposed = false;
  private _retry = RETRY;
  private _timer = 0;
}

/**
 * Options of `OccurrencesModel`.
 */
export namespace OccurrencesModel {
  export interface IOptions {
    cluster: string;
    manager: IClusterManager;
  }
}

/** Read the whole lines of a stream; `rest` is the one that goes on. */
export function parseOccurrences(text: string): {
  occurrences: Occurrence[];
  rest: string;
} {
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  const occurrences: Occurrence[] = [];
  for (const line of lines) {
    try {
      const one = JSON.parse(line) as Partial<Occurrence> | null;
      if (typeof one?.id === 'string' && typeof one.time === 'string') {
        occurrences.push(one as Occurrence);
      }
    } catch {
      // An empty line, or one that a gateway put in.
    }
  }
  return { occurrences, rest };
}

function newestFirst(occurrences: Iterable<Occurrence>): Occurrence[] {
  // Of the same second, the later one in the stream is the newer one.
  return [...occurrences]
    .reverse()
    .sort((a, b) => Date.parse(b.time) - Date.parse(a.time));
}
