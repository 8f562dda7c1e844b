import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, IThemeManager } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import {
  ITranslator,
  nullTranslator,
  TranslationBundle
} from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { DashboardPanes } from '../panes';
import { dockOf } from '../place';
import { takes } from '../takes';
import { hasScheduler, targetOf } from '../target';
import {
  CommandIDs,
  IClusterManager,
  IClusterMonitors,
  IDashboardPanes,
  TRANSLATION_DOMAIN
} from '../tokens';
import { plotIcon } from '../widgets/icons';

const PLUGIN_ID = 'jupyter-dask-k8s:panes';

/** The page that is the whole dashboard. */
const STATUS = 'status';

/**
 * Opens plots as panes, and brings them back after a reload of the page.
 */
export const panesPlugin: JupyterFrontEndPlugin<IDashboardPanes> = {
  id: PLUGIN_ID,
  description: 'Opens plots of Dask clusters as panes in the main area.',
  autoStart: true,
  requires: [IClusterManager],
  optional: [
    ILayoutRestorer,
    ISettingRegistry,
    ICommandPalette,
    ITranslator,
    IThemeManager,
    IClusterMonitors
  ],
  provides: IDashboardPanes,
  activate: (
    app: JupyterFrontEnd,
    manager: IClusterManager,
    restorer: ILayoutRestorer | null,
    settings: ISettingRegistry | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null,
    themes: IThemeManager | null,
    monitors: IClusterMonitors | null
  ): IDashboardPanes => {
    const shell = dockOf(app.shell);
    const used = translator ?? nullTranslator;
    const trans = used.load(TRANSLATION_DOMAIN);
    const panes = new DashboardPanes({
      commands: app.commands,
      manager,
      shell,
      started: app.restored,
      themes,
      translator: used
    });
    addCommands(app, manager, panes, monitors, trans);
    if (settings !== null) {
      void followSettings(settings, panes);
    }
    if (shell !== null && restorer !== null) {
      void restorer.restore(panes.tracker, {
        command: CommandIDs.openPlot,
        args: ({ id, cluster, plot }) => ({ id, cluster, ...plot }),
        name: pane => pane.id
      });
    }
    for (const command of [
      CommandIDs.openDashboard,
      CommandIDs.openLayout,
      CommandIDs.rebind
    ]) {
      palette?.addItem({ command, category: trans.__('Dask') });
    }
    palette?.addItem({
      command: CommandIDs.openDashboard,
      args: { newTab: true },
      category: trans.__('Dask')
    });
    return panes;
  }
};

async function followSettings(
  registry: ISettingRegistry,
  panes: DashboardPanes
): Promise<void> {
  const settings = await registry.load(PLUGIN_ID);
  const read = (): void => {
    panes.layout = settings.get('layout').composite;
  };
  settings.changed.connect(read);
  read();
}

function addCommands(
  app: JupyterFrontEnd,
  manager: IClusterManager,
  panes: DashboardPanes,
  monitors: IClusterMonitors | null,
  trans: TranslationBundle
): void {
  const { commands } = app;
  const changed = (): void => commands.notifyCommandChanged();
  const named = (args: ReadonlyPartialJSONObject): string | null =>
    targetOf(manager, args);
  const isEnabled = (args: ReadonlyPartialJSONObject): boolean =>
    hasScheduler(manager, args);

  commands.addCommand(CommandIDs.openDashboard, {
    describedBy: takes('DASHBOARD_ARGS'),
    label: args =>
      args.newTab === true
        ? trans.__('Open Dask Dashboard in New Browser Tab')
        : trans.__('Open Dask Dashboard'),
    caption: trans.__('Show all of the dashboard of a Dask cluster'),
    icon: args => (args.isPalette ? undefined : plotIcon),
    isEnabled,
    execute: async args => {
      const cluster = named(args);
      if (cluster === null) {
        return;
      }
      if (args.newTab === true) {
        window.open(panes.url(cluster, STATUS), '_blank', 'noopener');
        return;
      }
      const plot = { path: STATUS, title: trans.__('Dashboard') };
      await panes.open(cluster, plot);
    }
  });

  commands.addCommand(CommandIDs.openPlot, {
    describedBy: takes('PLOT_ARGS'),
    label: args =>
      typeof args.title === 'string'
        ? trans.__('Open Dask Plot: %1', args.title)
        : trans.__('Open Dask Plot'),
    caption: trans.__('Show a plot of a Dask cluster in the main area'),
    icon: args => (args.isPalette ? undefined : plotIcon),
    isEnabled: args => isEnabled(args) && typeof args.path === 'string',
    execute: async args => {
      const cluster = named(args);
      if (cluster === null || typeof args.path !== 'string') {
        return undefined;
      }
      const title = typeof args.title === 'string' ? args.title : args.path;
      const plot = { path: args.path, title };
      if (typeof args.id === 'string') {
        // The layout restorer brings a pane back; it puts it in its place.
        return panes.restore(cluster, plot, args.id);
      }
      await panes.open(cluster, plot);
      return undefined;
    }
  });

  commands.addCommand(CommandIDs.openLayout, {
    describedBy: takes('CLUSTER_ARGS'),
    label: trans.__('Open Default Dask Plots'),
    caption: trans.__(
      'Open the plots that most people want, side by side (see the settings)'
    ),
    icon: args => (args.isPalette ? undefined : plotIcon),
    isEnabled,
    execute: async args => {
      const cluster = named(args);
      if (cluster !== null) {
        await panes.openLayout(cluster);
      }
    }
  });

  commands.addCommand(CommandIDs.rebind, {
    describedBy: takes('REBIND_ARGS'),
    label: args => {
      const cluster = named(args);
      return cluster === null
        ? trans.__('Show Another Cluster in All Dask Panes')
        : trans.__('Show “%1” in All Dask Panes', cluster);
    },
    caption: trans.__('Panes that show another cluster change to this one'),
    isEnabled: args =>
      named(args) !== null && panes.tracker.size + (monitors?.count ?? 0) > 0,
    execute: args => {
      const cluster = named(args);
      if (cluster !== null) {
        const id = typeof args.id === 'string' ? args.id : undefined;
        panes.rebind(cluster, id);
        if (id === undefined) {
          monitors?.rebind(cluster);
        }
      }
    }
  });

  manager.selectedChanged.connect(changed);
  panes.tracker.widgetAdded.connect(changed);
}
