import { Notification } from '@jupyterlab/apputils';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';

import { findByLink } from './dashboardlink';
import type { IClusterManager, IDashboardPanes } from './tokens';

/** The setting that remembers whether to tell of the other extension. */
const TELL = 'tellOfOtherExtension';

/** Open the default plots of the cluster behind a dashboard link. */
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

/** Say once that the other extension answers the button. */
export async function tellOfOther(
  settings: ISettingRegistry.ISettings | undefined,
  trans: TranslationBundle
): Promise<void> {
  if (settings?.get(TELL).composite === false) {
    return;
  }
  Notification.info(
    trans.__(
      '“Launch dashboard in JupyterLab” in Dask’s output is answered by dask-labextension here, not by the Dask panel.'
    ),
    { autoClose: false }
  );
  await settings?.set(TELL, false);
}
