import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import { Panel } from '@lumino/widgets';

/** What takes the focus in a form; of radio buttons, the one that Tab goes to. */
const FIELD =
  'input:not([type="radio"], :disabled), input:checked, select, textarea, button, summary';

/**
 * The body of a dialog that asks the server for something.
 */
export interface ISubmitBody extends ReactWidget {
  /** Whether it can be asked for. */
  readonly valid: boolean;
  /** Show why it was refused. */
  refuse(error: unknown): void;
}

/**
 * A dialog that closes only when the server has accepted what it asks for; all input
 * stays when it refuses.
 */
export class SubmitDialog<T> extends Dialog<null> {
  constructor(private readonly _options: SubmitDialog.IOptions<T>) {
    const panel = new Panel();
    panel.addWidget(_options.body);
    super({
      title: _options.title,
      body: panel,
      buttons: [
        Dialog.cancelButton(),
        Dialog.okButton({ label: _options.accept })
      ]
    });
    this.addClass('jp-Dask-CreateDialog');
  }

  /** Show the dialog. Resolves to what was made, or to `null` on Cancel. */
  async ask(): Promise<T | null> {
    await this.launch();
    return this._result;
  }

  resolve(index?: number): void {
    // The first button is Cancel.
    if (index === 0) {
      super.resolve(index);
    } else {
      void this._submit();
    }
  }

  protected _evtKeydown(event: KeyboardEvent): void {
    const { key, target } = event;
    if (key === 'Tab' && !event.shiftKey && target === this._lastButton()) {
      // The dialog has looked for its first field before the form was drawn.
      event.preventDefault();
      event.stopPropagation();
      this.node.querySelector<HTMLElement>(FIELD)?.focus();
    } else if (key !== 'Enter' || !(target instanceof HTMLElement)) {
      super._evtKeydown(event);
    } else if (submits(event, target)) {
      event.preventDefault();
      event.stopPropagation();
      this.resolve();
    } else if (target.closest('.jp-Dialog-footer') !== null) {
      super._evtKeydown(event);
    }
    // Everything else knows by itself what Enter means there.
  }

  private async _submit(): Promise<void> {
    const { body, submit } = this._options;
    if (this._busy || !body.valid) {
      return;
    }
    this._setBusy(true);
    try {
      this._result = await submit();
      super.resolve(1);
    } catch (error) {
      this._setBusy(false);
      body.refuse(error);
    }
  }

  /** The last that Tab goes to; the one that submits is not always enabled. */
  private _lastButton(): Element | undefined {
    const buttons = '.jp-Dialog-footer button:not(:disabled)';
    return [...this.node.querySelectorAll(buttons)].pop();
  }

  private _setBusy(busy: boolean): void {
    this._busy = busy;
    this.toggleClass('jp-mod-busy', busy);
    const accept = this.node.querySelector('button.jp-mod-accept');
    accept?.setAttribute('aria-disabled', String(busy));
  }

  private _busy = false;
  private _result: T | null = null;
}

/**
 * Options of `SubmitDialog`.
 */
export namespace SubmitDialog {
  export interface IOptions<T> {
    title: string;
    body: ISubmitBody;
    /** The label of the button that submits. */
    accept: string;
    submit: () => Promise<T>;
  }
}

/** Whether Enter asks the server: in fields of one line, anywhere with Ctrl or Cmd. */
function submits(event: KeyboardEvent, target: HTMLElement): boolean {
  const own = target.closest('.jp-Dialog-body') === null;
  // A small form within the form.
  if (own || target.closest('[data-enter="own"]') !== null) {
    return false;
  }
  if (event.ctrlKey || event.metaKey) {
    return true;
  }
  return target instanceof HTMLTextAreaElement
    ? target.rows === 1
    : target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
}
