import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { DetailsModel, DetailsTab, TABS } from '../details';
import { TextButton } from './buttons';
import { useChanged } from './changed';
import { describeWorkers, formatTime } from './format';
import { Phase } from './phase';
import { Tabs } from './tabs';

/**
 * Above the parts of a cluster's details: its name, its phase, the tabs; and whether it is
 * there at all.
 */
export class DetailsHead extends ReactWidget {
  constructor(private readonly _options: DetailsHead.IOptions) {
    super();
    this.addClass('jp-Dask-details-head');
  }

  protected render(): JSX.Element {
    return <Head {...this._options} />;
  }
}

/**
 * Options of `DetailsHead`.
 */
export namespace DetailsHead {
  export interface IOptions {
    model: DetailsModel;
    trans: TranslationBundle;
    /** The ids of the elements: of a tab, and of the part that belongs to it. */
    tabId: (tab: DetailsTab) => string;
    panelId: (tab: DetailsTab) => string;
    onClose: () => void;
  }
}

function Head(props: DetailsHead.IOptions): JSX.Element {
  const { model, trans } = props;
  useChanged(model.changed);
  const { cluster, gone, name } = model;
  return (
    <>
      <div className="jp-Dask-details-title">
        {cluster && !gone && <Phase phase={cluster.phase} />}
        <h2>{name}</h2>
        {cluster && !gone && <span>{describeWorkers(cluster, trans)}</span>}
      </div>
      {gone && <Gone {...props} />}
      {cluster && !gone && <Stale model={model} trans={trans} />}
      {cluster && (
        <Tabs
          label={trans.__('Details of %1', name)}
          tabs={tabsOf(model, trans)}
          current={model.tab}
          tabId={props.tabId}
          panelId={props.panelId}
          onSelect={tab => {
            model.tab = tab;
          }}
        />
      )}
    </>
  );
}

function Gone(props: DetailsHead.IOptions): JSX.Element {
  const { model, trans } = props;
  return (
    <div className="jp-Dask-details-gone" role="status">
      <p>
        {model.cluster
          ? trans.__(
              '“%1” is gone. What was read of it is still here.',
              model.name
            )
          : trans.__('There is no cluster “%1”.', model.name)}
        {model.ending !== '' && ` ${model.ending}`}
      </p>
      <TextButton onClick={props.onClose}>{trans.__('Close')}</TextButton>
    </div>
  );
}

/** The server is out of touch: what is shown may not be so any more. */
function Stale(
  props: Pick<DetailsHead.IOptions, 'model' | 'trans'>
): JSX.Element | null {
  const { staleSince } = props.model;
  return staleSince === null ? null : (
    <div className="jp-Dask-details-gone" role="status">
      <p>
        {props.trans.__(
          'Kubernetes cannot be asked now. This is as it was at %1; it recovers by itself.',
          formatTime(staleSince, Date.now(), true)
        )}
      </p>
    </div>
  );
}

/** Processes of this machine have no YAML. */
function tabsOf(
  model: DetailsModel,
  trans: TranslationBundle
): { id: DetailsTab; label: string }[] {
  const local = model.cluster?.backend === 'local';
  const labels: Record<DetailsTab, string> = {
    overview: trans.__('Overview'),
    pods: local ? trans.__('Processes') : trans.__('Pods'),
    events: trans.__('Events'),
    logs: trans.__('Logs'),
    yaml: trans.__('YAML')
  };
  return TABS.filter(id => !local || id !== 'yaml').map(id => ({
    id,
    label: labels[id]
  }));
}
