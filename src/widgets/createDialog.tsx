import { ReactWidget } from '@jupyterlab/apputils';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import '../../style/base.css';
import '../../style/form.css';
import { ICreateData, toFields, toText } from '../createdata';
import { keyOf } from '../profiles';
import type { Cluster, ClusterCreate } from '../schema';
import {
  IClusterManager,
  IProfileCatalog,
  TRANSLATION_DOMAIN
} from '../tokens';
import { ClusterForm } from './clusterForm';
import { ClusterFormModel } from './formModel';
import { Preview } from './preview';
import { SaveProfile } from './saveProfile';
import { ISubmitBody, SubmitDialog } from './submitDialog';

/**
 * Options of `askForCluster`.
 */
export interface IAskOptions {
  manager: IClusterManager;
  catalog: IProfileCatalog;
  translator: ITranslator;
  /** The name of the profile to begin with; without one, the last one used. */
  profile?: string;
  /** What to begin with instead of the profile's defaults. */
  request?: ClusterCreate;
  /** Offer only profiles of this backend. */
  backend?: Cluster['backend'];
  title?: string;
}

/**
 * Ask for a new cluster. Resolves to it, or to `null` when the user cancelled.
 */
export async function askForCluster(
  options: IAskOptions
): Promise<Cluster | null> {
  const { backend, catalog, manager, translator } = options;
  const trans = translator.load(TRANSLATION_DOMAIN);
  const [all, last] = await Promise.all([catalog.read(), catalog.last()]);
  const there = all.profiles.filter(
    profile => backend === undefined || profile.backend === backend
  );
  // A server with no profile of that backend still has the form of its default.
  const profiles = there.length > 0 ? { ...all, profiles: there } : all;
  const model = new ClusterFormModel(profiles, {
    wanted: [options.profile, last],
    typed: dataOf(options.request),
    groups: options.request?.groups ?? []
  });
  const dialog = new SubmitDialog({
    title: options.title ?? trans.__('New cluster'),
    body: new CreateBody(model, manager, catalog, trans),
    accept: trans.__('Create'),
    submit: () => manager.create(model.request)
  });
  const cluster = await dialog.ask();
  if (cluster) {
    await catalog.remember(keyOf(model.profile));
  }
  return cluster;
}

/** What a request says, as the form has it. */
export function dataOf(request: ClusterCreate | undefined): ICreateData {
  return Object.fromEntries(
    Object.entries(toFields(request ?? {})).map(([field, value]) => [
      field,
      toText(value)
    ])
  );
}

/**
 * Shows the form; keeps all input when the server refuses.
 */
class CreateBody extends ReactWidget implements ISubmitBody {
  constructor(
    private readonly _model: ClusterFormModel,
    private readonly _manager: IClusterManager,
    private readonly _catalog: IProfileCatalog,
    private readonly _trans: TranslationBundle
  ) {
    super();
    _model.changed.connect(() => this.update());
  }

  get valid(): boolean {
    return this._model.valid;
  }

  refuse(error: unknown): void {
    this._model.refuse(error);
  }

  protected render(): JSX.Element {
    const { _manager: manager, _model: model, _trans: trans } = this;
    const local = model.profile.backend === 'local';
    return (
      <ClusterForm
        model={model}
        trans={trans}
        after={
          <>
            <Preview
              title={
                local ? trans.__('Preview Python') : trans.__('Preview YAML')
              }
              request={model.request}
              load={request => manager.preview(request)}
              trans={trans}
            />
            <SaveProfile model={model} catalog={this._catalog} trans={trans} />
          </>
        }
      />
    );
  }
}
