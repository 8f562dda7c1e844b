import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon, deleteIcon, ellipsesIcon } from '@jupyterlab/ui-components';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import React, { useEffect, useRef } from 'react';

import type {
  Cluster,
  ClusterPatch,
  GroupCreate,
  Limits,
  WorkerGroup
} from '../schema';
import { CommandIDs, IMetricsFeed } from '../tokens';
import { countWorkers } from '../workers';
import { IconButton } from './buttons';
import { Facts } from './facts';
import { useFrame } from './feed';
import { describeWorkers } from './format';
import { Groups } from './groups';
import { LifetimeEditor } from './lifetime';
import { monitorIcon } from './icons';
import { detailsIcon } from './viewIcons';
import type { IEditing } from './panelState';
import { Phase } from './phase';
import { Readings } from './readings';
import { Reason } from './reason';
import { ScaleEditor } from './scaleEditor';

/**
 * Properties of `Card`.
 */
export interface ICardProps {
  cluster: Cluster;
  commands: CommandRegistry;
  feed: IMetricsFeed;
  limits: Limits | null;
  /** False while nobody can see the card. */
  live: boolean;
  /** Whether there are clusters of more than one backend. */
  mixed: boolean;
  /** The editor that is open on this card, if one is. */
  editing: IEditing | null;
  selected: boolean;
  trans: TranslationBundle;
  /** Who looks; `null` while that is not known. */
  user: string | null;
  onDragStart: (event: React.PointerEvent<HTMLElement>) => void;
  onMenu: (x: number, y: number) => void;
  onSelect: () => void;
  onEdit: (what: IEditing['what'], group?: string) => void;
  onEditEnd: () => void;
  /** These reject with an error whose message the open editor shows. */
  onUpdate: (patch: ClusterPatch) => Promise<void>;
  onAddGroup: (group: GroupCreate) => Promise<void>;
  onScaleGroup: (group: string, workers: number) => Promise<void>;
  /** These tell of errors themselves. */
  onRemoveGroup: (group: WorkerGroup) => void;
  onExtend: () => void;
}

/**
 * One cluster. The selected card is open; the others have one or two rows.
 */
export function Card(props: ICardProps): JSX.Element {
  const { cluster, selected } = props;
  const node = useRef<HTMLLIElement>(null);

  useEffect(() => {
    if (selected) {
      node.current?.scrollIntoView?.({ block: 'nearest' });
    }
  }, [selected]);

  const onContextMenu = (event: React.MouseEvent): void => {
    // With Shift the browser's own menu opens, as everywhere in JupyterLab.
    if (!event.shiftKey) {
      event.preventDefault();
      event.stopPropagation();
      props.onMenu(event.clientX, event.clientY);
    }
  };

  return (
    <li
      ref={node}
      className={`jp-Dask-card jp-mod-${cluster.phase.toLowerCase()}${
        selected ? ' jp-mod-selected' : ''
      }`}
      data-cluster={cluster.name}
      onContextMenu={onContextMenu}
    >
      <CardHeader {...props} />
      {(cluster.phase === 'Pending' || cluster.phase === 'Stopping') && (
        <div className="jp-Dask-progress" />
      )}
      <Reason
        cluster={cluster}
        live={props.live}
        trans={props.trans}
        onDetails={showDetails(props)}
      />
      {selected && <CardBody {...props} />}
    </li>
  );
}

function CardHeader(props: ICardProps): JSX.Element {
  const { cluster, trans } = props;
  const { desired, ready } = countWorkers(cluster);
  const onDetails = showDetails(props);
  const onMenu = (event: React.MouseEvent): void => {
    const { bottom, left } = event.currentTarget.getBoundingClientRect();
    props.onMenu(left, bottom);
  };
  return (
    <div className="jp-Dask-card-header">
      <button
        type="button"
        className="jp-Dask-card-select"
        aria-expanded={props.selected}
        title={trans.__('%1: %2', cluster.name, cluster.phase)}
        onClick={props.onSelect}
        onDoubleClick={onDetails}
        onPointerDown={props.onDragStart}
      >
        <Phase phase={cluster.phase} />
        <span className="jp-Dask-card-title">
          <span className="jp-Dask-card-name">{cluster.name}</span>
          <span
            className="jp-Dask-card-workers"
            title={trans.__('%1 of %2 workers are ready', ready, desired)}
          >
            {describeWorkers(cluster, trans)}
          </span>
        </span>
      </button>
      {onDetails && (
        <IconButton
          icon={detailsIcon}
          label={trans.__('Details of %1', cluster.name)}
          onClick={onDetails}
        />
      )}
      <IconButton
        icon={ellipsesIcon}
        label={trans.__('Actions for %1', cluster.name)}
        onClick={onMenu}
      />
    </div>
  );
}

