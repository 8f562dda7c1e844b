import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useState } from 'react';

import { formatTime } from './format';
import { clusterIcon } from './icons';
import { warningIcon } from './viewIcons';

/** About so many characters fit into the lines that a notice has at first. */
const LONG = 120;

/** Before the first answer. */
export function Loading(props: { trans: TranslationBundle }): JSX.Element {
  return (
    <div className="jp-Dask-state" role="status">
      <div className="jp-Dask-progress" />
      <p>{props.trans.__('Loading clusters…')}</p>
    </div>
  );
}

/** One sentence in place of the cards. */
export function Notice(props: { message: string }): JSX.Element {
  return (
    <div className="jp-Dask-state" role="status">
      <p>{props.message}</p>
    </div>
  );
}

/** The server has no list yet, and why; the list comes by itself. */
export function Waiting(props: {
  message: string;
  /** What is missing, as the status has it; then waiting alone may not help. */
  missing: ReadonlyArray<string>;
  trans: TranslationBundle;
  onDoctor?: () => void;
}): JSX.Element {
  const { message, missing, trans } = props;
  return (
    <div className="jp-Dask-state" role="status">
      {missing.length === 0 && <div className="jp-Dask-progress" />}
      <h3>{whatIsMissing(missing, trans)}</h3>
      <Sentences message={message} trans={trans} />
      {missing.length > 0 && (
        <p className="jp-Dask-trouble-effect">
          {trans.__('Clusters appear here as soon as that is mended.')}
        </p>
      )}
      {props.onDoctor && (
        <DoctorButton trans={trans} onClick={props.onDoctor} />
      )}
    </div>
  );
}

function whatIsMissing(
  missing: ReadonlyArray<string>,
  trans: TranslationBundle
): string {
  if (missing.includes('api')) {
    return trans.__('Kubernetes cannot be reached');
  }
  if (missing.includes('permission')) {
    return trans.__('You may not see clusters here');
  }
  return missing.includes('operator')
    ? trans.__('There is no Dask operator')
    : trans.__('Looking for clusters…');
}

/** What the server says: its first lines, and the rest for those who want it. */
function Sentences(props: {
  message: string;
  trans: TranslationBundle;
}): JSX.Element {
  const { message, trans } = props;
  const [whole, setWhole] = useState(false);
  return (
    <>
      <p className={whole ? '' : 'jp-mod-clamped'} title={message}>
        {message}
      </p>
      {message.length > LONG && (
        <button
          type="button"
          className="jp-Dask-link"
          aria-expanded={whole}
          onClick={() => setWhole(!whole)}
        >
          {whole ? trans.__('Less') : trans.__('More')}
        </button>
      )}
    </>
  );
}

/** The list may be old or not whole, and why; it stays usable. */
export function Trouble(props: {
  message: string;
  /** Since when the list may be old, as ISO 8601; `null` while it is not. */
  since: string | null;
  trans: TranslationBundle;
  /** Checks the installation, where that can be done and may help. */
  onDoctor?: () => void;
}): JSX.Element {
  const { message, since, trans } = props;
  return (
    <div className="jp-Dask-trouble" role="status">
      <warningIcon.react tag="span" width="16px" height="16px" />
      <div>
        <Sentences message={message} trans={trans} />
        <p className="jp-Dask-trouble-effect">
          {since === null
            ? trans.__('The list may be out of date or incomplete.')
            : trans.__(
                'The list is as it was at %1; it recovers by itself.',
                formatTime(since, Date.now(), true)
              )}
        </p>
        {props.onDoctor && (
          <DoctorButton trans={trans} onClick={props.onDoctor} />
        )}
      </div>
    </div>
  );
}

function DoctorButton(props: {
  trans: TranslationBundle;
  onClick: () => void;
}): JSX.Element {
  const { trans } = props;
  return (
    <button
      type="button"
      className="jp-Dask-button"
      title={trans.__('Check the installation, and say how to mend it')}
      onClick={props.onClick}
    >
      {trans.__('Run the doctor')}
    </button>
  );
}

/** First use: what this is, and the one thing to do. */
export function Empty(props: {
  trans: TranslationBundle;
  onCreate: () => void;
}): JSX.Element {
  const { trans } = props;
  return (
    <div className="jp-Dask-state jp-mod-empty">
      <clusterIcon.react tag="span" width="40px" height="40px" />
      <h3>{trans.__('No clusters yet')}</h3>
      <p>
        {trans.__(
          'Start a Dask cluster to compute in parallel from your notebooks.'
        )}
      </p>
      <button
        type="button"
        className="jp-Dask-button jp-mod-styled jp-mod-accept"
        onClick={props.onCreate}
      >
        {trans.__('New cluster')}
      </button>
    </div>
  );
}

/** Nothing can be shown, and why. */
export function Failure(props: {
  message: string;
  trans: TranslationBundle;
  onRetry: () => void;
  /** Checks the installation, where that can be done. */
  onDoctor?: () => void;
}): JSX.Element {
  const { trans } = props;
  return (
    <div className="jp-Dask-state" role="alert">
      <h3>{trans.__('Clusters cannot be listed')}</h3>
      <p>{props.message}</p>
      <div className="jp-Dask-state-actions">
        <button
          type="button"
          className="jp-Dask-button"
          onClick={props.onRetry}
        >
          {trans.__('Retry')}
        </button>
        {props.onDoctor && (
          <DoctorButton trans={trans} onClick={props.onDoctor} />
        )}
      </div>
    </div>
  );
}

/** The cards below are old, and why. */
export function Stale(props: {
  message: string;
  trans: TranslationBundle;
  onRetry: () => void;
}): JSX.Element {
  const { trans } = props;
  return (
    <div className="jp-Dask-stale" role="alert">
      <p>{trans.__('%1 The list may be out of date.', props.message)}</p>
      <button type="button" className="jp-Dask-button" onClick={props.onRetry}>
        {trans.__('Retry')}
      </button>
    </div>
  );
}

/** The filter hides all cards. */
export function NoMatch(props: { message: string }): JSX.Element {
  return <Notice message={props.message} />;
}
