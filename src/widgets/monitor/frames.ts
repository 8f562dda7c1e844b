import type { IDisposable } from '@lumino/disposable';

/** A frame that comes so many ms after it was asked for is one of a slow screen. */
const SLOW = 60;

/** How many jobs are done in such a frame: all of them would make it slower still. */
const MOST = 3;

/**
 * Jobs for the next frames of the screen, by their names: one that is asked for again
 * while it waits is done once. Each has a frame of its own, so that none comes late: what
 * a canvas costs is paid at the end of the frame, and cannot be measured before. Where
 * frames are rare anyway, a few are done in one, or the last would be seconds behind. None
 * is done while nobody can see what it would draw.
 */
export class FrameQueue implements IDisposable {
  /** Whether jobs are done; those of a queue that stands still are kept. */
  set active(active: boolean) {
    this._active = active;
    this._request();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  add(name: string, job: () => void): void {
    if (!this._isDisposed) {
      this._jobs.set(name, job);
      this._request();
    }
  }

  dispose(): void {
    this._isDisposed = true;
    this._jobs.clear();
    cancelAnimationFrame(this._frame);
  }

  private _request(): void {
    if (this._active && this._frame === 0 && this._jobs.size > 0) {
      this._asked = performance.now();
      this._frame = requestAnimationFrame(() => this._run());
    } else if (!this._active) {
      cancelAnimationFrame(this._frame);
      this._frame = 0;
    }
  }

  private _run(): void {
    let most = performance.now() - this._asked > SLOW ? MOST : 1;
    for (const [name, job] of this._jobs) {
      this._jobs.delete(name);
      job();
      most -= 1;
      if (most === 0) {
        break;
      }
    }
    this._frame = 0;
    this._request();
  }

  private readonly _jobs = new Map<string, () => void>();
  private _active = false;
  private _frame = 0;
  private _asked = 0;
  private _isDisposed = false;
}
