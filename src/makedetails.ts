import type { MainAreaWidget } from '@jupyterlab/apputils';

import { DetailsModel } from './details';
import type { IClusterManager } from './tokens';
import { DetailsView, makeDetailsWidget } from './widgets/detailsView';

/** What details need beside their cluster. */
export interface IDetailsOptions extends Omit<DetailsView.IOptions, 'model'> {
  manager: IClusterManager;
  /** Called when another part is shown. */
  onTab: (widget: MainAreaWidget<DetailsView>) => void;
}

/** The details of a cluster, with what is known of it. */
export function makeDetails(
  cluster: string,
  { manager, onTab, ...options }: IDetailsOptions
): MainAreaWidget<DetailsView> {
  const { trans } = options;
  const model = new DetailsModel({ cluster, manager, trans });
  const widget = makeDetailsWidget({ ...options, model });
  let { tab } = model;
  model.changed.connect(() => {
    if (tab !== model.tab) {
      tab = model.tab;
      onTab(widget);
    }
  });
  return widget;
}
