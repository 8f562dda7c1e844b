import { ISignal, Signal } from '@lumino/signaling';

/**
 * The one editor that is open in the panel: what it changes, and of which cluster.
 */
export interface IEditing {
  readonly what: 'scale' | 'lifetime' | 'newGroup' | 'group';
  readonly cluster: string;
  /** The worker group that is scaled (`group` only). */
  readonly group?: string;
}

/**
 * What the panel's parts share and no other plugin needs: the filter, which editor is
 * open, and which job's card.
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

  /** The open editor. */
  get editing(): IEditing | null {
    return this._editing;
  }
  set editing(value: IEditing | null) {
    if (value !== this._editing) {
      this._editing = value;
      this._changed.emit();
    }
  }

  /** The job whose card is open. */
  get job(): string | null {
    return this._job;
  }
  set job(name: string | null) {
    if (name !== this._job) {
      this._job = name;
      this._changed.emit();
    }
  }

  /** Emitted when one of them changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Whether something with these words passes the filter. */
  matches(...words: ReadonlyArray<string>): boolean {
    const query = this._query.trim().toLowerCase();
    return words.some(word => word.toLowerCase().includes(query));
  }

  private readonly _changed = new Signal<this, void>(this);
  private _query = '';
  private _editing: IEditing | null = null;
  private _job: string | null = null;
}
