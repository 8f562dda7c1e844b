import { Clipboard, ReactWidget, UseSignal } from '@jupyterlab/apputils';
import { CodeEditor, IEditorServices } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon, refreshIcon } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import { Panel, Widget } from '@lumino/widgets';
import React from 'react';

import { messageOf } from '../target';
import { IconButton } from './buttons';
import { formatTime } from './format';

/**
 * A resource of Kubernetes as YAML, to read and to copy. It is read when it is first
 * shown, and when one asks for it: a text that changes by itself cannot be read.
 */
export class YamlView extends Panel {
  constructor(private readonly _options: YamlView.IOptions) {
    super();
    this.addClass('jp-Dask-yaml');
    const { editors, trans } = _options;
    this._text = editors
      ? new EditorText(editors, trans.__('YAML, read-only'))
      : new PlainText(trans.__('YAML, read-only'));
    this.addWidget(new YamlHead(this, trans));
    this.addWidget(this._text);
  }

  /** What is shown; empty before the first answer. */
  content = '';

  /** Why the last read failed, as a sentence; empty when it did not. */
  error = '';

  /** When it was read, in ms. */
  time = 0;

  /** Emitted when something changed. */
  readonly changed = new Signal<this, void>(this);

  async reload(): Promise<void> {
    try {
      this.content = await this._options.load();
      this.error = '';
      this.time = Date.now();
      if (!this.isDisposed) {
        this._text.display(this.content);
      }
    } catch (error) {
      this.error = messageOf(error);
    }
    this.changed.emit();
  }

  dispose(): void {
    Signal.clearData(this);
    super.dispose();
  }

  protected onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._start();
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    if (this.isVisible) {
      this._start();
    }
  }

  private _start(): void {
    if (this.time === 0) {
      void this.reload();
    }
  }

  private readonly _text: IText;
}

/**
 * Options of `YamlView`.
 */
export namespace YamlView {
  export interface IOptions {
    /** JupyterLab's editors; without them the text has no colours. */
    editors: IEditorServices | null;
    /** Rejects with an `Error` whose message is one sentence. */
    load: () => Promise<string>;
    trans: TranslationBundle;
  }
}

/** A widget that shows a text. */
interface IText extends Widget {
  display(text: string): void;
}

/** JupyterLab's own editor, which only reads. */
class EditorText extends Widget implements IText {
  constructor(editors: IEditorServices, label: string) {
    super();
    this.addClass('jp-Dask-yaml-text');
    this.node.setAttribute('aria-label', label);
    this._editor = editors.factoryService.newDocumentEditor({
      host: this.node,
      model: this._model,
      config: { readOnly: true, lineNumbers: true }
    });
  }

  display(text: string): void {
    this._model.sharedModel.setSource(text);
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._editor.dispose();
      this._model.dispose();
      super.dispose();
    }
  }

  private readonly _model = new CodeEditor.Model({ mimeType: 'text/x-yaml' });
  private readonly _editor: CodeEditor.IEditor;
}

/** Where there are no editors. */
class PlainText extends Widget implements IText {
  constructor(label: string) {
    super({ node: document.createElement('pre') });
    this.addClass('jp-Dask-yaml-text');
    this.node.tabIndex = 0;
    this.node.setAttribute('aria-label', label);
  }

  display(text: string): void {
    this.node.textContent = text;
  }
}

class YamlHead extends ReactWidget {
  constructor(
    private readonly _view: YamlView,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Dask-yaml-head');
  }

  protected render(): JSX.Element {
    return (
      <UseSignal signal={this._view.changed}>{() => this._head()}</UseSignal>
    );
  }

  private _head(): JSX.Element {
    const [trans, view] = [this._trans, this._view];
    return (
      <>
        <div className="jp-Dask-details-tools">
          <span role="status">{this._status()}</span>
          <span className="jp-Dask-logs-buttons">
            <IconButton
              icon={copyIcon}
              label={trans.__('Copy the YAML')}
              disabled={view.content === ''}
              onClick={() => Clipboard.copyToSystem(view.content)}
            />
            <IconButton
              icon={refreshIcon}
              label={trans.__('Read the YAML again')}
              onClick={() => void view.reload()}
            />
          </span>
        </div>
        {view.error !== '' && (
          <p className="jp-Dask-logs-notice jp-mod-error" role="alert">
            {view.error}
          </p>
        )}
      </>
    );
  }

  private _status(): string {
    const [trans, { error, time }] = [this._trans, this._view];
    if (time === 0) {
      return error === '' ? trans.__('Loading…') : '';
    }
    return trans.__(
      'As Kubernetes had it at %1',
      formatTime(new Date(time).toISOString(), Date.now(), true)
    );
  }
}
