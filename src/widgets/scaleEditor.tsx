import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useRef, useState } from 'react';

import type { Cluster, ClusterPatch, Limits, WorkerGroup } from '../schema';
import { TextButton } from './buttons';
import { Choice } from './choice';
import { NumberField } from './numberField';
import { RoomLeft } from './roomLeft';

/** The group that the server means where none is named. */
const DEFAULT_GROUP = 'default';

/**
 * What the editor shows; text, since a field may be empty while one types.
 */
export interface IScaleDraft {
  mode: 'fixed' | 'adaptive';
  workers: string;
  minimum: string;
  maximum: string;
}

/**
 * Properties of `ScaleEditor`.
 */
export interface IScaleEditorProps {
  cluster: Cluster;
  limits: Limits | null;
  trans: TranslationBundle;
  /** Rejects with an error whose message is shown below the fields. */
  onApply: (patch: ClusterPatch) => Promise<void>;
  onCancel: () => void;
}

/** The group that is scaled: that of the autoscaler, else the first. */
export function groupToScale(cluster: Cluster): WorkerGroup | undefined {
  const { groups } = cluster;
  return groups.find(({ name }) => name === DEFAULT_GROUP) ?? groups[0];
}

/** The draft that says what a cluster has now. */
export function draftOf(cluster: Cluster): IScaleDraft {
  const desired = groupToScale(cluster)?.desired ?? 0;
  const { adapt } = cluster;
  return {
    mode: adapt ? 'adaptive' : 'fixed',
    workers: String(desired),
    minimum: String(adapt?.minimum ?? 0),
    maximum: String(adapt?.maximum ?? Math.max(1, desired))
  };
}

/** Between which numbers a cluster may be scaled: its own bounds or the server's. */
export function boundsOf(
  cluster: Cluster,
  limits: Limits | null
): { minimum: number; maximum: number | null } {
  return {
    minimum: cluster.bounds?.minimum ?? 0,
    maximum: cluster.bounds?.maximum ?? limits?.max_workers ?? null
  };
}

/** Why a draft cannot be applied, as a sentence; empty when it can. */
export function checkDraft(
  draft: IScaleDraft,
  bounds: { minimum: number; maximum: number | null },
  trans: TranslationBundle
): string {
  const top = bounds.maximum ?? Number.MAX_SAFE_INTEGER;
  const fields =
    draft.mode === 'fixed' ? [draft.workers] : [draft.minimum, draft.maximum];
  if (!fields.every(text => /^\d+$/.test(text.trim()))) {
    return trans.__('Enter a whole number of workers.');
  }
  const numbers = fields.map(Number);
  if (numbers.some(value => value > top)) {
    return trans.__('At most %1 workers are allowed here.', top);
  }
  if (numbers.some(value => value < bounds.minimum)) {
    return trans.__('At least %1 workers are required here.', bounds.minimum);
  }
  if (draft.mode === 'adaptive' && numbers[1] < 1) {
    return trans.__('The maximum must be 1 or more.');
  }
  if (draft.mode === 'adaptive' && numbers[0] > numbers[1]) {
    return trans.__('The minimum is above the maximum.');
  }
  return '';
}

/** The change that a valid draft asks for. */
export function patchOf(
  draft: IScaleDraft,
  group: string = DEFAULT_GROUP
): ClusterPatch {
  return draft.mode === 'fixed'
    ? {
        workers: Number(draft.workers),
        ...(group === DEFAULT_GROUP ? {} : { group })
      }
    : {
        adapt: {
          minimum: Number(draft.minimum),
          maximum: Number(draft.maximum)
        }
      };
}

/**
 * Changes the number of workers in place: Enter applies, Escape cancels.
 */
export function ScaleEditor(props: IScaleEditorProps): JSX.Element {
  const { cluster, limits, trans } = props;
  const [draft, setDraft] = useState(() => draftOf(cluster));
  const [refusal, setRefusal] = useState('');
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const bounds = boundsOf(cluster, limits);
  const problem = checkDraft(draft, bounds, trans);
  const group = groupToScale(cluster)?.name;
  const change = (part: Partial<IScaleDraft>): void => {
    setRefusal('');
    setDraft({ ...draft, ...part });
  };

  useEffect(() => {
    const field = form.current?.querySelector<HTMLInputElement>('[type=text]');
    field?.focus();
    field?.select();
    form.current?.scrollIntoView?.({ block: 'nearest' });
  }, [draft.mode]);

  const submit = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    if (problem !== '' || busy) {
      return;
    }
    setBusy(true);
    try {
      await props.onApply(patchOf(draft, group));
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };

  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'Escape') {
      props.onCancel();
    }
    // Arrow keys belong to the fields here, not to the list of cards.
    event.stopPropagation();
  };

  const number = (label: string, name: 'workers' | 'minimum' | 'maximum') => (
    <NumberField
      label={label}
      value={draft[name]}
      minimum={Math.max(bounds.minimum, name === 'maximum' ? 1 : 0)}
      maximum={bounds.maximum}
      trans={trans}
      onChange={value => change({ [name]: value })}
    />
  );

  return (
    <form
      ref={form}
      className="jp-Dask-scale"
      aria-label={trans.__('Scale %1', cluster.name)}
      onSubmit={event => void submit(event)}
      onKeyDown={onKeyDown}
      noValidate
    >
      <Choice
        label={trans.__('Scaling')}
        name={`scale-${cluster.name}`}
        options={[
          { value: 'fixed', label: trans.__('Fixed') },
          { value: 'adaptive', label: trans.__('Adaptive') }
        ]}
        value={draft.mode}
        onChange={mode => change({ mode: mode as IScaleDraft['mode'] })}
      />
      <div className="jp-Dask-scale-fields">
        {draft.mode === 'fixed' ? (
          number(
            cluster.groups.length > 1
              ? trans.__('Workers of %1', group)
              : trans.__('Workers'),
            'workers'
          )
        ) : (
          <>
            {number(trans.__('Minimum'), 'minimum')}
            {number(trans.__('Maximum'), 'maximum')}
          </>
        )}
      </div>
      {cluster.adapt !== null && draft.mode === 'fixed' && (
        <p className="jp-Dask-note">
          {trans.__(
            'Apply ends the autoscaler: the number stays as you set it.'
          )}
        </p>
      )}
      <RoomLeft cluster={cluster} limits={limits} />
      {(problem || refusal) !== '' && (
        <p className="jp-Dask-reason jp-mod-error" role="alert">
          {problem || refusal}
        </p>
      )}
      <div className="jp-Dask-actions">
        <TextButton primary submit disabled={problem !== '' || busy}>
          {trans.__('Apply')}
        </TextButton>
        <TextButton onClick={props.onCancel}>{trans.__('Cancel')}</TextButton>
      </div>
    </form>
  );
}
