import { ISignal, Signal } from '@lumino/signaling';

/**
 * What the panel's parts share and no other plugin needs: the filter, and which
 * card has its scale editor open.
 */
export class PanelState {
  /** What the user typed into the filter. */
  get query(): string {
    return this._query;
  }
  set query(value: string) {
    if (value !== this._query) {
      this._query = value;
      this._changed.emit();
    }
  }

  /** The cluster whose scale editor is open. */
  get scaling(): string | null {
    return this._scaling;
  }
  set scaling(name: string | null) {
    if (name !== this._scaling) {
      this._scaling = name;
      this._changed.emit();
    }
  }

  /** Emitted when one of them changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Whether a name passes the filter. */
  matches(name: string): boolean {
    return name.toLowerCase().includes(this._query.trim().toLowerCase());
  }

  private readonly _changed = new Signal<this, void>(this);
  private _query = '';
  private _scaling: string | null = null;
}
