import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { Cluster } from '../schema';
import { LinkButton } from './buttons';
import { formatAge } from './format';
import { useNow } from './now';

/** What lasts no longer than this needs no number, in s. */
const SHORT = 3;

/**
 * Properties of `Reason`.
 */
export interface IReasonProps {
  cluster: Pick<Cluster, 'phase' | 'reason' | 'since'>;
  /** False while nobody can see it. */
  live: boolean;
  trans: TranslationBundle;
  /** Where there is more to read. */
  onDetails?: () => void;
}

/**
 * The sentence that says what a cluster waits for, and for how long it has.
 */
export function Reason(props: IReasonProps): JSX.Element | null {
  const { cluster, onDetails, trans } = props;
  const { phase, reason, since } = cluster;
  const elapsed = useElapsed(reason === '' ? null : since, props.live);
  if (reason === '') {
    return null;
  }
  const time =
    elapsed !== null && elapsed > SHORT
      ? trans.__(' (%1)', formatAge(elapsed, trans))
      : '';
  return (
    <div
      className={`jp-Dask-reason${phase === 'Failed' ? ' jp-mod-error' : ''}`}
    >
      <p className="jp-Dask-reason-text" title={reason}>
        {reason}
        {time !== '' && <span className="jp-Dask-reason-time">{time}</span>}
      </p>
      {onDetails && (
        <LinkButton
          title={trans.__('Why? Pods, events and logs')}
          onClick={onDetails}
        >
          {trans.__('Details')}
        </LinkButton>
      )}
    </div>
  );
}

/** Seconds since a time; brought up to date as often as what is shown changes. */
function useElapsed(since: string | null, live: boolean): number | null {
  const start = since === null ? null : Date.parse(since);
  const short = start !== null && Date.now() - start < 60 * 1000;
  useNow(start !== null && live ? (short ? 1000 : 15 * 1000) : null);
  return start === null ? null : (Date.now() - start) / 1000;
}
