import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  HTMLSelect,
  LabIcon,
  runIcon,
  ToolbarButton
} from '@jupyterlab/ui-components';
import type { ISignal } from '@lumino/signaling';
import * as React from 'react';
import 'uplot/dist/uPlot.min.css';

import '../../../style/base.css';
import '../../../style/panes.css';
import '../../../style/monitor.css';
import pauseSvg from '../../../style/icons/pause.svg';
import { MonitorFeed } from '../../monitor/feed';
import { IMonitorSettings, MonitorModel, WINDOWS } from '../../monitor/model';
import type { IClusterManager, IMetricsFeed } from '../../tokens';
import { useChanged } from '../changed';
import { ClusterSelect } from '../clusterSelect';
import { formatDuration } from '../format';
import type { MonitorPane } from '../monitorPane';
import { PaneMessage } from '../panemessage';
import { MonitorPlots } from './view';

const pauseIcon = new LabIcon({
  name: 'jupyter-dask-k8s:pause',
  svgstr: pauseSvg
});

/** Monitors of the same cluster share what comes. */
const feeds = new WeakMap<IMetricsFeed, MonitorFeed>();

/** What a monitor needs. */
export interface IMonitorOptions {
  feed: IMetricsFeed;
  manager: IClusterManager;
  settings: IMonitorSettings;
  theme: ISignal<unknown, unknown> | null;
  trans: TranslationBundle;
}

/**
 * Put the plots of a cluster and their tools into a pane, which owns the model.
 */
export function fillMonitor(
  pane: MonitorPane,
  options: IMonitorOptions
): MonitorModel {
  const { manager, settings, theme, trans } = options;
  const feed = feeds.get(options.feed) ?? new MonitorFeed(options.feed);
  feeds.set(options.feed, feed);
  pane.addClass('jp-Dask-MonitorPane');
  pane.content.addClass('jp-Dask-Monitor');
  const model = new MonitorModel({ feed, manager, settings, trans });
  pane.toolbar.addItem(
    'cluster',
    new ClusterSelect(
      {
        get cluster() {
          return model.cluster;
        },
        bound: model.changed,
        rebind: name => {
          model.cluster = name;
        }
      },
      manager,
      trans
    )
  );
  pane.toolbar.addItem('window', new WindowSelect(model, trans));
  pane.toolbar.addItem('pause', pauseButton(model, trans));
  pane.content.addWidget(new MonitorPlots({ model, theme, trans }));
  pane.content.addWidget(
    new StateLayer(model, manager, trans, () => pane.close())
  );
  return model;
}

function pauseButton(
  model: MonitorModel,
  trans: TranslationBundle
): ToolbarButton {
  const button = new ToolbarButton({
    icon: pauseIcon,
    onClick: () => {
      model.paused = !model.paused;
    },
    tooltip: trans.__('Hold the plots still'),
    pressedIcon: runIcon,
    pressedTooltip: trans.__('Go on')
  });
  model.changed.connect(() => {
    button.pressed = model.paused;
  });
  return button;
}

/**
 * How much of the past is shown.
 */
class WindowSelect extends ReactWidget {
  constructor(
    private readonly _model: MonitorModel,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Dask-Pane-cluster');
  }

  protected render(): React.ReactElement {
    return <Windows model={this._model} trans={this._trans} />;
  }
}

function Windows(props: {
  model: MonitorModel;
  trans: TranslationBundle;
}): JSX.Element {
  const { model, trans } = props;
  useChanged(model.changed);
  const label = trans.__('How much of the past is shown');
  return (
    <HTMLSelect
      aria-label={label}
      title={label}
      value={String(model.seconds)}
      options={WINDOWS.map(seconds => ({
        value: String(seconds),
        label: formatDuration(seconds, trans)
      }))}
      onChange={event => {
        model.seconds = Number(event.currentTarget.value);
      }}
    />
  );
}

/**
 * Why there is nothing to see, in place of the plots; above them, where they still show
 * what was.
 */
class StateLayer extends ReactWidget {
  constructor(
    private readonly _model: MonitorModel,
    private readonly _manager: IClusterManager,
    private readonly _trans: TranslationBundle,
    private readonly _onClose: () => void
  ) {
    super();
    this.addClass('jp-Dask-Monitor-state');
    _model.changed.connect(this._follow, this);
    _model.updated.connect(this._follow, this);
    _manager.changed.connect(this._follow, this);
    this._follow();
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._manager.changed.disconnect(this._follow, this);
      super.dispose();
    }
  }

  private _follow(): void {
    const { data, state } = this._model;
    const others = this._others().join(' ');
    const filled = data.length > 0;
    const key = [state.kind, state.title, state.reason, filled, others];
    if (key.join('\n') !== this._key) {
      this._key = key.join('\n');
      this.toggleClass('jp-mod-notice', filled);
      this.parent?.toggleClass('jp-mod-old', filled && state.kind !== 'none');
      this.update();
    }
  }

  protected render(): React.ReactElement {
    return (
      <PaneMessage
        view={this._model.state}
        others={this._others()}
        trans={this._trans}
        onRebind={name => {
          this._model.cluster = name;
        }}
        onClose={this._onClose}
      />
    );
  }

  private _others(): string[] {
    return this._manager.clusters
      .map(({ name }) => name)
      .filter(name => name !== this._model.cluster);
  }

  private _key = '';
}
