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

  processMessage(msg: Message): void {
    super.processMessage(msg);
    this._visibility.follow(this, msg);
  }

  /** Called when `live` changed. */
  protected abstract onLive(live: boolean): void;

  private readonly _visibility = new Visibility();
}
