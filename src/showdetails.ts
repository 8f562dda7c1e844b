import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { DetailsModel } from './details';
import { placeDocument, showDocument } from './place';
import type { IClusterManager } from './tokens';
import { DetailsView, makeDetailsWidget } from './widgets/detailsView';

const TABS = ['overview', 'pods', 'events', 'logs', 'yaml'];

/** What details need beside their cluster. */
export interface IDetailsOptions extends Omit<DetailsView.IOptions, 'model'> {
  manager: IClusterManager;
  shell: JupyterFrontEnd.IShell;
  /** The details that are open. */
  tracker: WidgetTracker<MainAreaWidget<DetailsView>>;
}

/**
 * Show the details of a cluster, which open if they are not: the logs of one `pod`, or
 * what a `tab` has.
 */
export async function showDetails(
  cluster: string,
  { pod, tab }: ReadonlyPartialJSONObject,
  options: IDetailsOptions
): Promise<void> {
  const { shell, tracker } = options;
  let widget = tracker.find(({ content }) => content.model.name === cluster);
  if (widget === undefined) {
    widget = makeDetails(cluster, options);
    placeDocument(shell, widget);
    await tracker.add(widget);
  }
  const { model } = widget.content;
  if (typeof pod === 'string') {
    model.showLogs(pod);
  } else if (isTab(tab)) {
    model.tab = tab;
  }
  showDocument(shell, widget);
}

/** The details of a cluster; which tab was shown last comes back with the page. */
function makeDetails(
  cluster: string,
  { manager, tracker, ...options }: IDetailsOptions
): MainAreaWidget<DetailsView> {
  const { trans } = options;
  const model = new DetailsModel({ cluster, manager, trans });
  const widget = makeDetailsWidget({ ...options, model });
  let { tab } = model;
  model.changed.connect(() => {
    if (tab !== model.tab) {
      tab = model.tab;
      void tracker.save(widget);
    }
  });
  return widget;
}

function isTab(value: unknown): value is DetailsView['model']['tab'] {
  return TABS.includes(String(value));
}
