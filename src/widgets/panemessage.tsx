import type { TranslationBundle } from '@jupyterlab/translation';
import { Button, HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IPaneView } from '../panestate';

/**
 * Properties of `PaneMessage`.
 */
export interface IPaneMessageProps {
  view: IPaneView;
  /** The clusters that the pane could show instead. */
  others: ReadonlyArray<string>;
  trans: TranslationBundle;
  onRebind: (name: string) => void;
  onClose: () => void;
  /** Shows the cluster's monitor, which is no page of the scheduler. */
  onMonitor?: () => void;
}

/**
 * Why there is no plot to see, and what can be done.
 */
export function PaneMessage(props: IPaneMessageProps): JSX.Element | null {
  const { view } = props;
  if (view.kind === 'none') {
    return null;
  }
  const ended = view.kind === 'gone' || view.kind === 'disconnected';
  return (
    <div
      className={`jp-Dask-PaneMessage jp-mod-${view.kind}`}
      role="status"
      aria-live="polite"
    >
      <div className="jp-Dask-PaneMessage-text">
        <div className="jp-Dask-PaneMessage-title">{view.title}</div>
        {view.reason !== '' && (
          <div className="jp-Dask-PaneMessage-reason">{view.reason}</div>
        )}
        {ended && <Offers {...props} />}
        {view.kind === 'barred' && <MonitorOffer {...props} />}
      </div>
    </div>
  );
}

function MonitorOffer(props: IPaneMessageProps): JSX.Element {
  return (
    <div className="jp-Dask-PaneMessage-offers">
      <Button className="jp-mod-styled" onClick={props.onMonitor}>
        {props.trans.__('Open Cluster Monitor')}
      </Button>
    </div>
  );
}

function Offers(props: IPaneMessageProps): JSX.Element {
  const { others, trans } = props;
  const label = trans.__('Show another cluster');
  return (
    <div className="jp-Dask-PaneMessage-offers">
      {others.length > 0 && (
        <HTMLSelect
          aria-label={label}
          value=""
          onChange={event => props.onRebind(event.currentTarget.value)}
        >
          <option value="" disabled>
            {label}
          </option>
          {others.map(name => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </HTMLSelect>
      )}
      <Button className="jp-mod-styled jp-mod-reject" onClick={props.onClose}>
        {trans.__('Close')}
      </Button>
    </div>
  );
}
