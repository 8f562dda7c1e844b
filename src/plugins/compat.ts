import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator } from '@jupyterlab/translation';

import { takes } from '../takes';
import { textsOf } from '../texts';
import { CommandIDs, IClusterManager, IDashboardPanes } from '../tokens';

const PLUGIN_ID = 'jupyter-dask-k8s:compat';

/** The plugin that registers the same command, in its own way. */
const OTHER_PLUGIN = 'dask-labextension:plugin';

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
        const { tellOfOther } = await import('../launchbutton');
        await tellOfOther(await settings?.load(PLUGIN_ID), trans);
        return;
      }
      app.commands.addCommand(CommandIDs.populateAndLaunch, {
        describedBy: takes('LINK_ARGS'),
        label: trans.__('Open Dask Plots for a Dashboard Link'),
        caption: trans.__(
          'Open the default plots of the cluster behind a dashboard link'
        ),
        execute: async args => {
          const { openByLink } = await import('../launchbutton');
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
