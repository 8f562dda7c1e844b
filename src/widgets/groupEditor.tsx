import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useRef, useState } from 'react';

import { ClusterError } from '../client';
import {
  checkGroup,
  DraftErrors,
  draftField,
  EMPTY_DRAFT,
  groupRequest,
  IGroupDraft
} from '../groupdraft';
import type { Cluster, GroupCreate, Limits } from '../schema';
import { TextButton } from './buttons';
import { NumberField } from './numberField';
import { RoomLeft } from './roomLeft';

/** What a field may look like; no words of any language. */
const EXAMPLES: Partial<Record<keyof IGroupDraft, string>> = {
  name: 'highmem',
  memory: '8 GiB',
  command: 'dask-cuda-worker',
  env: 'OMP_NUM_THREADS=1',
  nodeSelector: 'disktype=ssd',
  tolerations: 'nvidia.com/gpu:NoSchedule'
};

/** The fields beside each other; what is wrong with them stands below all. */
const SMALL = ['workers', 'threads', 'cpu', 'memory', 'gpus'] as const;

/**
 * Properties of `GroupEditor`.
 */
export interface IGroupEditorProps {
  cluster: Cluster;
  limits: Limits | null;
  trans: TranslationBundle;
  /** Rejects with an error whose message is shown at its field, or below all. */
  onAdd: (group: GroupCreate) => Promise<void>;
  onCancel: () => void;
}

/**
 * Adds a worker group, in place: Enter adds it, Escape cancels.
 */
export function GroupEditor(props: IGroupEditorProps): JSX.Element {
  const { cluster, limits, trans } = props;
  const [draft, setDraft] = useState<IGroupDraft>(() => ({ ...EMPTY_DRAFT }));
  const [refused, setRefused] = useState<DraftErrors>({});
  const [refusal, setRefusal] = useState('');
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const taken = cluster.groups.map(({ name }) => name);
  const errors = { ...refused, ...checkGroup(draft, taken, trans) };
  const ready =
    draft.name.trim() !== '' &&
    Object.keys(checkGroup(draft, taken, trans)).length === 0;

  useEffect(() => {
    form.current?.querySelector<HTMLInputElement>('input')?.focus();
    form.current?.scrollIntoView?.({ block: 'nearest' });
  }, []);

  const change = (name: keyof IGroupDraft, value: string): void => {
    setRefusal('');
    setRefused({ ...refused, [name]: undefined });
    setDraft({ ...draft, [name]: value });
  };

  const submit = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    if (!ready || busy) {
      return;
    }
    setBusy(true);
    try {
      await props.onAdd(groupRequest(draft));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const field =
        error instanceof ClusterError ? draftField(error.field) : null;
      if (field !== null) {
        setRefused({ [field]: message });
      } else {
        setRefusal(message);
      }
      setBusy(false);
    }
  };

  const fields: IFieldsProps = { draft, errors, trans, onChange: change };
  return (
    <form
      ref={form}
      className="jp-Dask-editor jp-Dask-newGroup"
      aria-label={trans.__('New worker group of %1', cluster.name)}
      onSubmit={event => void submit(event)}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          props.onCancel();
        }
        event.stopPropagation();
      }}
      noValidate
    >
      <Text {...fields} name="name" label={trans.__('Name')} />
      <div className="jp-Dask-editor-fields">
        <NumberField
          label={trans.__('Workers')}
          value={draft.workers}
          minimum={0}
          maximum={limits?.max_workers ?? null}
          trans={trans}
          onChange={value => change('workers', value)}
        />
        <Sizes {...fields} backend={cluster.backend} />
      </div>
      {SMALL.map(name => (
        <FieldError key={name} message={errors[name]} />
      ))}
      <RoomLeft cluster={cluster} limits={limits} />
      <More {...fields} backend={cluster.backend} />
      {refusal !== '' && (
        <p className="jp-Dask-reason jp-mod-error" role="alert">
          {refusal}
        </p>
      )}
      <div className="jp-Dask-actions">
        <TextButton primary submit disabled={!ready || busy}>
          {trans.__('Add')}
        </TextButton>
        <TextButton onClick={props.onCancel}>{trans.__('Cancel')}</TextButton>
      </div>
    </form>
  );
}

interface IFieldsProps {
  draft: IGroupDraft;
  errors: DraftErrors;
  trans: TranslationBundle;
  onChange: (name: keyof IGroupDraft, value: string) => void;
}

/** What each worker gets. */
function Sizes(
  props: IFieldsProps & { backend: Cluster['backend'] }
): JSX.Element {
  const { backend, trans } = props;
  return (
    <>
      {backend === 'local' ? (
        <Text {...props} small name="threads" label={trans.__('Threads')} />
      ) : (
        <Text {...props} small name="cpu" label={trans.__('CPU')} />
      )}
      <Text {...props} small name="memory" label={trans.__('Memory')} />
      {backend === 'kubernetes' && (
        <Text {...props} small name="gpus" label={trans.__('GPUs')} />
      )}
    </>
  );
}

/** What few people need; open while something in it is refused. */
function More(
  props: IFieldsProps & { backend: Cluster['backend'] }
): JSX.Element {
  const { backend, errors, trans } = props;
  const refused = (
    ['image', 'command', 'env', 'nodeSelector', 'tolerations'] as const
  ).some(name => errors[name] !== undefined);
  return (
    <details className="jp-Dask-form-more" open={refused || undefined}>
      <summary>{trans.__('More')}</summary>
      <div className="jp-Dask-editor-more">
        {backend === 'kubernetes' && (
          <>
            <Text {...props} name="image" label={trans.__('Image')} />
            <Text
              {...props}
              name="command"
              label={trans.__('Worker command')}
            />
          </>
        )}
        <Text {...props} lines name="env" label={trans.__('Environment')} />
        {backend === 'kubernetes' && (
          <>
            <Text
              {...props}
              lines
              name="nodeSelector"
              label={trans.__('Node selector')}
            />
            <Text
              {...props}
              lines
              name="tolerations"
              label={trans.__('Tolerations')}
            />
          </>
        )}
      </div>
    </details>
  );
}

function Text(
  props: IFieldsProps & {
    name: keyof IGroupDraft;
    label: string;
    small?: boolean;
    lines?: boolean;
  }
): JSX.Element {
  const { draft, errors, label, name } = props;
  const error = errors[name];
  const common = {
    value: draft[name],
    placeholder: EXAMPLES[name],
    'aria-invalid': error !== undefined,
    spellCheck: false,
    onChange: (
      event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>
    ): void => props.onChange(name, event.target.value)
  };
  return (
    <label
      className={`jp-Dask-editor-field${props.small ? ' jp-mod-small' : ''}`}
    >
      <span className="jp-Dask-number-label">{label}</span>
      {props.lines ? (
        <textarea rows={2} {...common} />
      ) : (
        <input type="text" autoComplete="off" {...common} />
      )}
      {!props.small && <FieldError message={error} />}
    </label>
  );
}

function FieldError(props: { message?: string }): JSX.Element | null {
  return props.message === undefined ? null : (
    <span className="jp-Dask-field-error" role="alert">
      {props.message}
    </span>
  );
}
