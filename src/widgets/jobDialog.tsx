import { ReactWidget } from '@jupyterlab/apputils';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { JSONSchema7 } from 'json-schema';
import React from 'react';

import '../../style/base.css';
import '../../style/form.css';
import { parsePairs } from '../createdata';
import { keyOf } from '../profiles';
import type { Job, JobCreate, Profile } from '../schema';
import { IJobManager, IProfileCatalog, TRANSLATION_DOMAIN } from '../tokens';
import { ClusterForm } from './clusterForm';
import { ClusterFormModel } from './formModel';
import { Preview } from './preview';
import { ISubmitBody, SubmitDialog } from './submitDialog';

/** A job's cluster ends with it, and its image is that of the runner. */
const NOT_OF_JOBS: ReadonlyArray<string> = [
  'ends',
  'idle_minutes',
  'image',
  'no_client_minutes'
];

/**
 * Ask how to run a notebook or a script. Resolves to the job, or to `null` when the user
 * cancelled. `path` is that of the file below Jupyter's root.
 */
export async function askForJob(options: {
  jobs: IJobManager;
  catalog: IProfileCatalog;
  translator: ITranslator;
  path: string;
}): Promise<Job | null> {
  const { catalog, jobs, path, translator } = options;
  const trans = translator.load(TRANSLATION_DOMAIN);
  const [all, last] = await Promise.all([catalog.read(), catalog.last()]);
  const there = all.profiles.filter(({ backend }) => backend === 'kubernetes');
  const profiles = there.length > 0 ? { ...all, profiles: there } : all;
  const model = new ClusterFormModel(profiles, {
    wanted: [last],
    adjust: profile => jobSchema(profile, trans)
  });
  const dialog = new SubmitDialog({
    title: trans.__('Run as Dask job'),
    body: new JobBody(model, path, jobs, trans),
    accept: trans.__('Run'),
    submit: () => jobs.create(toJob(path, model))
  });
  const job = await dialog.ask();
  if (job) {
    await catalog.remember(keyOf(model.profile));
  }
  return job;
}

/** The form of a job: that of its cluster, with what a runner needs beside it. */
export function jobSchema(
  { defaults, form, source }: Profile,
  trans: TranslationBundle
): JSONSchema7 {
  const schema = form as JSONSchema7;
  const own = source === 'user' ? defaults.image : null;
  const { name, scaling, workers, minimum, maximum, ...rest } =
    schema.properties ?? {};
  for (const field of NOT_OF_JOBS) {
    delete rest[field];
  }
  const properties: Record<string, JSONSchema7 | boolean | undefined> = {
    name,
    scaling,
    workers,
    minimum,
    maximum,
    parameters: {
      type: 'object',
      title: trans.__('Parameters'),
      description: trans.__('Environment variables of the runner.'),
      additionalProperties: { type: 'string' }
    },
    image: {
      type: 'string',
      title: trans.__('Image'),
      description: trans.__('What the runner and the cluster run.'),
      examples: [trans.__('This notebook’s image')],
      ...(own && { default: own })
    },
    ...rest
  };
  const present = Object.entries(properties).filter(
    (entry): entry is [string, JSONSchema7] => entry[1] !== undefined
  );
  return { ...schema, properties: Object.fromEntries(present) };
}

/** The request for a job that a form comes to. */
export function toJob(path: string, model: ClusterFormModel): JobCreate {
  const { image, name, ...cluster } = model.request;
  const parameters = parsePairs(model.data.parameters);
  return {
    path,
    ...(name && { name }),
    ...(image && { image }),
    ...(Object.keys(parameters).length > 0 && { parameters }),
    cluster
  };
}

/**
 * Shows the form; keeps all input when the server refuses.
 */
class JobBody extends ReactWidget implements ISubmitBody {
  constructor(
    private readonly _model: ClusterFormModel,
    private readonly _path: string,
    private readonly _jobs: IJobManager,
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
    const { _jobs: jobs, _model: model, _path: path, _trans: trans } = this;
    return (
      <ClusterForm
        model={model}
        trans={trans}
        before={
          <p className="jp-Dask-Job-source">
            {path.endsWith('.ipynb')
              ? trans.__(
                  '“%1” runs as it is saved now; its result is written beside it.',
                  path
                )
              : trans.__('“%1” runs as it is saved now.', path)}
          </p>
        }
        after={
          <Preview
            title={trans.__('Preview YAML')}
            request={toJob(path, model)}
            load={request => jobs.preview(request)}
            trans={trans}
          />
        }
      />
    );
  }
}
