import type { TranslationBundle } from '@jupyterlab/translation';
import { addIcon, closeIcon, codeIcon } from '@jupyterlab/ui-components';
import React, { useEffect, useRef, useState } from 'react';

import type { Cluster, GroupCreate, Limits, WorkerGroup } from '../schema';
import { IconButton, TextButton } from './buttons';
import { describeWorker } from './format';
import { GroupEditor } from './groupEditor';
import { scaleIcon } from './viewIcons';
import { NumberField } from './numberField';
import type { IEditing } from './panelState';
import { RoomLeft } from './roomLeft';
import { groupToScale } from './scaleEditor';

/**
 * Properties of `Groups`.
 */
export interface IGroupsProps {
  cluster: Cluster;
  /** The editor that is open on this card, if one is. */
  editing: IEditing | null;
  limits: Limits | null;
  trans: TranslationBundle;
  onAdd: (group: GroupCreate) => Promise<void>;
  /** Absent where notebooks cannot be connected. */
  onConnect?: (group: string) => void;
  onEdit: (what: IEditing['what'], group?: string) => void;
  onEditEnd: () => void;
  onRemove: (group: WorkerGroup) => void;
  onScale: (group: string, workers: number) => Promise<void>;
}

/**
 * The worker groups of a cluster, as soon as there are several, and how to get one more.
 */
export function Groups(props: IGroupsProps): JSX.Element | null {
  const { cluster, editing, trans } = props;
  const { groups, phase, shared } = cluster;
  const usable = phase === 'Running' || phase === 'Pending';
  const adding = editing?.what === 'newGroup';
  const offers = usable && !shared && editing === null && groups.length > 0;
  if (groups.length < 2 && !adding && !offers) {
    return null;
  }
  return (
    <div className="jp-Dask-groups">
      {groups.length > 1 && (
        <ul aria-label={trans.__('Worker groups of %1', cluster.name)}>
          {groups.map(group => (
            <Group key={group.name} {...props} group={group} usable={usable} />
          ))}
        </ul>
      )}
      {adding && (
        <GroupEditor
          cluster={cluster}
          limits={props.limits}
          trans={trans}
          onAdd={props.onAdd}
          onCancel={props.onEditEnd}
        />
      )}
      {offers && (
        <button
          type="button"
          className="jp-Dask-quietButton"
          onClick={() => props.onEdit('newGroup')}
        >
          <addIcon.react tag="span" width="14px" height="14px" />
          {trans.__('Add worker group')}
        </button>
      )}
    </div>
  );
}

type GroupProps = IGroupsProps & { group: WorkerGroup; usable: boolean };

function Group(props: GroupProps): JSX.Element {
  const { cluster, editing, group, trans } = props;
  const worker = describeWorker(group, trans);
  const open = editing?.what === 'group' && editing.group === group.name;
  return (
    <li
      className={`jp-Dask-group${open ? ' jp-mod-open' : ''}`}
      data-group={group.name}
    >
      <div className="jp-Dask-group-row">
        <span className="jp-Dask-group-name" title={group.name}>
          {group.name}
        </span>
        <span
          className="jp-Dask-group-count"
          title={trans.__(
            '%1 of %2 workers are ready',
            group.ready,
            group.desired
          )}
        >
          {trans.__('%1/%2', group.ready, group.desired)}
        </span>
        <GroupActions {...props} />
      </div>
      {worker !== '' && (
        <div className="jp-Dask-group-size" title={group.image ?? undefined}>
          {worker}
        </div>
      )}
      {open && (
        <GroupScale
          cluster={cluster}
          group={group}
          limits={props.limits}
          trans={trans}
          onApply={workers => props.onScale(group.name, workers)}
          onCancel={props.onEditEnd}
        />
      )}
    </li>
  );
}

function GroupActions(props: GroupProps): JSX.Element {
  const { cluster, group, onConnect, trans, usable } = props;
  const isDefault = groupToScale(cluster) === group;
  const { name } = group;
  return (
    <span className="jp-Dask-group-actions">
      {onConnect && usable && (
        <IconButton
          icon={codeIcon}
          label={trans.__('Connect notebook to the group %1', name)}
          onClick={() => onConnect(name)}
        />
      )}
      {usable && (
        <IconButton
          icon={scaleIcon}
          label={trans.__('Scale the group %1', name)}
          onClick={() =>
            isDefault ? props.onEdit('scale') : props.onEdit('group', name)
          }
        />
      )}
      {!isDefault && !cluster.shared && usable && (
        <IconButton
          icon={closeIcon}
          label={trans.__('Remove the group %1', name)}
          onClick={() => props.onRemove(group)}
        />
      )}
    </span>
  );
}

/** The number of workers of one group: Enter applies, Escape cancels. */
function GroupScale(props: {
  cluster: Cluster;
  group: WorkerGroup;
  limits: Limits | null;
  trans: TranslationBundle;
  onApply: (workers: number) => Promise<void>;
  onCancel: () => void;
}): JSX.Element {
  const { group, trans } = props;
  const [workers, setWorkers] = useState(String(group.desired));
  const [refusal, setRefusal] = useState('');
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const valid = /^\d+$/.test(workers.trim());

  useEffect(() => {
    const field = form.current?.querySelector<HTMLInputElement>('[type=text]');
    field?.focus();
    field?.select();
  }, []);

  const submit = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    if (!valid || busy) {
      return;
    }
    setBusy(true);
    try {
      await props.onApply(Number(workers));
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };

  return (
    <form
      ref={form}
      className="jp-Dask-groupScale"
      aria-label={trans.__('Scale the group %1', group.name)}
      onSubmit={event => void submit(event)}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          props.onCancel();
        }
        event.stopPropagation();
      }}
      noValidate
    >
      <div className="jp-Dask-actions">
        <NumberField
          label={trans.__('Workers')}
          value={workers}
          minimum={0}
          maximum={props.limits?.max_workers ?? null}
          trans={trans}
          onChange={value => {
            setRefusal('');
            setWorkers(value);
          }}
        />
        <TextButton primary submit disabled={!valid || busy}>
          {trans.__('Apply')}
        </TextButton>
        <TextButton onClick={props.onCancel}>{trans.__('Cancel')}</TextButton>
      </div>
      <RoomLeft cluster={props.cluster} limits={props.limits} />
      {refusal !== '' && (
        <p className="jp-Dask-reason jp-mod-error" role="alert">
          {refusal}
        </p>
      )}
    </form>
  );
}
