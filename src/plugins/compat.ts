import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, TranslationBundle } from '@jupyterlab/translation';

import { takes } from '../takes';
import { textsOf } from '../texts';
import { CommandIDs, IClusterManager, IDashboardPanes } from '../tokens';

const PLUGIN_ID = 'jupyter-dask-k8s:compat';

/** The plugin that registers the same command, in its own way. */
const OTHER_PLUGIN = 'dask-labextension:plugin';

/** The setting that remembers whether to tell of the other extension. */
const TELL = 'tellOfOtherExtension';

/**
 * Makes the button "Launch dashboard in JupyterLab" work, which Dask prints in the
 * HTML of a Client.
 */
export const compatPlugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'Answers the button that Dask prints in the HTML of a Client.',
  autoStart: true,
  requires: [IClusterManager, IDashboardPanes],
  optional: [ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    manager: IClusterManager,
    panes: IDashboardPanes,
    settings: ISettingRegistry | null,
    translator: ITranslator | null
  ): void => {
    const trans = textsOf(translator);
    // Both must load in either order, and a command can be added only once: wait
    // until every plugin had its turn, and give way.
    void app.restored.then(async () => {
      if (isTaken(app)) {
        await tell(settings, trans);
        return;
      }
      app.commands.addCommand(CommandIDs.populateAndLaunch, {
        describedBy: takes('LINK_ARGS'),
        label: trans.__('Open Dask Plots for a Dashboard Link'),
        caption: trans.__(
          'Open the default plots of the cluster that a dashboard link leads to'
        ),
        execute: async args => {
          const { openByLink } = await import('../openbylink');
          const { baseUrl } = app.serviceManager.serverSettings;
          const url = String(args.url ?? '');
          await openByLink(url, baseUrl, manager, panes, trans);
        }
      });
    });
  }
};

/** Whether the command belongs, or is about to belong, to somebody else. */
export function isTaken(app: JupyterFrontEnd): boolean {
  return (
    app.hasPlugin(OTHER_PLUGIN) ||
    app.commands.hasCommand(CommandIDs.populateAndLaunch)
  );
}

/** Say once that the other extension answers the button. */
async function tell(
  registry: ISettingRegistry | null,
  trans: TranslationBundle
): Promise<void> {
  const settings = await registry?.load(PLUGIN_ID);
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
