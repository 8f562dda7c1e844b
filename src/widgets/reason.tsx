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
  const time = describeElapsed(elapsed, phase === 'Failed', trans);
  return (
    <div
      className={`jp-Dask-reason${phase === 'Failed' ? ' jp-mod-error' : ''}`}
    >
      <p className="jp-Dask-reason-text" title={reason}>
        {reason}
      </p>
      {(onDetails || time !== '') && (
        <div className="jp-Dask-reason-foot">
          {onDetails && (
            <LinkButton
              title={trans.__('Why? Pods, events and logs')}
              onClick={onDetails}
            >
              {trans.__('Details')}
            </LinkButton>
          )}
          {time !== '' && <span>{time}</span>}
        </div>
      )}
    </div>
  );
}

/** For how long it has been so; empty where nobody knows, or it has just begun. */
function describeElapsed(
  elapsed: number | null,
  over: boolean,
  trans: TranslationBundle
): string {
  if (elapsed === null || elapsed <= SHORT) {
    return '';
  }
  const age = formatAge(elapsed, trans);
  return over ? trans.__('%1 ago', age) : trans.__('for %1', age);
}

/** Seconds since a time; brought up to date as often as what is shown changes. */
function useElapsed(since: string | null, live: boolean): number | null {
  const start = since === null ? null : Date.parse(since);
  const short = start !== null && Date.now() - start < 60 * 1000;
  useNow(start !== null && live ? (short ? 1000 : 15 * 1000) : null);
  return start === null ? null : (Date.now() - start) / 1000;
}
