import { IDisposable } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';
import { ISignal, Signal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';

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

  /** Tell it of a message that its widget has taken; for `processMessage`. */
  follow(widget: Widget, { type }: Message): void {
    if (type === 'after-attach' || type === 'after-show') {
      this.shown = widget.isVisible;
    } else if (type === 'after-hide' || type === 'before-detach') {
      this.shown = false;
    }
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
