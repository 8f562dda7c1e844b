import { ReactWidget } from '@jupyterlab/apputils';
import type { Message } from '@lumino/messaging';

import { Visibility } from './visibility';

/**
 * A widget that knows whether a person can see it.
 */
export abstract class LiveWidget extends ReactWidget {
  constructor() {
    super();
    this._visibility.changed.connect((_, visible) => this.onLive(visible));
  }

  /** Whether a person can see it. */
  get live(): boolean {
    return this._visibility.visible;
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._visibility.dispose();
      super.dispose();
    }
  }

  /** Called when `live` changed. */
  protected abstract onLive(live: boolean): void;

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._visibility.shown = this.isVisible;
  }

  protected onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._visibility.shown = true;
  }

  protected onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this._visibility.shown = false;
  }

  protected onBeforeDetach(msg: Message): void {
    this._visibility.shown = false;
    super.onBeforeDetach(msg);
  }

  private readonly _visibility = new Visibility();
}
