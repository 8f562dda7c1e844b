import type { IDisposable } from '@lumino/disposable';

/** More text than this is not taken in within one frame of the screen, in characters. */
const BUDGET = 256 * 1024;

/** What we use of the reader of an answer's body. */
export interface IByteReader {
  read(): Promise<{ done: boolean; value?: Uint8Array }>;
  cancel(): Promise<void>;
}

/**
 * Reads a text that the server sends bit by bit. It hands over what has come at most once
 * a frame, and it reads no further than somebody keeps up with: while it is paused, or
 * while a frame is due, nothing is read, and the server waits in turn.
 */
export class TextStream implements IDisposable {
  constructor(private readonly _options: TextStream.IOptions) {
    void this._run();
  }

  get isDisposed(): boolean {
    return this._abort.signal.aborted;
  }

  /** Whether reading stands still; the connection stays. */
  get paused(): boolean {
    return this._paused;
  }
  set paused(value: boolean) {
    this._paused = value;
    if (!value) {
      this._wake?.();
      this._wake = null;
    }
  }

  /** End the connection. Nothing is handed over any more. */
  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._abort.abort();
    cancelAnimationFrame(this._frame);
    this.paused = false;
    this._flushed?.();
    void this._reader?.cancel().catch(() => undefined);
  }

  private async _run(): Promise<void> {
    let error = '';
    let broken = false;
    try {
      await this._read();
    } catch (reason) {
      error = reason instanceof Error ? reason.message : String(reason);
      broken = this._reader !== null;
    }
    if (!this.isDisposed) {
      cancelAnimationFrame(this._frame);
      this._flush();
      // The browser's own words for a lost connection help nobody.
      this._options.onEnd(broken ? '' : error, broken);
    }
  }

  private async _read(): Promise<void> {
    const reader = await this._options.open(this._abort.signal);
    this._reader = reader;
    if (this.isDisposed) {
      void reader.cancel().catch(() => undefined);
      return;
    }
    this._options.onOpen?.();
    const decoder = new TextDecoder();
    for (;;) {
      while (this._paused) {
        await new Promise<void>(resolve => (this._wake = resolve));
      }
      const { done, value } = await reader.read();
      if (done || this.isDisposed) {
        break;
      }
      this._pending += decoder.decode(value, { stream: true });
      this._plan();
      if (this._pending.length > BUDGET) {
        await new Promise<void>(resolve => (this._flushed = resolve));
      }
    }
  }

  private _plan(): void {
    if (this._frame === 0 && !this.isDisposed) {
      this._frame = requestAnimationFrame(() => this._flush());
    }
  }

  private _flush(): void {
    this._frame = 0;
    const text = this._pending;
    this._pending = '';
    if (text !== '') {
      this._options.onText(text);
    }
    this._flushed?.();
    this._flushed = null;
  }

  private readonly _abort = new AbortController();
  private _reader: IByteReader | null = null;
  private _pending = '';
  private _frame = 0;
  private _paused = false;
  private _wake: (() => void) | null = null;
  private _flushed: (() => void) | null = null;
}

/**
 * Options of `TextStream`.
 */
export namespace TextStream {
  export interface IOptions {
    /** Ask for the text; rejects with an `Error` whose message is one sentence. */
    open: (signal: AbortSignal) => Promise<IByteReader>;
    /** The server answers. */
    onOpen?: () => void;
    onText: (text: string) => void;
    /**
     * There is no more: with a sentence if the request failed, else empty. `broken`: the
     * connection was lost on the way.
     */
    onEnd: (error: string, broken: boolean) => void;
  }
}
