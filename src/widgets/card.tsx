import type { TranslationBundle } from '@jupyterlab/translation';
import { deleteIcon, ellipsesIcon, copyIcon } from '@jupyterlab/ui-components';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import React, { useEffect, useRef, useState } from 'react';

import type { Cluster, ClusterPatch, Limits } from '../schema';
import { CommandIDs, IMetricsFeed } from '../tokens';
import { countWorkers, describeLifetime, describeWorker } from './format';
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
      {cluster.phase === 'Pending' && <div className="jp-Dask-progress" />}
      {cluster.reason !== '' && (
        <p
          className={`jp-Dask-reason${
            cluster.phase === 'Failed' ? ' jp-mod-error' : ''
          }`}
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
          {trans._n('%2/%1 worker', '%2/%1 workers', desired, ready)}
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
  const worker = cluster.groups[0]
    ? describeWorker(cluster.groups[0], trans)
    : '';
  const { adapt } = cluster;
  return (
    <div className="jp-Dask-facts">
      <div>
        <span className="jp-Dask-phaseText">{cluster.phase}</span>
        {adapt && (
          <span>
            {trans.__('adaptive, %1 to %2', adapt.minimum ?? 0, adapt.maximum)}
          </span>
        )}
        {worker !== '' && <span>{trans.__('%1 each', worker)}</span>}
      </div>
      <div>{describeLifetime(cluster, now, trans)}</div>
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
