import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { Panel } from '@lumino/widgets';
import type { JSONSchema7 } from 'json-schema';
import React from 'react';

import { ClusterError } from '../client';
import type { Cluster } from '../schema';
import { IClusterManager, TRANSLATION_DOMAIN } from '../tokens';
import { defaultsOf, fieldOf, ICreateData, toRequest } from './createForm';
import type { CreateFields } from './createFields';

/**
 * Ask for a new cluster. Resolves to it, or to `null` when the user cancelled.
 */
export async function askForCluster(
  manager: IClusterManager,
  translator: ITranslator
): Promise<Cluster | null> {
  // The form and its validator are big: they come with the first use.
  const [{ form }, { CreateFields: Fields }] = await Promise.all([
    manager.profiles(),
    import('./createFields')
  ]);
  const trans = translator.load(TRANSLATION_DOMAIN);
  const body = new CreateBody(form as JSONSchema7, Fields, trans);
  const dialog = new CreateDialog(manager, body, trans);
  await dialog.launch();
  return dialog.created;
}

/**
 * A dialog that closes only when the server has accepted what it asks for.
 */
class CreateDialog extends Dialog<null> {
  constructor(
    private readonly _manager: IClusterManager,
    private readonly _form: CreateBody,
    trans: TranslationBundle
  ) {
    const panel = new Panel();
    panel.addWidget(_form);
    super({
      title: trans.__('New cluster'),
      body: panel,
      buttons: [
        Dialog.cancelButton(),
        Dialog.okButton({ label: trans.__('Create') })
      ]
    });
    this.addClass('jp-Dask-CreateDialog');
  }

  /** The new cluster, once there is one. */
  created: Cluster | null = null;

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
    if (key !== 'Enter' || !(target instanceof HTMLElement)) {
      super._evtKeydown(event);
    } else if (target instanceof HTMLTextAreaElement) {
      // It holds one line: Enter submits as it does in the other fields.
      event.preventDefault();
      event.stopPropagation();
      this.resolve();
    } else if (target.closest('summary') === null) {
      // Enter on our fold opens it; everywhere else it submits.
      super._evtKeydown(event);
    }
  }

  private async _submit(): Promise<void> {
    if (this._busy || !this._form.valid) {
      return;
    }
    this._setBusy(true);
    try {
      this.created = await this._manager.create(toRequest(this._form.data));
      super.resolve(1);
    } catch (error) {
      this._setBusy(false);
      this._form.refuse(error);
    }
  }

  private _setBusy(busy: boolean): void {
    this._busy = busy;
    this.toggleClass('jp-mod-busy', busy);
    const accept = this.node.querySelector('button.jp-mod-accept');
    accept?.setAttribute('aria-disabled', String(busy));
  }

  private _busy = false;
}

/**
 * Holds the form's data; keeps all input when the server refuses.
 */
class CreateBody extends ReactWidget {
  constructor(
    private readonly _schema: JSONSchema7,
    private readonly _fields: typeof CreateFields,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.data = defaultsOf(_schema);
  }

  data: ICreateData;
  valid = true;

  /** Show why the server refused, at the field if it named one. */
  refuse(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const field = error instanceof ClusterError ? error.field : null;
    this._refusals = { [fieldOf(field, this._schema)]: message };
    this.update();
  }

  protected render(): JSX.Element {
    const Fields = this._fields;
    return (
      <Fields
        schema={this._schema}
        refusals={this._refusals}
        trans={this._trans}
        onChange={(data, valid) => {
          this.data = data;
          this.valid = valid;
          this._refusals = {};
          this.update();
        }}
      />
    );
  }

  private _refusals: Readonly<Record<string, string>> = {};
}
