import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

/**
 * Whether a person can see a widget: it is shown, and so is the browser's tab.
 */
export class Visibility implements IDisposable {
  constructor() {
    document.addEventListener('visibilitychange', this._update);
  }

  /** True while the widget can be seen. */
  get visible(): boolean {
    return this._visible;
  }

  /** Emitted when `visible` changed. */
  get changed(): ISignal<this, boolean> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Tell whether the widget is shown in its page. */
  set shown(value: boolean) {
    this._shown = value;
    this._update();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this.shown = false;
    this._isDisposed = true;
    document.removeEventListener('visibilitychange', this._update);
    Signal.clearData(this);
  }

  private readonly _update = (): void => {
    const visible = this._shown && !document.hidden;
    if (visible !== this._visible) {
      this._visible = visible;
      this._changed.emit(visible);
    }
  };

  private readonly _changed = new Signal<this, boolean>(this);
  private _shown = false;
  private _visible = false;
  private _isDisposed = false;
}
