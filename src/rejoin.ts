import { LogLines, overlap } from './loglines';

/**
 * Puts a log that is read anew behind what is kept of it, so that nothing is there twice:
 * it holds back what comes until that has settled, and looks where the two meet.
 */
export class Rejoin {
  constructor(
    private readonly _kept: LogLines,
    /** What is put between them where they do not meet. */
    private readonly _gap: string
  ) {}

  /** Whether all goes straight through from now on. */
  get done(): boolean {
    return this._fresh === null;
  }

  append(text: string): void {
    if (this._fresh === null) {
      this._kept.append(text);
      return;
    }
    this._fresh.append(text);
    this._last = Date.now();
    if (this._fresh.full) {
      this.flush();
    }
  }

  /** Join the two if nothing has come for a while, or for long. Returns whether it did. */
  settle(): boolean {
    const now = Date.now();
    if (
      this._fresh === null ||
      this._fresh.length === 0 ||
      (now - this._last < Rejoin.QUIET && now - this._began < Rejoin.LONG)
    ) {
      return false;
    }
    this.flush();
    return true;
  }

  /** Join the two now. */
  flush(): void {
    const fresh = this._fresh;
    this._fresh = null;
    if (fresh === null || fresh.length === 0) {
      return;
    }
    const tail = fresh.open ? fresh.at(fresh.end - 1) : '';
    fresh.dropOpen();
    this._kept.dropOpen();
    const known = overlap(this._kept, fresh);
    if (known === null) {
      this._kept.append(`${this._gap}\n`);
    }
    this._kept.append(fresh.text(fresh.first + (known ?? 0)) + tail);
  }

  private _fresh: LogLines | null = new LogLines();
  private _last = 0;
  private readonly _began = Date.now();
}

/**
 * The times of `Rejoin`.
 */
export namespace Rejoin {
  /** What is already there has come when nothing has for so many ms. */
  export const QUIET = 300;

  /** A pod that prints without end is not waited for longer, in ms. */
  export const LONG = 2000;
}
