import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { Cluster } from '../schema';
import { Decisions } from './decisions';
import type { IArrival } from './feed';
import { describeOwner, describeWorker } from './format';
import { warningIcon } from './viewIcons';
import { LifetimeLine } from './lifetime';

/**
 * Properties of `Facts`.
 */
export interface IFactsProps {
  cluster: Cluster;
  /** The newest reading, while the card is live. */
  arrival: IArrival | null;
  live: boolean;
  /** Whether there are clusters of more than one backend. */
  mixed: boolean;
  trans: TranslationBundle;
  /** Who looks; `null` while that is not known. */
  user: string | null;
  onExtend?: () => void;
}

/**
 * What a card says in words: phase, sizes, the autoscaler, how the cluster ends, whose it is.
 */
export function Facts(props: IFactsProps): JSX.Element {
  const { cluster, mixed, trans } = props;
  const { adapt, phase } = cluster;
  const ends = phase === 'Pending' || phase === 'Running';
  const owner = describeOwner(cluster, props.user, trans);
  return (
    <div className="jp-Dask-facts">
      <Sizes cluster={cluster} trans={trans} />
      {adapt && <Decisions decisions={cluster.decisions} trans={trans} />}
      {ends && (
        <LifetimeLine
          cluster={cluster}
          arrival={props.arrival}
          live={props.live}
          trans={trans}
          onExtend={props.onExtend}
        />
      )}
      {owner !== '' && <div>{owner}</div>}
      {mixed && cluster.backend === 'local' && (
        <div>{trans.__('Runs in processes of this notebook')}</div>
      )}
      {cluster.warnings.map(warning => (
        <p key={warning} className="jp-Dask-warning">
          <warningIcon.react tag="span" width="14px" height="14px" />
          <span>{warning}</span>
        </p>
      ))}
    </div>
  );
}

/** One line: phase, autoscaler, bounds, what a worker has, the profile. */
function Sizes(props: {
  cluster: Cluster;
  trans: TranslationBundle;
}): JSX.Element {
  const { cluster, trans } = props;
  const { adapt, bounds, groups, profile } = cluster;
  const [only] = groups.length === 1 ? groups : [];
  const worker = only ? describeWorker(only, trans) : '';
  return (
    <div>
      <span className="jp-Dask-phaseText">{cluster.phase}</span>
      {adapt && (
        <span>
          {trans.__('adaptive, %1 to %2', adapt.minimum ?? 0, adapt.maximum)}
        </span>
      )}
      {cluster.shared && bounds && (
        <span title={trans.__('It can be scaled within these bounds')}>
          {trans.__('%1 to %2 workers', bounds.minimum, bounds.maximum)}
        </span>
      )}
      {worker !== '' && (
        <span title={only?.image ?? undefined}>
          {trans.__('%1 each', worker)}
        </span>
      )}
      {profile !== '' && (
        <span
          className="jp-Dask-tag"
          title={trans.__('Made with the profile “%1”', profile)}
        >
          {profile}
        </span>
      )}
    </div>
  );
}
