import type { TranslationBundle } from '@jupyterlab/translation';
import { deleteIcon, ellipsesIcon, copyIcon } from '@jupyterlab/ui-components';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import React, { useEffect, useRef, useState } from 'react';

import type { Cluster, ClusterPatch, Limits, WorkerGroup } from '../schema';
import { CommandIDs, IMetricsFeed } from '../tokens';
import {
  countWorkers,
  describeLifetime,
  describeOwner,
  describeWorker,
  describeWorkers
} from './format';
import { phaseIcons } from './icons';
import { Readings } from './readings';
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
  scaling: boolean;
  selected: boolean;
  trans: TranslationBundle;
  /** Who looks; `null` while that is not known. */
  user: string | null;
  onDragStart: (event: React.PointerEvent<HTMLElement>) => void;
  onMenu: (x: number, y: number) => void;
  onScale: (patch: ClusterPatch) => Promise<void>;
  onScaleEnd: () => void;
  onSelect: () => void;
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
      {cluster.reason !== '' && (
        <p
          className={`jp-Dask-reason${
            cluster.phase === 'Failed' ? ' jp-mod-error' : ''
          }`}
          // A closed card shows the first lines only.
          title={selected ? undefined : cluster.reason}
        >
          {cluster.reason}
        </p>
      )}
      {selected && <CardBody {...props} />}
    </li>
  );
}

function CardHeader(props: ICardProps): JSX.Element {
  const { cluster, trans } = props;
  const { desired, ready } = countWorkers(cluster);
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
        onPointerDown={props.onDragStart}
      >
        <Phase phase={cluster.phase} />
        <span className="jp-Dask-card-name">{cluster.name}</span>
        <span
          className="jp-Dask-card-workers"
          title={trans.__('%1 of %2 workers are ready', ready, desired)}
        >
          {describeWorkers(cluster, trans)}
        </span>
      </button>
      <IconButton
        icon={ellipsesIcon}
        label={trans.__('Actions for %1', cluster.name)}
        onClick={onMenu}
      />
    </div>
  );
}

function Phase(props: { phase: Cluster['phase'] }): JSX.Element {
  const Icon = phaseIcons[props.phase].react;
  return (
    <span className={`jp-Dask-phase jp-mod-${props.phase.toLowerCase()}`}>
      <Icon tag="span" width="16px" height="16px" />
      <span className="jp-Dask-hiddenText">{props.phase}</span>
    </span>
  );
}

function CardBody(props: ICardProps): JSX.Element {
  const { cluster, trans } = props;
  return (
    <div className="jp-Dask-card-body">
      <Facts {...props} />
      {cluster.phase === 'Running' && (
        <Readings
          cluster={cluster.name}
          feed={props.feed}
          live={props.live}
          trans={trans}
        />
      )}
      {props.scaling ? (
        <ScaleEditor
          cluster={cluster}
          limits={props.limits}
          trans={trans}
          onApply={props.onScale}
          onCancel={props.onScaleEnd}
        />
      ) : (
        <Actions {...props} />
      )}
    </div>
  );
}

function Facts(props: ICardProps): JSX.Element {
  const { cluster, live, trans } = props;
  const now = useNow(live && cluster.lifetime.idle_since !== null);
  const { adapt, groups, phase } = cluster;
  const [only] = groups.length === 1 ? groups : [];
  const worker = only ? describeWorker(only, trans) : '';
  const ends = phase === 'Pending' || phase === 'Running';
  const owner = describeOwner(cluster, props.user, trans);
  return (
    <div className="jp-Dask-facts">
      <div>
        <span className="jp-Dask-phaseText">{cluster.phase}</span>
        {adapt && (
          <span>
            {trans.__('adaptive, %1 to %2', adapt.minimum ?? 0, adapt.maximum)}
          </span>
        )}
        {worker !== '' && (
          <span title={only?.image ?? undefined}>
            {trans.__('%1 each', worker)}
          </span>
        )}
      </div>
      {groups.length > 1 &&
        groups.map(group => (
          <Group key={group.name} group={group} trans={trans} />
        ))}
      {ends && <div>{describeLifetime(cluster, now, trans)}</div>}
      {owner !== '' && <div>{owner}</div>}
    </div>
  );
}

/** One of several worker groups. */
function Group(props: {
  group: WorkerGroup;
  trans: TranslationBundle;
}): JSX.Element {
  const { group, trans } = props;
  const worker = describeWorker(group, trans);
  return (
    <div className="jp-Dask-group" title={group.image ?? undefined}>
      <span>
        {trans.__('%1: %2 of %3', group.name, group.ready, group.desired)}
      </span>
      {worker !== '' && <span>{worker}</span>}
    </div>
  );
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
        {icon(CommandIDs.copyAddress, copyIcon, trans.__('Copy address'))}
        {icon(CommandIDs.shutdown, deleteIcon, trans.__('Delete cluster'))}
      </span>
    </div>
  );
}

function IconButton(props: {
  icon: LabIcon;
  label: string;
  disabled?: boolean;
  onClick: (event: React.MouseEvent) => void;
}): JSX.Element {
  return (
    <button
      type="button"
      className="jp-Dask-iconButton"
      aria-label={props.label}
      title={props.label}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      <props.icon.react tag="span" width="16px" height="16px" />
    </button>
  );
}

/** The time, brought up to date while it is shown. */
function useNow(running: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!running) {
      return undefined;
    }
    setNow(Date.now());
    const timer = window.setInterval(() => setNow(Date.now()), 5000);
    return () => window.clearInterval(timer);
  }, [running]);
  return now;
}
