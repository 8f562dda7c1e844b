import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';

import type { Cluster } from '../schema';
import { CommandIDs } from '../tokens';
import { IconButton, TextButton } from './buttons';
import {
  describeOwner,
  describeWorker,
  formatAge,
  formatCount,
  formatTime
} from './format';
import { warningIcon } from './viewIcons';
import { LifetimeLine } from './lifetime';
import { useNow } from './now';
import { Phase } from './phase';
import { Reason } from './reason';

/**
 * Properties of `Overview`.
 */
export interface IOverviewProps {
  cluster: Cluster;
  commands: CommandRegistry;
  live: boolean;
  trans: TranslationBundle;
  /** Who looks; `null` while that is not known. */
  user: string | null;
}

/**
 * What a cluster is: its phase and why, whose it is, where it is, how it ends, its groups.
 */
export function Overview(props: IOverviewProps): JSX.Element {
  const { cluster, trans } = props;
  const ends = cluster.phase === 'Pending' || cluster.phase === 'Running';
  return (
    <div className="jp-Dask-overview">
      <dl className="jp-Dask-overview-facts">
        <dt>{trans.__('Phase')}</dt>
        <dd>
          <span className="jp-Dask-overview-phase">
            <Phase phase={cluster.phase} silent /> {cluster.phase}
          </span>
          <Reason cluster={cluster} live={props.live} trans={trans} />
          <Warnings warnings={cluster.warnings} />
        </dd>
        <Owner {...props} />
        <Address {...props} />
        {ends && (
          <>
            <dt>{trans.__('Ends')}</dt>
            <dd>
              <LifetimeLine
                cluster={cluster}
                arrival={null}
                live={props.live}
                trans={trans}
              />
            </dd>
          </>
        )}
        <dt>{trans.__('Made')}</dt>
        <dd>
          <Made {...props} />
        </dd>
      </dl>
      <h3>{trans.__('Worker groups')}</h3>
      <Groups cluster={cluster} trans={trans} />
    </div>
  );
}

function Warnings(props: { warnings: ReadonlyArray<string> }): JSX.Element {
  return (
    <>
      {props.warnings.map(warning => (
        <p key={warning} className="jp-Dask-warning">
          <warningIcon.react tag="span" width="14px" height="14px" />
          <span>{warning}</span>
        </p>
      ))}
    </>
  );
}

function Owner(props: IOverviewProps): JSX.Element {
  const { cluster, trans, user } = props;
  const other = describeOwner(cluster, user, trans);
  const whose = cluster.shared
    ? trans.__('Shared: provided by the platform')
    : other !== ''
      ? other
      : trans.__('You');
  return (
    <>
      <dt>{trans.__('Owner')}</dt>
      <dd>{whose}</dd>
      {cluster.profile !== '' && (
        <>
          <dt>{trans.__('Profile')}</dt>
          <dd>{cluster.profile}</dd>
        </>
      )}
      <dt>{trans.__('Where')}</dt>
      <dd>
        {cluster.backend === 'local'
          ? trans.__('In processes of this notebook')
          : trans.__('Kubernetes, namespace %1', cluster.namespace ?? '')}
      </dd>
    </>
  );
}

/** The scheduler, and its dashboard. */
function Address(props: IOverviewProps): JSX.Element {
  const { cluster, commands, trans } = props;
  const { name, scheduler_address: address } = cluster;
  const args = { cluster: name };
  const opens =
    commands.hasCommand(CommandIDs.openDashboard) &&
    commands.isEnabled(CommandIDs.openDashboard, args);
  return (
    <>
      <dt>{trans.__('Scheduler')}</dt>
      <dd className="jp-Dask-overview-address">
        {address === null ? (
          cluster.phase === 'Pending' ? (
            trans.__('No address yet')
          ) : (
            '–'
          )
        ) : (
          <>
            <code>{address}</code>
            <IconButton
              icon={copyIcon}
              label={trans.__('Copy the address')}
              onClick={() => Clipboard.copyToSystem(address)}
            />
          </>
        )}
        {commands.hasCommand(CommandIDs.monitor) &&
          commands.isEnabled(CommandIDs.monitor, args) && (
            <TextButton
              onClick={() => void commands.execute(CommandIDs.monitor, args)}
            >
              {trans.__('Monitor')}
            </TextButton>
          )}
        {opens && (
          <TextButton
            onClick={() =>
              void commands.execute(CommandIDs.openDashboard, args)
            }
          >
            {trans.__('Dashboard')}
          </TextButton>
        )}
      </dd>
    </>
  );
}

function Made(props: IOverviewProps): JSX.Element {
  const { cluster, trans } = props;
  const made = Date.parse(cluster.created);
  // As often as what is shown changes.
  const young = Date.now() - made < 60 * 1000;
  const now = useNow(props.live ? (young ? 1000 : 30 * 1000) : null);
  const age = (now - made) / 1000;
  return (
    <time dateTime={cluster.created}>
      {trans.__(
        '%1, %2 ago',
        formatTime(cluster.created, now),
        formatAge(age, trans)
      )}
    </time>
  );
}

function Groups(props: {
  cluster: Cluster;
  trans: TranslationBundle;
}): JSX.Element {
  const { cluster, trans } = props;
  if (cluster.groups.length === 0) {
    return <p>{trans.__('It has no workers.')}</p>;
  }
  // Local workers have none.
  const images = cluster.groups.some(({ image }) => image !== null);
  return (
    <div className="jp-Dask-overview-scroll">
      <table className="jp-Dask-overview-groups">
        <thead>
          <tr>
            <th scope="col">{trans.__('Group')}</th>
            <th scope="col" className="jp-mod-number">
              {trans.__('Ready')}
            </th>
            <th scope="col">{trans.__('Each worker')}</th>
            {images && <th scope="col">{trans.__('Image')}</th>}
          </tr>
        </thead>
        <tbody>
          {cluster.groups.map(group => (
            <tr key={group.name}>
              <th scope="row">{group.name}</th>
              <td className="jp-mod-number">
                {formatCount(group.ready)}/{formatCount(group.desired)}
              </td>
              <td>{describeWorker(group, trans)}</td>
              {images && (
                <td>
                  {group.image === null ? '–' : <code>{group.image}</code>}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
