import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useState } from 'react';

import type { OccurrencesModel } from '../occurrences';
import type { Occurrence } from '../schema';
import { LinkButton } from './buttons';
import { useChanged } from './changed';
import { formatCount, formatTime } from './format';
import { warningIcon } from './viewIcons';

/** So many are drawn until more are asked for. */
const SHOWN = 100;

/**
 * What happened to a cluster, as Kubernetes tells it: the newest first.
 */
export function EventList(props: {
  model: OccurrencesModel;
  trans: TranslationBundle;
}): JSX.Element {
  const { model, trans } = props;
  useChanged(model.changed);
  const [onlyWarnings, setOnlyWarnings] = useState(false);
  const [all, setAll] = useState(false);
  const { error, live, occurrences } = model;
  const warnings = occurrences.filter(({ warning }) => warning);
  const wanted = onlyWarnings ? warnings : occurrences;
  const shown = all ? wanted : wanted.slice(0, SHOWN);
  return (
    <div className="jp-Dask-events">
      <div className="jp-Dask-details-tools">
        <label className="jp-Dask-logs-check">
          <input
            type="checkbox"
            checked={onlyWarnings}
            onChange={event => setOnlyWarnings(event.target.checked)}
          />
          {trans.__('Only warnings (%1)', formatCount(warnings.length))}
        </label>
        <span className="jp-Dask-details-amount">
          {live
            ? trans._n('%1 event, live', '%1 events, live', occurrences.length)
            : trans.__('Connecting…')}
        </span>
      </div>
      {error !== '' && (
        <p className="jp-Dask-logs-notice jp-mod-error" role="alert">
          {error}
        </p>
      )}
      {live && wanted.length === 0 && (
        <p className="jp-Dask-details-empty" role="status">
          {onlyWarnings ? trans.__('No warnings.') : trans.__('No events now.')}
        </p>
      )}
      <ol className="jp-Dask-events-list">
        {shown.map(occurrence => (
          <Row key={occurrence.id} occurrence={occurrence} trans={trans} />
        ))}
      </ol>
      {shown.length < wanted.length && (
        <p className="jp-Dask-details-empty">
          <LinkButton onClick={() => setAll(true)}>
            {trans.__('Show all %1', formatCount(wanted.length))}
          </LinkButton>
        </p>
      )}
    </div>
  );
}

const Row = React.memo(
  (props: {
    occurrence: Occurrence;
    trans: TranslationBundle;
  }): JSX.Element => {
    const { occurrence, trans } = props;
    const { count, message, object, reason, time, warning } = occurrence;
    return (
      <li className={warning ? 'jp-mod-warning' : undefined}>
        <time dateTime={time} title={new Date(time).toLocaleString()}>
          {formatTime(time, Date.now(), true)}
        </time>
        <div>
          <div className="jp-Dask-event-head">
            {warning && (
              <>
                <warningIcon.react tag="span" width="14px" height="14px" />
                <span className="jp-Dask-hiddenText">
                  {trans.__('Warning')}
                </span>
              </>
            )}
            <strong>{reason}</strong>
            <span>{object}</span>
            {count > 1 && (
              <span
                className="jp-Dask-event-count"
                title={trans.__('It happened %1 times', formatCount(count))}
              >
                ×{formatCount(count)}
              </span>
            )}
          </div>
          <div className="jp-Dask-event-message">{message}</div>
        </div>
      </li>
    );
  }
);
