import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

/**
 * Tells which local clusters were lost with a server that was killed: one notice for all of
 * them, as long as it is there.
 */
export class LostNotice {
  constructor(private readonly _trans: TranslationBundle) {}

  add(name: string): void {
    this._added.push(name);
    if (this._added.length === 1) {
      // They come one by one; a notice that has just popped up would not show a change.
      window.setTimeout(() => this._tell());
    }
  }

  private _tell(): void {
    if (!Notification.manager.has(this._id)) {
      this._names.clear();
    }
    this._added.splice(0).forEach(name => this._names.add(name));
    const message = this._message();
    if (!Notification.update({ id: this._id, message })) {
      this._id = Notification.warning(message, { autoClose: false });
    }
  }

  /** JupyterLab cuts long ones: the names are at the end. */
  private _message(): string {
    const [name, ...others] = this._names;
    return others.length === 0
      ? this._trans.__(
          'Cluster “%1” is gone. Local clusters end with the Jupyter server: perhaps it was started anew.',
          name
        )
      : this._trans.__(
          'Local clusters ended with the Jupyter server; perhaps it was started anew: %1',
          [...this._names].map(name => `“${name}”`).join(', ')
        );
  }

  private readonly _added: string[] = [];
  private readonly _names = new Set<string>();
  private _id = '';
}