/** Opens the details of the cluster, where there is such a view. */
function showDetails({
  cluster,
  commands
}: ICardProps): (() => void) | undefined {
  const id = CommandIDs.details;
  return commands.hasCommand(id)
    ? () => void commands.execute(id, { cluster: cluster.name })
    : undefined;
}

/** Opens the monitor of the cluster, where there is such a view. */
function openMonitor({
  cluster,
  commands
}: ICardProps): (() => void) | undefined {
  const id = CommandIDs.monitor;
  return commands.hasCommand(id)
    ? () => void commands.execute(id, { cluster: cluster.name })
    : undefined;
}

function CardBody(props: ICardProps): JSX.Element {
  const { cluster, commands, editing, feed, live, trans } = props;
  const runs = cluster.phase === 'Running';
  const arrival = useFrame(feed, cluster.name, live && runs);
  const connects = commands.hasCommand(CommandIDs.connect);
  return (
    <div className="jp-Dask-card-body">
      <Facts {...props} arrival={live && runs ? arrival : null} />
      {runs && (
        <Readings
          cluster={cluster.name}
          feed={feed}
          frame={arrival.frame}
          told={cluster.reason}
          trans={trans}
          onOpen={openMonitor(props)}
        />
      )}
      <Groups
        cluster={cluster}
        editing={editing}
        limits={props.limits}
        trans={trans}
        onAdd={props.onAddGroup}
        onConnect={
          connects
            ? group =>
                void commands.execute(CommandIDs.connect, {
                  cluster: cluster.name,
                  group
                })
            : undefined
        }
        onEdit={props.onEdit}
        onEditEnd={props.onEditEnd}
        onRemove={props.onRemoveGroup}
        onScale={props.onScaleGroup}
      />
      <Foot {...props} />
    </div>
  );
}

/** The editor that was asked for, or what can be done. */
function Foot(props: ICardProps): JSX.Element {
  const { cluster, editing, trans } = props;
  switch (editing?.what) {
    case 'scale':
      return (
        <ScaleEditor
          cluster={cluster}
          limits={props.limits}
          trans={trans}
          onApply={props.onUpdate}
          onCancel={props.onEditEnd}
        />
      );
    case 'lifetime':
      return (
        <LifetimeEditor
          cluster={cluster}
          trans={trans}
          onApply={props.onUpdate}
          onCancel={props.onEditEnd}
        />
      );
    default:
      return <Actions {...props} />;
  }
}

function Actions(props: ICardProps): JSX.Element {
  const { cluster, commands, trans } = props;
  const args = { cluster: cluster.name };
  const run = (id: string): void => void commands.execute(id, args);
  const text = (id: string, label: string, primary = false) =>
    commands.hasCommand(id) && (
      <button
        type="button"
        className={`jp-Dask-button${primary ? ' jp-mod-styled jp-mod-accept' : ''}`}
        title={commands.caption(id, args)}
        disabled={!commands.isEnabled(id, args)}
        onClick={() => run(id)}
      >
        {label}
      </button>
    );
  const icon = (id: string, labIcon: LabIcon, label: string) =>
    commands.hasCommand(id) &&
    commands.isVisible(id, args) && (
      <IconButton
        icon={labIcon}
        label={label}
        disabled={!commands.isEnabled(id, args)}
        onClick={() => run(id)}
      />
    );
  return (
    <div className="jp-Dask-actions">
      {text(CommandIDs.connect, trans.__('Connect'), true)}
      {text(CommandIDs.openDashboard, trans.__('Dashboard'))}
      {text(CommandIDs.scale, trans.__('Scale'))}
      <span className="jp-Dask-actions-end">
        {icon(CommandIDs.monitor, monitorIcon, trans.__('Cluster monitor'))}
        {icon(CommandIDs.copyAddress, copyIcon, trans.__('Copy address'))}
        {icon(CommandIDs.shutdown, deleteIcon, trans.__('Delete cluster'))}
      </span>
    </div>
  );
}
