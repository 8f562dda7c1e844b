import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useRef, useState } from 'react';

import type { Cluster, ClusterPatch, Limits, WorkerGroup } from '../schema';
import { Choice } from './choice';

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

/** Why a draft cannot be applied, as a sentence; empty when it can. */
export function checkDraft(
  draft: IScaleDraft,
  limits: Limits | null,
  trans: TranslationBundle
): string {
  const top = limits?.max_workers ?? Number.MAX_SAFE_INTEGER;
  const fields =
    draft.mode === 'fixed' ? [draft.workers] : [draft.minimum, draft.maximum];
  if (!fields.every(text => /^\d+$/.test(text.trim()))) {
    return trans.__('Enter a whole number of workers.');
  }
  const numbers = fields.map(Number);
  if (numbers.some(value => value > top)) {
    return trans.__('At most %1 workers are allowed here.', top);
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
  const problem = checkDraft(draft, limits, trans);
  const group = groupToScale(cluster)?.name;
  const change = (part: Partial<IScaleDraft>): void => {
    setRefusal('');
    setDraft({ ...draft, ...part });
  };

  useEffect(() => {
    const field = form.current?.querySelector<HTMLInputElement>('[type=text]');
    field?.focus();
    field?.select();
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
      minimum={name === 'maximum' ? 1 : 0}
      maximum={limits?.max_workers ?? null}
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
      {(problem || refusal) !== '' && (
        <p className="jp-Dask-reason jp-mod-error" role="alert">
          {problem || refusal}
        </p>
      )}
      <div className="jp-Dask-actions">
        <button
          type="submit"
          className="jp-Dask-button jp-mod-styled jp-mod-accept"
          disabled={problem !== '' || busy}
        >
          {trans.__('Apply')}
        </button>
        <button
          type="button"
          className="jp-Dask-button"
          onClick={props.onCancel}
        >
          {trans.__('Cancel')}
        </button>
      </div>
    </form>
  );
}

function NumberField(props: {
  label: string;
  value: string;
  minimum: number;
  maximum: number | null;
  trans: TranslationBundle;
  onChange: (value: string) => void;
}): JSX.Element {
  const { label, minimum, trans, value } = props;
  const maximum = props.maximum ?? Number.MAX_SAFE_INTEGER;
  const step = (by: number): void => {
    const next = (Number.parseInt(value, 10) || 0) + by;
    props.onChange(String(Math.min(maximum, Math.max(minimum, next))));
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      event.preventDefault();
      step(event.key === 'ArrowUp' ? 1 : -1);
    }
  };
  return (
    <label className="jp-Dask-number">
      <span className="jp-Dask-number-label">{label}</span>
      <span className="jp-Dask-stepper">
        <button
          type="button"
          tabIndex={-1}
          aria-label={trans.__('%1: one less', label)}
          disabled={Number(value) <= minimum}
          onClick={() => step(-1)}
        >
          −
        </button>
        <input
          type="text"
          inputMode="numeric"
          aria-label={label}
          value={value}
          onChange={event => props.onChange(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <button
          type="button"
          tabIndex={-1}
          aria-label={trans.__('%1: one more', label)}
          disabled={Number(value) >= maximum}
          onClick={() => step(1)}
        >
          +
        </button>
      </span>
    </label>
  );
}
