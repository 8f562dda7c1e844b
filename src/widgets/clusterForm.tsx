import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useRef } from 'react';

import { keyOf } from '../profiles';
import { CreateFields } from './createFields';
import type { ClusterFormModel } from './formModel';
import { ProfileChooser } from './profileChooser';

/**
 * Properties of `ClusterForm`.
 */
export interface IClusterFormProps {
  model: ClusterFormModel;
  trans: TranslationBundle;
  /** What comes first, below the profiles. */
  before?: React.ReactNode;
  /** What comes last. */
  after?: React.ReactNode;
}

/**
 * Profile, fields and what is wrong: the form of a cluster, alone or beside a job.
 */
export function ClusterForm(props: IClusterFormProps): JSX.Element {
  const { model, trans } = props;
  const node = useRef<HTMLDivElement>(null);
  const key = keyOf(model.profile);

  useEffect(() => {
    // The chosen profile is most often the right one: typing begins behind it.
    node.current
      ?.querySelector<HTMLInputElement>('input:not([type="radio"])')
      ?.focus();
  }, []);

  return (
    <div className="jp-Dask-form" ref={node}>
      {model.refusals[''] && (
        <p className="jp-Dask-form-error" role="alert">
          {model.refusals['']}
        </p>
      )}
      <ProfileChooser
        profiles={model.profiles.profiles}
        value={key}
        trans={trans}
        onChange={chosen => model.choose(chosen)}
      />
      {props.before}
      <CreateFields
        // Another profile is another form; it must not inherit what this one found.
        key={key}
        schema={model.schema}
        data={model.data}
        refusals={model.refusals}
        trans={trans}
        onChange={(data, valid) => model.change(data, valid)}
      />
      {props.after}
    </div>
  );
}
