import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { findByLink } from './dashboardlink';
import type { IClusterManager, IDashboardPanes } from './tokens';

/** Open the default plots of the cluster that a dashboard link leads to. */
export async function openByLink(
  url: string,
  baseUrl: string,
  manager: IClusterManager,
  panes: IDashboardPanes,
  trans: TranslationBundle
): Promise<void> {
  const find = () => findByLink(url, manager.clusters, baseUrl);
  let cluster = find();
  if (cluster === undefined) {
    // It may have started a moment ago.
    await manager.refresh();
    cluster = find();
  }
  if (cluster === undefined) {
    Notification.warning(
      url === ''
        ? trans.__('This client has no dashboard link.')
        : trans.__(
            'No cluster in the list has this dashboard; it may be gone: %1',
            url
          ),
      { autoClose: 10 * 1000 }
    );
    return;
  }
  manager.selected = cluster.name;
  await panes.openLayout(cluster.name);
}
